//! The manifest: what a database consists of, signed.
//!
//! One line, then JSON: `sekisho-database 1 <id of the key> <signature in base64>`. The signature
//! is of [`CONTEXT`] and the bytes after the line, so nothing has to be written in one way only.

use std::{
    io::Read,
    path::{Path, PathBuf},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use sekisho_types::Digest;
use serde::{Deserialize, Serialize};

use super::{
    error::OpenError,
    key::{SigningKey, TrustedKeys},
};

/// What a signature is for: one of these keys signs nothing else by accident.
const CONTEXT: &[u8] = b"sekisho advisory database manifest 1\n";

const FIRST_WORDS: &str = "sekisho-database 1";

/// Largest manifest: SUSE names some thousand releases.
pub(super) const MAX_BYTES: u64 = 32 << 20;

/// The name of the manifest in the directory of a database.
pub(super) const NAME: &str = "manifest";

/// What a database consists of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Grows with each build.
    pub serial: u64,
    /// When the database was built.
    pub built: Timestamp,
    /// When its feeds were last known to be what their publishers had: the age of the database
    /// counts from here.
    pub fetched: Timestamp,
    /// After this, nothing newer having come is a sign that it is held back.
    pub expires: Timestamp,
    /// By name.
    pub sources: Vec<Source>,
}

/// What one feed gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// `osv/Debian`.
    pub name: String,
    /// The newest date in the feed, RFC 3339; empty where it has none.
    pub updated: String,
    /// Records that are in the database.
    pub advisories: u64,
    /// Records that are not, each of which has been named with its reason.
    pub skipped: u64,
    /// What it was built from.
    pub files: Vec<SourceFile>,
    /// The version of what reads feeds and writes segments.
    pub reader: u32,
    pub segments: Vec<SegmentRef>,
}

/// A file of a feed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceFile {
    /// Below the directory of feeds.
    pub path: String,
    pub size_bytes: u64,
    pub digest: Digest,
}

/// A segment by its content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SegmentRef {
    pub holds: Holds,
    /// Of the whole file, and its name.
    pub digest: Digest,
    pub size_bytes: u64,
    /// Of the hashes of its blocks.
    pub table: Digest,
    /// How many different things can be asked.
    pub keys: u64,
}

/// What a segment answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Holds {
    /// What is said of packages of these releases of an ecosystem; a registry has the release
    /// none.
    Packages {
        ecosystem: String,
        releases: Vec<Option<String>>,
    },
    /// Titles and references of the source's advisories.
    Details,
    KnownExploited,
    Epss,
    Severity,
}

impl SigningKey {
    /// The bytes of a manifest whose content is `json`, with the signature of this key.
    pub fn sign_manifest(&self, json: &[u8]) -> Vec<u8> {
        let signature = STANDARD.encode(self.sign(&[CONTEXT, json].concat()));
        let mut bytes = format!("{FIRST_WORDS} {} {signature}\n", self.public().id()).into_bytes();
        bytes.extend_from_slice(json);
        bytes
    }
}

impl Manifest {
    /// Reads the manifest of the database in `directory`, and verifies its signature before
    /// anything in it is believed. Gives the id of the key as well.
    pub(super) fn read(directory: &Path, trust: &TrustedKeys) -> Result<(Self, String), OpenError> {
        let (path, bytes) = Self::load(directory)?;
        Self::parse(&path, &bytes, trust)
    }

    /// The path and the bytes of the manifest of a database.
    pub(super) fn load(directory: &Path) -> Result<(PathBuf, Vec<u8>), OpenError> {
        let path = directory.join(NAME);
        let read = |source| OpenError::Read { path: path.clone(), source };
        let file = match fs_err::File::open(&path) {
            Ok(file) => file,
            Err(err) if err.kind() == std::io::ErrorKind::NotFound => {
                return Err(OpenError::Missing { dir: directory.to_owned() });
            }
            Err(err) => return Err(read(err)),
        };
        let mut bytes = Vec::new();
        file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(read)?;
        Ok((path, bytes))
    }

    /// Verifies and understands `bytes`, the manifest at `path`.
    pub(super) fn parse(
        path: &Path,
        bytes: &[u8],
        trust: &TrustedKeys,
    ) -> Result<(Self, String), OpenError> {
        let wrong =
            |reason: &str| OpenError::Manifest { path: path.to_owned(), reason: reason.to_owned() };
        if bytes.len() as u64 > MAX_BYTES {
            return Err(wrong(&format!("it has more than {MAX_BYTES} bytes")));
        }
        let end = bytes.iter().position(|byte| *byte == b'\n');
        let (line, json) = end
            .and_then(|end| bytes.split_at_checked(end))
            .and_then(|(line, rest)| Some((std::str::from_utf8(line).ok()?, rest.get(1..)?)))
            .ok_or_else(|| wrong("it has no first line"))?;
        let rest = line.strip_prefix(FIRST_WORDS).and_then(|rest| rest.strip_prefix(' '));
        let rest = rest.ok_or_else(|| wrong("its first line is of another program or version"))?;
        let (key_id, signature) =
            rest.split_once(' ').ok_or_else(|| wrong("it has no signature"))?;
        let signature = STANDARD.decode(signature).map_err(|_| wrong("it has no signature"))?;
        let Some(key) = trust.find(key_id) else {
            let dir = path.parent().unwrap_or(path).to_owned();
            return Err(OpenError::Untrusted { dir, key_id: key_id.escape_debug().to_string() });
        };
        if !key.verifies(&[CONTEXT, json].concat(), &signature) {
            return Err(OpenError::Signature { path: path.to_owned() });
        }
        let manifest = serde_json::from_slice(json).map_err(|err| wrong(&err.to_string()))?;
        Ok((manifest, key_id.to_owned()))
    }

    /// The bytes of the file, signed.
    pub(super) fn sign(&self, key: &SigningKey) -> Vec<u8> {
        key.sign_manifest(&serde_json::to_vec_pretty(self).expect("a manifest is plain data"))
    }

    /// Every segment.
    pub fn segments(&self) -> impl Iterator<Item = &SegmentRef> {
        self.sources.iter().flat_map(|source| &source.segments)
    }
}

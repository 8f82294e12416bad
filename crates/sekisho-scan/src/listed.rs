//! Subjects of which only a bill of materials is there.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use sekisho_imagecheck::FileFacts;
use sekisho_sbom::{Inventory as Listed, MAX_SBOM_BYTES};
use sekisho_types::{
    ImagePath, Unknown,
    report::{FindingKind, Layer, Source, SourceDocument, Subject, SubjectKind},
};

use crate::{error::ScanError, inventory::Inventory, scan::Config};

/// What a list of packages tells of.
const ANSWERED: [FindingKind; 2] = [FindingKind::Vulnerability, FindingKind::Policy];

/// Reads a bill of materials; `-` is standard input.
pub(crate) fn read(path: &str, config: &Config) -> Result<Listed, ScanError> {
    if let Some(kinds) = &config.kinds
        && let Some(kind) = kinds.iter().find(|kind| {
            // An image has no findings of the host either, and asking for them asks for nothing.
            !ANSWERED.contains(kind) && **kind != FindingKind::Host
        })
    {
        return Err(ScanError::NotListed { kind: kind.as_str() });
    }
    let bytes =
        content(path).map_err(|source| ScanError::NoSuchPath { path: path.to_owned(), source })?;
    Listed::read(&bytes).map_err(|source| ScanError::Sbom { path: path.to_owned(), source })
}

/// Where a tar has its magic number, tar(5).
const TAR_MAGIC: std::ops::Range<usize> = 257..262;

/// Whether a file looks like JSON, and so like a bill of materials.
pub(crate) fn is_likely(path: &Path) -> bool {
    // A pipe would be waited for.
    if !fs_err::metadata(path).is_ok_and(|metadata| metadata.is_file()) {
        return false;
    }
    let mut start = [0; 512];
    let read = fs_err::File::open(path).and_then(|mut file| file.read(&mut start));
    let start = read.ok().and_then(|n| start.get(..n)).unwrap_or_default();
    let is_tar = start.get(TAR_MAGIC).is_some_and(|magic| magic == b"ustar");
    !is_tar && start.trim_ascii_start().first() == Some(&b'{')
}

fn content(path: &str) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // One byte more than is taken tells that there is more.
    let limit = MAX_SBOM_BYTES as u64 + 1;
    if path == "-" {
        io::stdin().lock().take(limit).read_to_end(&mut bytes)?;
        return Ok(bytes);
    }
    let file: File = fs_err::File::open(path)?.into();
    if !file.metadata()?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file"));
    }
    file.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The subject of a document, and what is known of it.
pub(crate) fn subject(name: &str, listed: Listed) -> (Subject, Inventory) {
    let kind = if listed.is_image { SubjectKind::Image } else { SubjectKind::Directory };
    let of = if listed.name.is_empty() { name.to_owned() } else { listed.name };
    let layers = listed
        .layers
        .into_iter()
        .map(|diff_id| Layer { diff_id, created_by: String::new(), size_bytes: 0, n_files: 0 })
        .collect();
    let document =
        SourceDocument { path: name.to_owned(), format: listed.format, tool: listed.tool };
    let subject = Subject {
        digest: listed.digest,
        layers,
        document: Some(document),
        ..Subject::of_files(kind, Source::Sbom, of)
    };
    let place = ImagePath::parse_clamped(name.as_bytes()).unwrap_or_default();
    let unknowns = listed
        .unknowns
        .into_iter()
        .map(|reason| Unknown { path: place.clone(), layer: None, reason })
        .collect();
    let inventory = Inventory {
        os: listed.os,
        packages: listed.packages,
        executables: Vec::new(),
        unknowns,
        files: FileFacts::default(),
        secrets: Vec::new(),
        layers: Vec::new(),
        apk_repositories: None,
    };
    (subject, inventory)
}

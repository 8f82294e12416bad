//! Keys: who may say what is vulnerable.

use std::{fmt, io::Write, path::Path, str::FromStr};

use base64::{Engine, engine::general_purpose::STANDARD};
use ring::{
    rand::SystemRandom,
    signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey},
};

use sekisho_archive::sha256;

const PREFIX: &str = "ed25519:";
const PEM_START: &str = "-----BEGIN PRIVATE KEY-----";
const PEM_END: &str = "-----END PRIVATE KEY-----";

/// Largest key file; real ones have 120 bytes.
const MAX_KEY_BYTES: u64 = 16 << 10;

/// A public key of Ed25519, written `ed25519:<base64>`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    /// The first sixteen hexadecimal digits of the hash of the key, as manifests name it.
    pub fn id(&self) -> String {
        sha256(&self.0).to_hex().chars().take(16).collect()
    }

    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, self.0).verify(message, signature).is_ok()
    }
}

impl FromStr for PublicKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let wrong = || KeyError::Public { text: text.to_owned() };
        let base64 = text.trim().strip_prefix(PREFIX).ok_or_else(wrong)?;
        let bytes = STANDARD.decode(base64).map_err(|_| wrong())?;
        bytes.try_into().map(Self).map_err(|_| wrong())
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}", STANDARD.encode(self.0))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The secret half, which signs. It is never printed.
pub struct SigningKey(Ed25519KeyPair);

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey of {}", self.public())
    }
}

impl SigningKey {
    /// Makes a key from 32 bytes that nobody else knows.
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(Ed25519KeyPair::from_seed_unchecked(seed).expect("32 bytes are a seed"))
    }

    /// Reads PKCS #8 in PEM, as [`SigningKey::create`] and `openssl genpkey -algorithm ed25519`
    /// write it.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, or others can read it, or it holds no such key.
    pub fn load(path: &Path) -> Result<Self, KeyError> {
        let read = |source| KeyError::Read { path: path.to_owned(), source };
        let wrong = || KeyError::Secret { path: path.to_owned() };
        let metadata = fs_err::metadata(path).map_err(read)?;
        if !metadata.is_file() || metadata.len() > MAX_KEY_BYTES {
            return Err(wrong());
        }
        let mode = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions());
        if mode & 0o077 != 0 {
            return Err(KeyError::Readable { path: path.to_owned() });
        }
        let text = fs_err::read_to_string(path).map_err(read)?;
        let base64 = text.split_once(PEM_START).and_then(|(_, rest)| rest.split_once(PEM_END));
        let (base64, _) = base64.ok_or_else(wrong)?;
        let base64: String = base64.split_whitespace().collect();
        let bytes = STANDARD.decode(base64).map_err(|_| wrong())?;
        Ed25519KeyPair::from_pkcs8_maybe_unchecked(&bytes).map(Self).map_err(|_| wrong())
    }

    /// Makes a new key and writes it to `path`, which only this user can read. Another process
    /// that does the same at once wins or loses as a whole.
    ///
    /// # Errors
    ///
    /// When the file cannot be written.
    pub fn create(path: &Path) -> Result<Self, KeyError> {
        let write = |source| KeyError::Write { path: path.to_owned(), source };
        let document = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new());
        let document = document.map_err(|_| write(std::io::Error::other("no randomness")))?;
        let directory = path.parent().unwrap_or(Path::new("."));
        fs_err::create_dir_all(directory).map_err(write)?;
        let base64 = STANDARD.encode(document.as_ref());
        let mut file = tempfile::NamedTempFile::new_in(directory).map_err(write)?;
        writeln!(file, "{PEM_START}").map_err(write)?;
        for line in base64.as_bytes().chunks(64) {
            file.write_all(line).and_then(|()| file.write_all(b"\n")).map_err(write)?;
        }
        writeln!(file, "{PEM_END}").map_err(write)?;
        file.as_file().sync_all().map_err(write)?;
        match file.persist_noclobber(path) {
            Ok(_) => (),
            Err(err) if err.error.kind() == std::io::ErrorKind::AlreadyExists => (),
            Err(err) => return Err(write(err.error)),
        }
        Self::load(path)
    }

    pub fn public(&self) -> PublicKey {
        let bytes = self.0.public_key().as_ref().first_chunk().copied();
        PublicKey(bytes.expect("a public key of Ed25519 has 32 bytes"))
    }

    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.0.sign(message).as_ref().to_vec()
    }
}

/// Whose databases are believed.
#[derive(Debug, Clone, Default)]
pub struct TrustedKeys {
    keys: Vec<PublicKey>,
    accepted: Option<std::path::PathBuf>,
}

impl TrustedKeys {
    pub fn new(keys: impl IntoIterator<Item = PublicKey>) -> Self {
        Self { keys: keys.into_iter().collect(), accepted: None }
    }

    /// Believes one more key.
    #[must_use]
    pub fn and(mut self, key: PublicKey) -> Self {
        self.keys.push(key);
        self
    }

    /// Keeps the serial that was last accepted of each database in `directory`, instead of beside
    /// the database: who can replace that cannot put an older one in its place.
    #[must_use]
    pub fn remembering_in(mut self, directory: &Path) -> Self {
        self.accepted = Some(directory.to_owned());
        self
    }

    pub(super) fn find(&self, id: &str) -> Option<&PublicKey> {
        self.keys.iter().find(|key| key.id() == id)
    }

    pub(super) fn accepted(&self) -> Option<&Path> {
        self.accepted.as_deref()
    }
}

/// Why a key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("{text:?} is no public key: it is written {PREFIX}<base64 of 32 bytes>")]
    Public { text: String },
    #[error("{path:?} holds no secret key of Ed25519 (PKCS #8 in PEM)")]
    Secret { path: std::path::PathBuf },
    #[error("others can read the secret key {path:?}: set its mode to 600")]
    Readable { path: std::path::PathBuf },
    #[error("failed to read the key {path:?}")]
    Read {
        path: std::path::PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("failed to write the key {path:?}")]
    Write {
        path: std::path::PathBuf,
        #[source]
        source: std::io::Error,
    },
}

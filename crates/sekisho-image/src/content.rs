use std::{
    collections::BTreeMap,
    fmt,
    io::{self, Read},
};

use sekisho_archive::{limits, sha256};
use sekisho_types::Digest;
use serde::Deserialize;

use crate::{ImageError, Platform};

/// What names a blob.
///
/// # Source
///
/// OCI Image Specification, descriptor.md.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Descriptor {
    #[serde(rename = "mediaType", default)]
    pub media_type: String,
    pub digest: Digest,
    #[serde(rename = "size", default)]
    pub size_bytes: Option<u64>,
    #[serde(default)]
    pub platform: Option<Platform>,
    #[serde(default)]
    pub annotations: Option<BTreeMap<String, String>>,
}

impl Descriptor {
    /// A descriptor of which only the digest is known.
    pub fn new(digest: Digest) -> Self {
        Self {
            media_type: String::new(),
            digest,
            size_bytes: None,
            platform: None,
            annotations: None,
        }
    }

    pub(crate) fn annotation(&self, key: &str) -> Option<&str> {
        self.annotations.as_ref()?.get(key).map(String::as_str)
    }
}

/// A place where blobs lie under their digests: a layout, a registry, an engine's store.
pub trait Content: fmt::Debug + Send + Sync {
    /// Opens the blob at its start. What is read is not yet verified.
    ///
    /// # Errors
    ///
    /// When there is no such blob, or it cannot be opened; the error does not name it.
    fn open(&self, descriptor: &Descriptor) -> io::Result<Box<dyn Read + Send>>;
}

/// Reads and verifies a JSON document: an index, a manifest or a configuration.
///
/// # Errors
///
/// Beyond [`limits::DOCUMENT_BYTES`], and when size or digest are not as described.
pub fn read_document(
    content: &dyn Content,
    descriptor: &Descriptor,
) -> Result<Vec<u8>, ImageError> {
    let digest = descriptor.digest;
    let wrong = |source| ImageError::Blob { digest, source };
    let reader = content.open(descriptor).map_err(wrong)?;
    let bytes = read_bounded(reader).map_err(wrong)?;
    if let Some(expected) = descriptor.size_bytes
        && expected != bytes.len() as u64
    {
        return Err(ImageError::DocumentSize { digest, expected, actual: bytes.len() as u64 });
    }
    verify_document(&bytes, digest)?;
    Ok(bytes)
}

/// Compares a document to its digest.
pub(crate) fn verify_document(bytes: &[u8], expected: Digest) -> Result<(), ImageError> {
    if !matches!(expected, Digest::Sha256(_)) {
        return Err(ImageError::Algorithm { digest: expected });
    }
    let actual = sha256(bytes);
    if actual != expected {
        return Err(ImageError::DocumentDigest { expected, actual });
    }
    Ok(())
}

/// Reads all of `reader`, which must end within the bound of a document.
pub(crate) fn read_bounded(reader: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(limits::DOCUMENT_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limits::DOCUMENT_BYTES {
        return Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            format!("a document of more than {} bytes", limits::DOCUMENT_BYTES),
        ));
    }
    Ok(bytes)
}

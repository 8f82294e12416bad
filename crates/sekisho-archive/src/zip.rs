//! Zip archives, read by their central directory.
//!
//! Only the directory and the entries that are asked for are read. What the directory claims is
//! checked against what comes out: an archive in which the two differ would show one content to
//! Sekisho and another to the program that loads it.
//!
//! # Source
//!
//! APPNOTE 4.3.7 (local header), 4.3.12 (central directory), 4.3.14 and 4.3.15 (ZIP64), 4.3.16
//! (end record), 4.5.3 (ZIP64 extra field).

mod directory;
mod entry;

use std::io;

pub use self::{directory::ZipDirectory, entry::ZipEntry};

/// Why an archive, or an entry of it, cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ZipError {
    #[error("the zip archive cannot be read")]
    Read {
        #[source]
        source: io::Error,
    },
    #[error("not a zip archive, or one that was cut off: it has no end record")]
    NoEnd,
    /// `what` is a noun: "central directory".
    #[error("a damaged {what} at byte {offset}")]
    Damaged { what: &'static str, offset: u64 },
    #[error("the end record counts {counted} entries, and the central directory holds {held}")]
    Count { counted: u64, held: u64 },
    #[error("the central directory takes {size_bytes} bytes, and {limit} are read")]
    Directory { size_bytes: u64, limit: u64 },
    #[error("the entry is encrypted")]
    Encrypted,
    #[error("the compression method {method} is not known")]
    Method { method: u16 },
    #[error("the local header at byte {offset} names another entry than the central directory")]
    LocalHeader { offset: u64 },
    #[error("the entry takes {size_bytes} bytes, and {limit} are read")]
    TooLarge { size_bytes: u64, limit: u64 },
    #[error("the entry claims {claimed} bytes, which {packed} packed ones cannot give")]
    Claim { claimed: u64, packed: u64 },
    #[error("the entry unpacks to more than the {claimed} bytes that it claims")]
    Longer { claimed: u64 },
    #[error("the entry claims {claimed} bytes and unpacks to {actual}")]
    Shorter { claimed: u64, actual: u64 },
    #[error("the entry does not have the checksum that the central directory names")]
    Checksum,
}

/// An error that went through [`io::Read`] comes out as what it was.
impl From<io::Error> for ZipError {
    fn from(err: io::Error) -> Self {
        err.downcast().unwrap_or_else(|source| Self::Read { source })
    }
}

impl From<ZipError> for io::Error {
    fn from(err: ZipError) -> Self {
        Self::new(io::ErrorKind::InvalidData, err)
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    Some(u16::from_le_bytes(*bytes))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    Some(u32::from_le_bytes(*bytes))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    Some(u64::from_le_bytes(*bytes))
}

#[cfg(test)]
mod tests;

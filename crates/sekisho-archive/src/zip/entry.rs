use std::io::{self, Read, Seek, SeekFrom, Take};

use flate2::{Crc, read::DeflateDecoder};

use super::{ZipError, u16_at};
use crate::Spool;

const LOCAL_MAGIC: &[u8] = b"PK\x03\x04";
const LOCAL_BYTES: u64 = 30;

const FLAG_ENCRYPTED: u16 = 1;
const STORED: u16 = 0;
const DEFLATED: u16 = 8;

/// Most bytes that deflate gives for one: 258 of them take two bits.
const DEFLATE_RATIO: u64 = 1032;

/// A file in an archive, as the central directory tells of it.
#[derive(Debug, Clone, Copy)]
pub struct ZipEntry<'a> {
    /// As it stands: no path that may be used outside of the archive.
    pub name: &'a [u8],
    /// Unpacked.
    pub size_bytes: u64,
    pub packed_bytes: u64,
    /// Where the local header begins in the file.
    pub offset: u64,
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) crc: u32,
    pub(super) directory_start: u64,
}

impl ZipEntry<'_> {
    /// Where the bytes of the entry end at the earliest: an entry that begins before this place
    /// shares them.
    pub fn end(&self) -> u64 {
        let header_bytes = LOCAL_BYTES + self.name.len() as u64;
        self.offset.saturating_add(header_bytes).saturating_add(self.packed_bytes)
    }

    /// The unpacked content.
    ///
    /// # Errors
    ///
    /// When it is longer than `limit_bytes`, is not what the directory says, or is packed in a
    /// way that is not read.
    pub fn read(&self, content: &mut Spool, limit_bytes: u64) -> Result<Vec<u8>, ZipError> {
        let mut bytes = Vec::new();
        self.open(content, limit_bytes)?.read_to_end(&mut bytes).map_err(ZipError::from)?;
        Ok(bytes)
    }

    /// The first `n_bytes` of the content, which may be longer.
    ///
    /// # Errors
    ///
    /// As [`Self::read`], but what comes after them is not looked at.
    pub fn read_start(&self, content: &mut Spool, n_bytes: u64) -> Result<Vec<u8>, ZipError> {
        let mut bytes = Vec::new();
        self.open(content, u64::MAX)?
            .take(n_bytes)
            .read_to_end(&mut bytes)
            .map_err(ZipError::from)?;
        Ok(bytes)
    }

    /// The unpacked content as a file of its own, for an archive in the archive.
    ///
    /// # Errors
    ///
    /// As [`Self::read`].
    pub fn spool(&self, content: &mut Spool, limit_bytes: u64) -> Result<Spool, ZipError> {
        let mut reader = self.open(content, limit_bytes)?;
        Spool::fill(&mut reader, self.size_bytes).map_err(ZipError::from)
    }

    fn open<'c>(
        &self,
        content: &'c mut Spool,
        limit_bytes: u64,
    ) -> Result<EntryReader<'c>, ZipError> {
        let (size_bytes, packed_bytes) = (self.size_bytes, self.packed_bytes);
        if size_bytes > limit_bytes {
            return Err(ZipError::TooLarge { size_bytes, limit: limit_bytes });
        }
        if self.flags & FLAG_ENCRYPTED != 0 {
            return Err(ZipError::Encrypted);
        }
        let can_be = match self.method {
            STORED => size_bytes == packed_bytes,
            DEFLATED => size_bytes <= packed_bytes.saturating_mul(DEFLATE_RATIO),
            method => return Err(ZipError::Method { method }),
        };
        if !can_be {
            return Err(ZipError::Claim { claimed: size_bytes, packed: packed_bytes });
        }
        let start = self.data_start(content)?;
        let is_before_directory =
            start.checked_add(packed_bytes).is_some_and(|end| end <= self.directory_start);
        if !is_before_directory {
            return Err(ZipError::Damaged { what: "entry", offset: self.offset });
        }
        content.seek(SeekFrom::Start(start)).map_err(|source| ZipError::Read { source })?;
        let packed = content.take(packed_bytes);
        let unpacked = match self.method {
            STORED => Unpacked::Stored(packed),
            _ => Unpacked::Deflated(Box::new(DeflateDecoder::new(packed))),
        };
        Ok(EntryReader { unpacked, crc: Crc::new(), claimed: size_bytes, expected: self.crc, n: 0 })
    }

    /// Where the packed bytes begin. The local header repeats what the directory says; one that
    /// says something else is a trick.
    fn data_start(&self, content: &mut Spool) -> Result<u64, ZipError> {
        let damaged = ZipError::Damaged { what: "local header", offset: self.offset };
        let header_bytes = LOCAL_BYTES + self.name.len() as u64;
        let mut header = Vec::new();
        content
            .seek(SeekFrom::Start(self.offset))
            .and_then(|_| content.take(header_bytes).read_to_end(&mut header))
            .map_err(|source| ZipError::Read { source })?;
        let (Some(method), Some(name_bytes), Some(extra_bytes)) =
            (u16_at(&header, 8), u16_at(&header, 26), u16_at(&header, 28))
        else {
            return Err(damaged);
        };
        if !header.starts_with(LOCAL_MAGIC) {
            return Err(damaged);
        }
        let is_same = usize::from(name_bytes) == self.name.len()
            && header.ends_with(self.name)
            && method == self.method;
        if !is_same {
            return Err(ZipError::LocalHeader { offset: self.offset });
        }
        self.offset.checked_add(header_bytes + u64::from(extra_bytes)).ok_or(damaged)
    }
}

enum Unpacked<'c> {
    Stored(Take<&'c mut Spool>),
    Deflated(Box<DeflateDecoder<Take<&'c mut Spool>>>),
}

/// Reads an entry, and ends with an error when it is not as long as it claims to be.
struct EntryReader<'c> {
    unpacked: Unpacked<'c>,
    crc: Crc,
    claimed: u64,
    expected: u32,
    n: u64,
}

impl Read for EntryReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = match &mut self.unpacked {
            Unpacked::Stored(packed) => packed.read(buffer)?,
            Unpacked::Deflated(decoder) => decoder.read(buffer)?,
        };
        if buffer.is_empty() {
            return Ok(0);
        }
        self.n += n as u64;
        let claimed = self.claimed;
        if self.n > claimed {
            return Err(ZipError::Longer { claimed }.into());
        }
        self.crc.update(buffer.get(..n).unwrap_or_default());
        if n == 0 {
            if self.n < claimed {
                return Err(ZipError::Shorter { claimed, actual: self.n }.into());
            }
            if self.crc.sum() != self.expected {
                return Err(ZipError::Checksum.into());
            }
        }
        Ok(n)
    }
}

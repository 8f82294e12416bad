use std::io::{self, Read, Seek, SeekFrom};

use super::{ZipEntry, ZipError, u16_at, u32_at, u64_at};
use crate::{Spool, limits};

const END_MAGIC: &[u8] = b"PK\x05\x06";
const END_BYTES: usize = 22;
/// The end record stands last, before a comment of at most 64 KiB.
const END_SEARCH_BYTES: u64 = END_BYTES as u64 + 0xffff;

const ZIP64_LOCATOR_MAGIC: &[u8] = b"PK\x06\x07";
const ZIP64_LOCATOR_BYTES: u64 = 20;
const ZIP64_END_MAGIC: &[u8] = b"PK\x06\x06";
const ZIP64_END_BYTES: usize = 56;

const ENTRY_MAGIC: &[u8] = b"PK\x01\x02";
const ENTRY_BYTES: usize = 46;
const ZIP64_EXTRA: u16 = 1;

/// The central directory of an archive: what is in it and where.
#[derive(Debug)]
pub struct ZipDirectory {
    bytes: Vec<u8>,
    /// Where it begins in the file.
    start: u64,
    /// Bytes before the archive, such as the shell script of a jar that can be executed; offsets
    /// do not count them.
    prefix_bytes: u64,
    n_entries: u64,
    /// Without ZIP64, only 16 bits of the count are there.
    is_zip64: bool,
}

/// What the end record says, or that of ZIP64.
struct End {
    /// Where the central directory ends.
    at: u64,
    n_entries: u64,
    size_bytes: u64,
    offset: u64,
    is_zip64: bool,
}

impl ZipDirectory {
    /// Finds and reads the directory of the archive that `content` is.
    ///
    /// # Errors
    ///
    /// When there is none, it is larger than [`limits::ZIP_DIRECTORY_BYTES`], or is not where
    /// the end record says.
    pub fn open(content: &mut Spool) -> Result<Self, ZipError> {
        let end = find_end(content)?;
        if end.size_bytes > limits::ZIP_DIRECTORY_BYTES {
            let (size_bytes, limit) = (end.size_bytes, limits::ZIP_DIRECTORY_BYTES);
            return Err(ZipError::Directory { size_bytes, limit });
        }
        let damaged = ZipError::Damaged { what: "central directory", offset: end.offset };
        let Some(start) = end.at.checked_sub(end.size_bytes) else { return Err(damaged) };
        // It ends where the end record begins, unless something is put between the two.
        for (start, is_stated) in [(start, false), (end.offset, true)] {
            let bytes = read_at(content, start, end.size_bytes)?;
            let is_whole = bytes.len() as u64 == end.size_bytes;
            if !is_whole || !(bytes.is_empty() || bytes.starts_with(ENTRY_MAGIC)) {
                continue;
            }
            let prefix_bytes = if is_stated { Some(0) } else { start.checked_sub(end.offset) };
            let Some(prefix_bytes) = prefix_bytes else { continue };
            let End { n_entries, is_zip64, .. } = end;
            return Ok(Self { bytes, start, prefix_bytes, n_entries, is_zip64 });
        }
        Err(damaged)
    }

    /// The entries in the order of the directory. An error is the last item.
    pub fn entries(&self) -> impl Iterator<Item = Result<ZipEntry<'_>, ZipError>> {
        let mut rest = self.bytes.as_slice();
        let mut held: u64 = 0;
        let mut is_over = false;
        std::iter::from_fn(move || {
            if is_over {
                return None;
            }
            if rest.is_empty() || held >= limits::ZIP_ENTRIES {
                is_over = true;
                let counted = self.n_entries;
                let is_equal = counted == held || (!self.is_zip64 && counted == held & 0xffff);
                return (!is_equal).then_some(Err(ZipError::Count { counted, held }));
            }
            let at = self.start + (self.bytes.len() - rest.len()) as u64;
            match self.entry(rest) {
                Some((entry, after)) => {
                    rest = after;
                    held += 1;
                    Some(Ok(entry))
                }
                None => {
                    is_over = true;
                    Some(Err(ZipError::Damaged {
                        what: "entry of the central directory",
                        offset: at,
                    }))
                }
            }
        })
    }

    fn entry<'a>(&self, bytes: &'a [u8]) -> Option<(ZipEntry<'a>, &'a [u8])> {
        let (fixed, rest) = bytes.split_at_checked(ENTRY_BYTES)?;
        if !fixed.starts_with(ENTRY_MAGIC) {
            return None;
        }
        let length = |at| u16_at(fixed, at).map(usize::from);
        let (name, rest) = rest.split_at_checked(length(28)?)?;
        let (extra, rest) = rest.split_at_checked(length(30)?)?;
        let (_comment, rest) = rest.split_at_checked(length(32)?)?;
        let mut wide = zip64_fields(extra);
        // A field of all ones has its value in the extra field; they stand there in this order.
        let mut sized = |at| {
            let value = u32_at(fixed, at)?;
            if value == u32::MAX { wide.next() } else { Some(u64::from(value)) }
        };
        let size_bytes = sized(24)?;
        let packed_bytes = sized(20)?;
        let offset = sized(42)?.checked_add(self.prefix_bytes)?;
        let entry = ZipEntry {
            name,
            size_bytes,
            packed_bytes,
            offset,
            flags: u16_at(fixed, 8)?,
            method: u16_at(fixed, 10)?,
            crc: u32_at(fixed, 16)?,
            directory_start: self.start,
        };
        Some((entry, rest))
    }
}

/// The numbers of the ZIP64 extra field.
fn zip64_fields(mut extra: &[u8]) -> impl Iterator<Item = u64> {
    let mut field: &[u8] = &[];
    while let (Some(id), Some(length)) = (u16_at(extra, 0), u16_at(extra, 2)) {
        let Some(rest) = extra.get(4..) else { break };
        let Some((value, rest)) = rest.split_at_checked(usize::from(length)) else { break };
        if id == ZIP64_EXTRA {
            field = value;
            break;
        }
        extra = rest;
    }
    field.chunks_exact(8).filter_map(|number| u64_at(number, 0))
}

fn find_end(content: &mut Spool) -> Result<End, ZipError> {
    let size_bytes = content.size_bytes().map_err(|source| ZipError::Read { source })?;
    let tail_start = size_bytes.saturating_sub(END_SEARCH_BYTES);
    let tail = read_at(content, tail_start, END_SEARCH_BYTES)?;
    let mut last = None;
    let mut exact = None;
    for (at, record) in tail.windows(END_BYTES).enumerate().rev() {
        if !record.starts_with(END_MAGIC) {
            continue;
        }
        let comment_bytes = usize::from(u16_at(record, 20).unwrap_or(0));
        if at + END_BYTES + comment_bytes == tail.len() {
            exact = Some((at, record));
            break;
        }
        last = last.or(Some((at, record)));
    }
    // Bytes after the archive are tolerated by most readers, among them Java's.
    let (at, record) = exact.or(last).ok_or(ZipError::NoEnd)?;
    let at = tail_start + at as u64;
    let damaged = ZipError::Damaged { what: "end record", offset: at };
    let (Some(n_entries), Some(size_bytes), Some(offset)) =
        (u16_at(record, 10), u32_at(record, 12), u32_at(record, 16))
    else {
        return Err(damaged);
    };
    let is_full = n_entries == u16::MAX || size_bytes == u32::MAX || offset == u32::MAX;
    if is_full && let Some(end) = find_zip64_end(content, at)? {
        return Ok(end);
    }
    Ok(End {
        at,
        n_entries: u64::from(n_entries),
        size_bytes: u64::from(size_bytes),
        offset: u64::from(offset),
        is_zip64: false,
    })
}

/// The end record of ZIP64, which a locator before the other one points to.
fn find_zip64_end(content: &mut Spool, end_at: u64) -> Result<Option<End>, ZipError> {
    let Some(locator_at) = end_at.checked_sub(ZIP64_LOCATOR_BYTES) else { return Ok(None) };
    let locator = read_at(content, locator_at, ZIP64_LOCATOR_BYTES)?;
    if !locator.starts_with(ZIP64_LOCATOR_MAGIC) {
        return Ok(None);
    }
    // Where bytes stand before the archive the stated offset is wrong by as many.
    let adjacent = locator_at.checked_sub(ZIP64_END_BYTES as u64);
    for at in [adjacent, u64_at(&locator, 8)].into_iter().flatten() {
        let record = read_at(content, at, ZIP64_END_BYTES as u64)?;
        if record.starts_with(ZIP64_END_MAGIC)
            && let (Some(n_entries), Some(size_bytes), Some(offset)) =
                (u64_at(&record, 32), u64_at(&record, 40), u64_at(&record, 48))
        {
            return Ok(Some(End { at, n_entries, size_bytes, offset, is_zip64: true }));
        }
    }
    Err(ZipError::Damaged { what: "ZIP64 end record", offset: locator_at })
}

/// At most `n_bytes` from `at` on; fewer at the end of the content.
fn read_at(content: &mut Spool, at: u64, n_bytes: u64) -> Result<Vec<u8>, ZipError> {
    let mut read = || -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        content.seek(SeekFrom::Start(at))?;
        content.by_ref().take(n_bytes).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    read().map_err(|source| ZipError::Read { source })
}

//! Tar as Go's archive/tar reads it, since that is what unpacks images.
//!
//! A scanner that reads an archive in another way than the engine that runs it can be shown
//! a different image. V7, ustar, PAX, GNU long names and all four sparse formats are read;
//! nothing is unpacked.
//!
//! # Source
//!
//! POSIX.1-2017 pax, "ustar Interchange Format" and "pax Interchange Format"; the GNU tar
//! manual, "Basic Tar Format" and "Storing Sparse Files".

mod content;
mod header;
mod pax;
mod sparse;

use std::{
    borrow::Cow,
    io::{self, BufRead, Read, Seek, SeekFrom},
};

use self::{content::SparseContent, header::Block, pax::PaxRecords, sparse::Fragment};
use crate::limits;

const BLOCK_BYTES: usize = 512;

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    File,
    HardLink,
    Symlink,
    CharDevice,
    BlockDevice,
    Directory,
    Fifo,
}

/// One entry, names as the archive has them: not yet safe to use as paths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub name: Vec<u8>,
    pub kind: EntryKind,
    /// Permission bits with setuid, setgid and sticky.
    pub mode: u16,
    pub uid: u64,
    pub gid: u64,
    /// Seconds since 1970; fractions are cut off.
    pub mtime: i64,
    /// Of the content as it reads, holes of a sparse file included.
    pub size_bytes: u64,
    /// Target of a hard or symbolic link; empty otherwise.
    pub link: Vec<u8>,
    /// Major and minor number of a device.
    pub device: (u64, u64),
    /// Raw value of the extended attribute `security.capability`; empty for none.
    pub capability: Vec<u8>,
}

/// Why an archive cannot be read on.
#[derive(Debug, thiserror::Error)]
pub enum TarError {
    #[error("failed to read the tar at byte {offset}")]
    Read {
        offset: u64,
        #[source]
        source: io::Error,
    },
    #[error("the tar ends inside {what} at byte {offset}")]
    Truncated { offset: u64, what: &'static str },
    #[error("the tar has a damaged {what} at byte {offset}")]
    Damaged { offset: u64, what: &'static str },
    #[error("the tar has a {what} of more than {limit} bytes at byte {offset}")]
    TooLong { offset: u64, what: &'static str, limit: u64 },
}

/// Reads a tar entry by entry.
///
/// What is left of an entry's content when the next one is asked for is skipped.
#[derive(Debug)]
pub struct TarReader<R> {
    reader: R,
    skip: fn(&mut R, u64) -> io::Result<u64>,
    /// Bytes of the archive consumed so far.
    offset: u64,
    /// Bytes of the current entry's data in the archive, not yet read.
    data_left: u64,
    padding: u64,
    sparse: Option<SparseContent>,
}

impl<R: BufRead> TarReader<R> {
    /// Reads a stream; content that is not wanted passes through.
    pub fn new(reader: R) -> Self {
        Self { reader, skip: skip_by_reading, offset: 0, data_left: 0, padding: 0, sparse: None }
    }

    /// Offset in the archive of what is read next: after [`Self::next_entry`], of the content.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Whether the current entry has holes, so that its content is not one run of bytes.
    pub fn is_sparse(&self) -> bool {
        self.sparse.is_some()
    }

    /// The reader behind, which stands after the end mark once there is no next entry.
    pub fn into_inner(self) -> R {
        self.reader
    }

    /// Reads the header of the next entry; `None` at the end of the archive.
    ///
    /// Global PAX headers are skipped: unpackers of images ignore them.
    pub fn next_entry(&mut self) -> Result<Option<Entry>, TarError> {
        self.skip_content()?;
        let mut pax = PaxRecords::default();
        let mut long_name: Option<Vec<u8>> = None;
        let mut long_link: Option<Vec<u8>> = None;
        loop {
            let at = self.offset;
            let Some(block) = self.next_header()? else {
                if pax.is_empty() && long_name.is_none() && long_link.is_none() {
                    return Ok(None);
                }
                return Err(TarError::Truncated { offset: at, what: "an extended header" });
            };
            match block.type_flag() {
                b'x' => {
                    let records = self.read_special(&block, "PAX header")?;
                    pax = PaxRecords::parse(&records)
                        .ok_or(TarError::Damaged { offset: at, what: "PAX header" })?;
                }
                b'g' => drop(self.read_special(&block, "global PAX header")?),
                b'L' => long_name = Some(until_nul(self.read_special(&block, "long name")?)),
                b'K' => long_link = Some(until_nul(self.read_special(&block, "long link")?)),
                _ => {
                    let name = long_name.as_deref();
                    return self
                        .finish_entry(at, &block, &pax, name, long_link.as_deref())
                        .map(Some);
                }
            }
        }
    }

    /// Joins the header at `at` with the extended headers before it.
    fn finish_entry(
        &mut self,
        at: u64,
        block: &Block,
        pax: &PaxRecords,
        long_name: Option<&[u8]>,
        long_link: Option<&[u8]>,
    ) -> Result<Entry, TarError> {
        let damaged = |what| TarError::Damaged { offset: at, what };
        let mut entry = block.entry().map_err(damaged)?;
        let type_flag = block.type_flag();
        let mut data_bytes = entry.size_bytes;
        if let Some(size_bytes) = pax.size_bytes {
            (entry.size_bytes, data_bytes) = (size_bytes, size_bytes);
        }
        entry.uid = pax.uid.unwrap_or(entry.uid);
        entry.gid = pax.gid.unwrap_or(entry.gid);
        entry.mtime = pax.mtime.unwrap_or(entry.mtime);
        // Where an archive has both, Go's reader lets the GNU header win.
        if let Some(name) = long_name.or(pax.path.as_deref()) {
            entry.name = name.to_vec();
        }
        if let Some(link) = long_link.or(pax.link.as_deref()) {
            entry.link = link.to_vec();
        }
        entry.capability.clone_from(&pax.capability);
        // A V7 regular file whose name ends in a slash is a directory.
        if type_flag == 0 && entry.name.ends_with(b"/") {
            entry.kind = EntryKind::Directory;
        }
        // Links, devices and directories have no content, whatever their size field says.
        if entry.kind != EntryKind::File {
            (entry.size_bytes, data_bytes) = (0, 0);
        }
        self.data_left = data_bytes;
        self.padding = padding(data_bytes);
        if entry.kind == EntryKind::File {
            self.read_sparse_map(at, block, pax, &mut entry)?;
        }
        Ok(entry)
    }

    /// Finds out whether the entry is sparse, and sets its real name and size where it is.
    fn read_sparse_map(
        &mut self,
        at: u64,
        block: &Block,
        pax: &PaxRecords,
        entry: &mut Entry,
    ) -> Result<(), TarError> {
        let damaged = TarError::Damaged { offset: at, what: "sparse map" };
        let fragments = if block.type_flag() == b'S' {
            let (mut map, real_bytes) = block.old_sparse().ok_or(damaged)?;
            entry.size_bytes = real_bytes;
            while map.is_extended {
                let extension = self.read_block("sparse map")?;
                map.extend(&extension)
                    .ok_or(TarError::Damaged { offset: self.offset, what: "sparse map" })?;
            }
            map.fragments
        } else if let Some(map) = &pax.sparse {
            if let Some(name) = &map.name {
                entry.name.clone_from(name);
            }
            entry.size_bytes = map.size_bytes.unwrap_or(entry.size_bytes);
            if map.in_data { self.read_sparse_map_in_data(at)? } else { map.fragments.clone() }
        } else {
            return Ok(());
        };
        if !sparse::is_valid(&fragments, entry.size_bytes, self.data_left) {
            return Err(TarError::Damaged { offset: at, what: "sparse map" });
        }
        self.sparse = Some(SparseContent::new(fragments, entry.size_bytes));
        Ok(())
    }

    /// The map of PAX format 1.0: decimal lines at the start of the data, padded to a block.
    fn read_sparse_map_in_data(&mut self, at: u64) -> Result<Vec<Fragment>, TarError> {
        let mut text = Vec::new();
        loop {
            if let Some(fragments) =
                sparse::parse_lines(&text).map_err(|what| TarError::Damaged { offset: at, what })?
            {
                return Ok(fragments);
            }
            self.data_left = self
                .data_left
                .checked_sub(BLOCK_BYTES as u64)
                .ok_or(TarError::Damaged { offset: at, what: "sparse map" })?;
            text.extend_from_slice(&self.read_block("sparse map")?);
            if text.len() as u64 > limits::TAR_SPECIAL_BYTES {
                let limit = limits::TAR_SPECIAL_BYTES;
                return Err(TarError::TooLong { offset: at, what: "sparse map", limit });
            }
        }
    }

    /// The next header block; `None` at the end mark or at the end of the stream.
    fn next_header(&mut self) -> Result<Option<Block>, TarError> {
        let at = self.offset;
        let Some(block) = self.try_read_block("a header")? else { return Ok(None) };
        if block.iter().any(|byte| *byte != 0) {
            return Block::parse(&block)
                .map(Some)
                .ok_or(TarError::Damaged { offset: at, what: "header (checksum)" });
        }
        // Two blocks of zeros end an archive; one alone at the very end is tolerated.
        match self.try_read_block("the end mark")? {
            None => Ok(None),
            Some(block) if block.iter().all(|byte| *byte == 0) => Ok(None),
            Some(_) => Err(TarError::Damaged { offset: at, what: "end mark" }),
        }
    }

    /// The whole data of an extended header.
    fn read_special(&mut self, block: &Block, what: &'static str) -> Result<Vec<u8>, TarError> {
        let offset = self.offset;
        let size_bytes = block.size_bytes().ok_or(TarError::Damaged { offset, what })?;
        let limit = limits::TAR_SPECIAL_BYTES;
        if size_bytes > limit {
            return Err(TarError::TooLong { offset, what, limit });
        }
        let mut bytes = Vec::new();
        let n = (&mut self.reader)
            .take(size_bytes)
            .read_to_end(&mut bytes)
            .map_err(|source| TarError::Read { offset, source })?;
        self.offset += n as u64;
        if n as u64 != size_bytes {
            return Err(TarError::Truncated { offset: self.offset, what });
        }
        self.skip_exactly(padding(size_bytes), what)?;
        Ok(bytes)
    }

    fn skip_content(&mut self) -> Result<(), TarError> {
        self.sparse = None;
        let n = self.data_left + self.padding;
        (self.data_left, self.padding) = (0, 0);
        self.skip_exactly(n, "the content of a file")
    }

    fn skip_exactly(&mut self, n: u64, what: &'static str) -> Result<(), TarError> {
        if n == 0 {
            return Ok(());
        }
        let offset = self.offset;
        let n_skipped =
            (self.skip)(&mut self.reader, n).map_err(|source| TarError::Read { offset, source })?;
        self.offset += n_skipped;
        if n_skipped == n { Ok(()) } else { Err(TarError::Truncated { offset: self.offset, what }) }
    }

    fn read_block(&mut self, what: &'static str) -> Result<[u8; BLOCK_BYTES], TarError> {
        self.try_read_block(what)?.ok_or(TarError::Truncated { offset: self.offset, what })
    }

    /// Reads a block; `None` where the stream ends before its first byte.
    fn try_read_block(
        &mut self,
        what: &'static str,
    ) -> Result<Option<[u8; BLOCK_BYTES]>, TarError> {
        let mut block = [0; BLOCK_BYTES];
        let mut n = 0;
        while let Some(rest) = block.get_mut(n..).filter(|rest| !rest.is_empty()) {
            match self.reader.read(rest) {
                Ok(0) if n == 0 => return Ok(None),
                Ok(0) => return Err(TarError::Truncated { offset: self.offset, what }),
                Ok(n_read) => {
                    n += n_read;
                    self.offset += n_read as u64;
                }
                Err(err) if err.kind() == io::ErrorKind::Interrupted => (),
                Err(source) => return Err(TarError::Read { offset: self.offset, source }),
            }
        }
        Ok(Some(block))
    }

    /// The first bytes of the current entry's content as far as they lie in the buffer, at most
    /// `n` of them: enough to tell a format by its magic. Nothing is consumed.
    pub fn peek(&mut self, n: usize) -> io::Result<Cow<'_, [u8]>> {
        if self.sparse.is_some() || self.data_left == 0 {
            return Ok(Cow::Borrowed(&[]));
        }
        let n = usize::try_from(self.data_left).map_or(n, |left| left.min(n));
        let available = self.reader.fill_buf()?;
        Ok(Cow::Borrowed(available.get(..n).unwrap_or(available)))
    }
}

impl<R: BufRead + Seek> TarReader<R> {
    /// Reads a file; content that is not wanted is seeked over.
    pub fn seeking(reader: R) -> Self {
        Self { skip: skip_by_seeking, ..Self::new(reader) }
    }
}

fn skip_by_reading<R: BufRead>(reader: &mut R, n: u64) -> io::Result<u64> {
    let mut left = n;
    while left > 0 {
        let available = reader.fill_buf()?.len();
        if available == 0 {
            break;
        }
        let n_now = usize::try_from(left).map_or(available, |left| left.min(available));
        reader.consume(n_now);
        left -= n_now as u64;
    }
    Ok(n - left)
}

/// Seeks over all but the last byte, which is read: a seek beyond the end does not fail.
fn skip_by_seeking<R: BufRead + Seek>(reader: &mut R, n: u64) -> io::Result<u64> {
    let Some(far) = n.checked_sub(1).and_then(|far| i64::try_from(far).ok()) else {
        return skip_by_reading(reader, n);
    };
    // A file system refuses offsets that no file of it can have; reading finds the end.
    if reader.seek_relative(far).is_err() {
        return skip_by_reading(reader, n);
    }
    if skip_by_reading(reader, 1)? == 1 {
        return Ok(n);
    }
    let n_beyond_end = reader.stream_position()?.saturating_sub(reader.seek(SeekFrom::End(0))?);
    Ok((n - 1).saturating_sub(n_beyond_end))
}

/// Bytes that fill `size_bytes` up to a whole block.
fn padding(size_bytes: u64) -> u64 {
    size_bytes.wrapping_neg() % BLOCK_BYTES as u64
}

fn until_nul(mut bytes: Vec<u8>) -> Vec<u8> {
    if let Some(end) = bytes.iter().position(|byte| *byte == 0) {
        bytes.truncate(end);
    }
    bytes
}

#[cfg(test)]
mod tests;

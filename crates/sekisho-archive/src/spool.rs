use std::{
    borrow::Cow,
    fs::File,
    io::{self, Cursor, Read, Seek, SeekFrom, Write},
};

use crate::limits;

/// The content of one file of an image, readable from any offset.
///
/// Small content stays in memory; large content lies in an unnamed temporary file, so that
/// nothing of an image ever has a name on the host.
#[derive(Debug)]
pub enum Spool {
    Memory(Cursor<Vec<u8>>),
    Disk(File),
}

impl Spool {
    /// Takes all of `reader`, which is expected to hold `size_bytes`.
    ///
    /// # Errors
    ///
    /// When reading fails, or the temporary file cannot be written.
    pub fn fill(reader: &mut dyn Read, size_bytes: u64) -> io::Result<Self> {
        Self::fill_into(Vec::new(), reader, size_bytes, |_| ())
    }

    /// As [`Self::fill`], into memory that was used before, see [`Self::into_memory`]. Hands each
    /// chunk to `seen` on the way, so that it can be hashed once: content in memory is one chunk.
    ///
    /// # Errors
    ///
    /// When reading fails, or the temporary file cannot be written.
    pub fn fill_into(
        mut bytes: Vec<u8>,
        reader: &mut dyn Read,
        size_bytes: u64,
        mut seen: impl FnMut(&[u8]),
    ) -> io::Result<Self> {
        bytes.clear();
        if size_bytes <= limits::SPOOL_MEMORY_BYTES {
            bytes.reserve_exact(usize::try_from(size_bytes).unwrap_or(0));
            reader.take(limits::SPOOL_MEMORY_BYTES + 1).read_to_end(&mut bytes)?;
            seen(&bytes);
            return Ok(Self::Memory(Cursor::new(bytes)));
        }
        let mut file = tempfile::tempfile()?;
        let mut buffer = vec![0; 256 * 1024];
        loop {
            let n = reader.read(&mut buffer)?;
            let Some(chunk) = buffer.get(..n).filter(|chunk| !chunk.is_empty()) else { break };
            seen(chunk);
            file.write_all(chunk)?;
        }
        file.rewind()?;
        Ok(Self::Disk(file))
    }

    /// Memory for [`Self::fill_into`] that goes back to the system as a whole when it is dropped.
    /// It takes no more of it than the largest file that was in it.
    ///
    /// # Source
    ///
    /// mallopt(3), `M_MMAP_THRESHOLD`: a block of more than 32 MiB is a mapping of its own.
    pub fn new_memory() -> Vec<u8> {
        Vec::with_capacity(33 << 20)
    }

    /// The memory it took, to be filled anew.
    pub fn into_memory(self) -> Vec<u8> {
        match self {
            Self::Memory(cursor) => cursor.into_inner(),
            Self::Disk(_) => Vec::new(),
        }
    }

    /// Content that is already in memory.
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self::Memory(Cursor::new(bytes))
    }

    /// The whole content as one slice.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::FileTooLarge`] beyond `limit_bytes`.
    pub fn content(&mut self, limit_bytes: u64) -> io::Result<Cow<'_, [u8]>> {
        let size_bytes = self.size_bytes()?;
        if size_bytes > limit_bytes {
            return Err(io::Error::new(
                io::ErrorKind::FileTooLarge,
                format!("{size_bytes} bytes are more than the {limit_bytes} that are read"),
            ));
        }
        match self {
            Self::Memory(cursor) => Ok(Cow::Borrowed(cursor.get_ref())),
            Self::Disk(file) => {
                file.rewind()?;
                let mut bytes = Vec::new();
                file.take(limit_bytes).read_to_end(&mut bytes)?;
                Ok(Cow::Owned(bytes))
            }
        }
    }

    pub fn size_bytes(&self) -> io::Result<u64> {
        match self {
            Self::Memory(cursor) => Ok(cursor.get_ref().len() as u64),
            Self::Disk(file) => Ok(file.metadata()?.len()),
        }
    }
}

impl Read for Spool {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Memory(cursor) => cursor.read(buffer),
            Self::Disk(file) => file.read(buffer),
        }
    }
}

impl Seek for Spool {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match self {
            Self::Memory(cursor) => cursor.seek(to),
            Self::Disk(file) => file.seek(to),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_content_leaves_memory_and_reads_the_same() {
        let size_bytes = limits::SPOOL_MEMORY_BYTES + 10;
        let mut n_seen = 0;
        let mut content = io::repeat(7).take(size_bytes);
        let mut spool = Spool::fill_into(Vec::new(), &mut content, size_bytes, |chunk| {
            n_seen += chunk.len() as u64;
        })
        .unwrap();
        assert!(matches!(spool, Spool::Disk(_)));
        assert_eq!((n_seen, spool.size_bytes().unwrap()), (size_bytes, size_bytes));
        assert!(spool.content(size_bytes).unwrap().iter().all(|byte| *byte == 7));
        assert_eq!(spool.content(10).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
    }
}

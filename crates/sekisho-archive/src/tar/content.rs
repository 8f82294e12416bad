//! The content of the current entry, holes of a sparse file included.

use std::io::{self, BufRead, Read};

use super::{
    TarError, TarReader,
    sparse::{Fragment, Run},
};

/// What a hole reads as, a piece at a time.
static ZEROS: [u8; 16 * 1024] = [0; 16 * 1024];

/// Where the bytes of a sparse file lie.
#[derive(Debug)]
pub(super) struct SparseContent {
    fragments: Vec<Fragment>,
    /// Index of the fragment that `position` is in or before.
    next: usize,
    position: u64,
    size_bytes: u64,
}

impl SparseContent {
    pub(super) fn new(fragments: Vec<Fragment>, size_bytes: u64) -> Self {
        Self { fragments, next: 0, position: 0, size_bytes }
    }

    fn next_run(&mut self) -> Run {
        while let Some(fragment) = self.fragments.get(self.next) {
            if self.position < fragment.offset {
                return Run::Hole(fragment.offset - self.position);
            }
            let end = fragment.offset + fragment.n_bytes;
            if self.position < end {
                return Run::Data(end - self.position);
            }
            self.next += 1;
        }
        match self.size_bytes - self.position {
            0 => Run::End,
            n => Run::Hole(n),
        }
    }
}

impl<R> TarReader<R> {
    /// What comes next of the content.
    fn next_run(&mut self) -> Run {
        match &mut self.sparse {
            None if self.data_left == 0 => Run::End,
            None => Run::Data(self.data_left),
            Some(sparse) => match sparse.next_run() {
                Run::Data(n) => Run::Data(n.min(self.data_left)),
                run @ (Run::Hole(_) | Run::End) => run,
            },
        }
    }

    fn has_read(&mut self, n: u64) {
        self.offset += n;
        self.data_left = self.data_left.saturating_sub(n);
        self.has_passed(n);
    }

    fn has_passed(&mut self, n: u64) {
        if let Some(sparse) = &mut self.sparse {
            sparse.position += n;
        }
    }

    fn truncated(&self) -> io::Error {
        let what = "the content of a file";
        io::Error::new(
            io::ErrorKind::UnexpectedEof,
            TarError::Truncated { offset: self.offset, what },
        )
    }
}

/// The content of the current entry.
impl<R: BufRead> Read for TarReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let at_most = |n: u64| usize::try_from(n).unwrap_or(usize::MAX).min(buffer.len());
        match self.next_run() {
            Run::End => Ok(0),
            Run::Hole(n) => {
                let n = at_most(n);
                buffer.iter_mut().take(n).for_each(|byte| *byte = 0);
                self.has_passed(n as u64);
                Ok(n)
            }
            Run::Data(n) => {
                let n = at_most(n);
                let buffer = buffer.get_mut(..n).filter(|buffer| !buffer.is_empty());
                let Some(buffer) = buffer else { return Ok(0) };
                let n = self.reader.read(buffer)?;
                if n == 0 {
                    return Err(self.truncated());
                }
                self.has_read(n as u64);
                Ok(n)
            }
        }
    }
}

/// The content of the current entry as it lies in the buffer behind: nothing is copied.
impl<R: BufRead> BufRead for TarReader<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let at_most =
            |n: u64, bytes: &[u8]| usize::try_from(n).map_or(bytes.len(), |n| n.min(bytes.len()));
        match self.next_run() {
            Run::End => Ok(&[]),
            Run::Hole(n) => Ok(ZEROS.get(..at_most(n, &ZEROS)).unwrap_or_default()),
            Run::Data(n) => {
                if self.reader.fill_buf()?.is_empty() {
                    return Err(self.truncated());
                }
                // What was filled above.
                let available = self.reader.fill_buf()?;
                Ok(available.get(..at_most(n, available)).unwrap_or_default())
            }
        }
    }

    fn consume(&mut self, n: usize) {
        match self.next_run() {
            Run::End => (),
            Run::Hole(_) => self.has_passed(n as u64),
            Run::Data(_) => {
                self.reader.consume(n);
                self.has_read(n as u64);
            }
        }
    }
}

use std::io::{Read as _, Seek as _, SeekFrom};

use sekisho_archive::Spool;

use crate::CatalogError;

/// How much is read at once: the pages of one header mostly follow each other.
const WINDOW_BYTES: usize = 32 << 10;

/// A file read at any offset.
pub(super) struct Source<'a> {
    spool: &'a mut Spool,
    size_bytes: u64,
    window: Vec<u8>,
    window_offset: u64,
}

impl<'a> Source<'a> {
    pub(super) fn new(spool: &'a mut Spool) -> Result<Self, CatalogError> {
        let size_bytes = spool.size_bytes().map_err(|source| CatalogError::Read { source })?;
        Ok(Self { spool, size_bytes, window: Vec::new(), window_offset: 0 })
    }

    pub(super) fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    /// Fills `buffer` from `offset` on; `what` is being read.
    pub(super) fn read_at(
        &mut self,
        what: &'static str,
        offset: u64,
        buffer: &mut [u8],
    ) -> Result<(), CatalogError> {
        if let Some(bytes) = self.in_window(offset, buffer.len()) {
            buffer.copy_from_slice(bytes);
            return Ok(());
        }
        let left = self.size_bytes.saturating_sub(offset);
        if (buffer.len() as u64) > left {
            return Err(CatalogError::Damaged { what, offset });
        }
        let window_bytes = usize::try_from(left).unwrap_or(usize::MAX).min(WINDOW_BYTES);
        let error = |source| CatalogError::Read { source };
        self.spool.seek(SeekFrom::Start(offset)).map_err(error)?;
        if buffer.len() > window_bytes {
            return self.spool.read_exact(buffer).map_err(error);
        }
        self.window.resize(window_bytes, 0);
        self.window_offset = offset;
        if let Err(source) = self.spool.read_exact(&mut self.window) {
            self.window.clear();
            return Err(error(source));
        }
        if let Some(bytes) = self.window.get(..buffer.len()) {
            buffer.copy_from_slice(bytes);
        }
        Ok(())
    }

    fn in_window(&self, offset: u64, length: usize) -> Option<&[u8]> {
        let start = usize::try_from(offset.checked_sub(self.window_offset)?).ok()?;
        self.window.get(start..start.checked_add(length)?)
    }
}

/// A file of pages of one size, each of which has one owner.
pub(super) struct Pages<'a> {
    pub(super) source: Source<'a>,
    page_bytes: u32,
    /// A bit a page: whether it was claimed.
    claimed: Vec<u64>,
}

impl<'a> Pages<'a> {
    /// `page_bytes` must not be 0.
    pub(super) fn new(source: Source<'a>, page_bytes: u32) -> Self {
        let n_pages = source.size_bytes() / u64::from(page_bytes.max(1));
        let n_words = usize::try_from(n_pages / 64 + 1).unwrap_or(0);
        Self { source, page_bytes, claimed: vec![0; n_words] }
    }

    pub(super) fn page_bytes(&self) -> usize {
        self.page_bytes as usize
    }

    /// Where the page at `index`, counted from 0, begins; it must lie in the file and not have
    /// been claimed before.
    pub(super) fn claim(&mut self, what: &'static str, index: u32) -> Result<u64, CatalogError> {
        let offset = u64::from(index) * u64::from(self.page_bytes);
        let damaged = CatalogError::Damaged { what, offset };
        if self.source.size_bytes().saturating_sub(offset) < u64::from(self.page_bytes) {
            return Err(damaged);
        }
        let bit = 1 << (index % 64);
        match self.claimed.get_mut(index as usize / 64) {
            Some(word) if *word & bit == 0 => {
                *word |= bit;
                Ok(offset)
            }
            Some(_) | None => Err(damaged),
        }
    }
}

use std::{
    io::{self, Read},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

/// How far a scan is, for whoever wants to show it. Shared and only ever counted up.
#[derive(Debug, Default)]
pub struct Progress {
    /// Layers that have to be read; 0 as long as that is not known.
    pub n_layers: AtomicU64,
    pub n_layers_done: AtomicU64,
    /// Layers that the cache knew.
    pub n_layers_cached: AtomicU64,
    /// Bytes that will be read, as far as their source says so.
    pub n_bytes: AtomicU64,
    pub n_bytes_done: AtomicU64,
}

/// A reader that counts what went through.
pub(crate) struct Counted {
    pub(crate) inner: Box<dyn Read + Send>,
    pub(crate) progress: Arc<Progress>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        self.progress.n_bytes_done.fetch_add(n as u64, Relaxed);
        Ok(n)
    }
}

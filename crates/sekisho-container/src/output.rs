//! What commands write, bounded.

use std::{
    io::{self, Read},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};

const CHUNK_BYTES: usize = 64 * 1024;

/// Bytes of the head of a frame of Docker's multiplexed streams.
const HEAD_BYTES: usize = 8;

/// Both streams of a command, shared with whoever watches it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Output(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    stdout: Mutex<Vec<u8>>,
    stderr: Mutex<Vec<u8>>,
    is_full: AtomicBool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stream {
    Stdout,
    Stderr,
}

impl Output {
    /// Whether more was written than is kept.
    pub(crate) fn is_full(&self) -> bool {
        self.0.is_full.load(Relaxed)
    }

    pub(crate) fn take(&self) -> (Vec<u8>, Vec<u8>) {
        let take = |buffer: &Mutex<Vec<u8>>| {
            std::mem::take(&mut *buffer.lock().unwrap_or_else(PoisonError::into_inner))
        };
        (take(&self.0.stdout), take(&self.0.stderr))
    }

    fn add(&self, stream: Stream, bytes: &[u8], limit: usize) {
        let buffer = match stream {
            Stream::Stdout => &self.0.stdout,
            Stream::Stderr => &self.0.stderr,
        };
        let mut buffer = buffer.lock().unwrap_or_else(PoisonError::into_inner);
        let left = limit.saturating_sub(buffer.len());
        if bytes.len() > left {
            self.0.is_full.store(true, Relaxed);
        }
        buffer.extend(bytes.iter().take(left));
    }

    /// Takes in a stream to its end, or until it is too long.
    pub(crate) fn fill(
        &self,
        stream: Stream,
        reader: &mut dyn Read,
        limit: usize,
    ) -> io::Result<()> {
        let mut chunk = vec![0; CHUNK_BYTES];
        while !self.is_full() {
            let n = reader.read(&mut chunk)?;
            match chunk.get(..n) {
                None | Some([]) => break,
                Some(bytes) => self.add(stream, bytes, limit),
            }
        }
        Ok(())
    }

    /// Takes in both streams as Docker sends them over one connection.
    ///
    /// # Source
    ///
    /// Docker Engine API, "Attach to a container", "Stream format".
    pub(crate) fn fill_multiplexed(&self, reader: &mut dyn Read, limit: usize) -> io::Result<()> {
        let mut head = [0; HEAD_BYTES];
        while !self.is_full() {
            match reader.read_exact(&mut head) {
                Ok(()) => (),
                Err(err) if err.kind() == io::ErrorKind::UnexpectedEof => break,
                Err(err) => return Err(err),
            }
            let [kind, _, _, _, length @ ..] = head;
            let stream = if kind == 2 { Stream::Stderr } else { Stream::Stdout };
            let mut frame = reader.take(u64::from(u32::from_be_bytes(length)));
            self.fill(stream, &mut frame, limit)?;
        }
        Ok(())
    }
}

//! A layer blob as a stream of tar bytes, verified on the way.
//!
//! Unpacking, hashing and looking each run in a thread of their own, a few chunks apart: they
//! cost about the same, and a digest can only be computed from start to end, so one large layer
//! takes as long as the slowest of the three and not as all of them.

use std::{
    io::{self, BufRead, BufReader, Read},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread::JoinHandle,
};

use sekisho_types::Digest;

use crate::{compression::decompress, limits, sha::Sha256};

const CHUNK_BYTES: usize = 256 * 1024;

/// Chunks between two threads: enough to ride out a file that takes long to look into, and
/// 2 MiB at most.
const CHUNKS_AHEAD: usize = 8;

/// What a blob should turn out to be; a digest that is known is verified.
#[derive(Debug, Clone, Default)]
pub struct BlobExpectation {
    /// Digest of the blob as it lies, before unpacking.
    pub digest: Option<Digest>,
    /// Digest of the unpacked tar.
    pub diff_id: Option<Digest>,
    /// Size of the blob as it lies.
    pub size_bytes: Option<u64>,
}

/// What a blob turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlobSummary {
    pub diff_id: Digest,
    /// Of the unpacked tar.
    pub size_bytes: u64,
}

/// Why a blob is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BlobError {
    #[error("the blob {expected} has the digest {actual}: it is damaged or was changed")]
    Digest { expected: Digest, actual: Digest },
    #[error("the layer {expected} unpacks to the digest {actual}: it is not what the image names")]
    DiffId { expected: Digest, actual: Digest },
    #[error("the blob ends after {actual} of {expected} bytes")]
    Size { expected: u64, actual: u64 },
    #[error("the layer unpacks to more than {limit} bytes")]
    TooLarge { limit: u64 },
    #[error(
        "the layer unpacks to more than {ratio} times its size: {n_in} bytes gave {n_out} and more"
    )]
    Bomb { ratio: u64, n_in: u64, n_out: u64 },
    #[error("{digest} cannot be verified: only sha256 is computed")]
    Algorithm { digest: Digest },
}

impl From<BlobError> for io::Error {
    fn from(err: BlobError) -> Self {
        Self::new(io::ErrorKind::InvalidData, err)
    }
}

/// A piece of the tar, shared by whoever hashes and whoever looks.
type Chunk = Arc<Vec<u8>>;

/// Reads the tar inside a blob, compressed or not, without computing its digest.
#[derive(Debug)]
pub struct UnpackReader {
    chunks: Option<Receiver<io::Result<Chunk>>>,
    thread: Option<JoinHandle<()>>,
    chunk: Chunk,
    position: usize,
}

impl UnpackReader {
    /// Starts to read `raw`, compressed or not.
    ///
    /// # Errors
    ///
    /// When no thread can be started.
    pub fn new(raw: Box<dyn Read + Send>) -> io::Result<Self> {
        Self::start(raw, BlobExpectation::default(), None)
    }

    fn start(
        raw: Box<dyn Read + Send>,
        expected: BlobExpectation,
        to_hash: Option<SyncSender<Chunk>>,
    ) -> io::Result<Self> {
        let (sender, chunks) = sync_channel(CHUNKS_AHEAD);
        let thread = spawn("unpack", move || {
            if let Err(err) = unpack(raw, &expected, &sender, to_hash.as_ref()) {
                // A reader that went away does not want to know.
                drop(sender.send(Err(err)));
            }
        })?;
        Ok(Self {
            chunks: Some(chunks),
            thread: Some(thread),
            chunk: Chunk::default(),
            position: 0,
        })
    }

    /// Reads what is left, so that damage at the end is seen.
    ///
    /// # Errors
    ///
    /// When the blob is damaged.
    pub fn finish(mut self) -> io::Result<()> {
        self.drain()
    }

    fn drain(&mut self) -> io::Result<()> {
        while !self.fill_buf()?.is_empty() {
            self.position = self.chunk.len();
        }
        Ok(())
    }
}

impl Read for UnpackReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut available = self.fill_buf()?;
        let n = available.read(buffer)?;
        self.consume(n);
        Ok(n)
    }
}

impl BufRead for UnpackReader {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.position >= self.chunk.len() {
            let Some(chunks) = &self.chunks else { return Ok(&[]) };
            let next = chunks.recv();
            // Let go of the old one in any case, so that it can be filled again.
            (self.chunk, self.position) = (Chunk::default(), 0);
            match next {
                Ok(Ok(chunk)) => self.chunk = chunk,
                Ok(Err(err)) => {
                    self.chunks = None;
                    return Err(err);
                }
                // The thread has sent all it had.
                Err(_) => self.chunks = None,
            }
        }
        Ok(self.chunk.get(self.position..).unwrap_or_default())
    }

    fn consume(&mut self, n: usize) {
        self.position = (self.position + n).min(self.chunk.len());
    }
}

impl Drop for UnpackReader {
    fn drop(&mut self) {
        // Without a receiver the next send fails, and the thread ends.
        self.chunks = None;
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

/// Reads the tar inside a blob. See [`BlobReader::finish`] for when it is verified.
#[derive(Debug)]
pub struct BlobReader {
    unpacked: UnpackReader,
    /// Ends when `unpacked` has sent its last chunk.
    hashing: JoinHandle<BlobSummary>,
    expected: Option<Digest>,
}

impl BlobReader {
    /// Starts to read `raw`, compressed or not.
    ///
    /// # Errors
    ///
    /// When a digest has an algorithm that is not computed, or no thread can be started.
    pub fn new(raw: Box<dyn Read + Send>, expected: BlobExpectation) -> io::Result<Self> {
        for digest in [expected.digest, expected.diff_id].into_iter().flatten() {
            if !matches!(digest, Digest::Sha256(_)) {
                return Err(BlobError::Algorithm { digest }.into());
            }
        }
        let (to_hash, chunks) = sync_channel(CHUNKS_AHEAD);
        let hashing = spawn("hash", move || summarise(&chunks))?;
        let diff_id = expected.diff_id;
        let unpacked = UnpackReader::start(raw, expected, Some(to_hash))?;
        Ok(Self { unpacked, hashing, expected: diff_id })
    }

    /// Reads what is left, then compares digests and sizes.
    ///
    /// # Errors
    ///
    /// A [`BlobError`] inside the I/O error where the blob is not what was expected; nothing
    /// that was read before may then be used.
    pub fn finish(mut self) -> io::Result<BlobSummary> {
        self.unpacked.drain()?;
        let summary = self.hashing.join().map_err(|_| io::Error::other("hashing panicked"))?;
        let actual = summary.diff_id;
        if let Some(expected) = self.expected.filter(|expected| *expected != actual) {
            return Err(BlobError::DiffId { expected, actual }.into());
        }
        Ok(summary)
    }
}

impl Read for BlobReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.unpacked.read(buffer)
    }
}

impl BufRead for BlobReader {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.unpacked.fill_buf()
    }

    fn consume(&mut self, n: usize) {
        self.unpacked.consume(n);
    }
}

fn spawn<T: Send + 'static>(
    name: &str,
    work: impl FnOnce() -> T + Send + 'static,
) -> io::Result<JoinHandle<T>> {
    std::thread::Builder::new().name(name.to_owned()).spawn(work)
}

fn summarise(chunks: &Receiver<Chunk>) -> BlobSummary {
    let mut hash = Sha256::default();
    let mut size_bytes = 0;
    for chunk in chunks {
        hash.update(&chunk);
        size_bytes += chunk.len() as u64;
    }
    BlobSummary { diff_id: hash.finish(), size_bytes }
}

/// Sends the unpacked bytes of `raw`; verifies digest and size of the blob as it lies.
fn unpack(
    raw: Box<dyn Read + Send>,
    expected: &BlobExpectation,
    sender: &SyncSender<io::Result<Chunk>>,
    to_hash: Option<&SyncSender<Chunk>>,
) -> io::Result<()> {
    let n_in = AtomicU64::new(0);
    // A plain blob is its own tar: one hash serves for both digests.
    let hash = expected.digest.filter(|digest| Some(*digest) != expected.diff_id);
    let raw = Raw { inner: raw, hash: hash.map(|_| Sha256::default()), n_in: &n_in };
    let mut raw = BufReader::with_capacity(CHUNK_BYTES, raw);
    let (_, mut unpacked) = decompress(&mut raw)?;
    let mut n_out = 0;
    let mut pool = Vec::new();
    loop {
        let mut chunk = take_unused(&mut pool);
        // Nobody else holds it, so this copies nothing.
        let buffer = Arc::make_mut(&mut chunk);
        buffer.resize(CHUNK_BYTES, 0);
        let n = read_full(&mut unpacked, buffer)?;
        buffer.truncate(n);
        n_out += n as u64;
        check_expansion(n_in.load(Relaxed), n_out)?;
        if n == 0 {
            break;
        }
        pool.push(Arc::clone(&chunk));
        if let Some(to_hash) = to_hash
            && to_hash.send(Arc::clone(&chunk)).is_err()
        {
            return Err(io::Error::other("hashing ended early"));
        }
        if sender.send(Ok(chunk)).is_err() {
            // Whoever looked has seen enough.
            return Ok(());
        }
    }
    drop(unpacked);
    // What follows the last frame belongs to the blob and to its digest.
    io::copy(&mut raw, &mut io::sink())?;
    let actual_bytes = n_in.load(Relaxed);
    if let Some(expected) = expected.size_bytes.filter(|expected| *expected != actual_bytes) {
        return Err(BlobError::Size { expected, actual: actual_bytes }.into());
    }
    let actual = raw.into_inner().hash.map(Sha256::finish);
    if let (Some(expected), Some(actual)) = (hash, actual)
        && expected != actual
    {
        return Err(BlobError::Digest { expected, actual }.into());
    }
    Ok(())
}

/// A chunk that nobody reads any more, or a new one. The queues bound how many there are.
fn take_unused(pool: &mut Vec<Chunk>) -> Chunk {
    match pool.iter_mut().position(|chunk| Arc::get_mut(chunk).is_some()) {
        Some(index) => pool.swap_remove(index),
        None => Chunk::default(),
    }
}

fn check_expansion(n_in: u64, n_out: u64) -> Result<(), BlobError> {
    if n_out > limits::LAYER_BYTES {
        return Err(BlobError::TooLarge { limit: limits::LAYER_BYTES });
    }
    let ratio = limits::EXPANSION_RATIO;
    if n_out > limits::EXPANSION_FREE_BYTES && n_out / ratio > n_in {
        return Err(BlobError::Bomb { ratio, n_in, n_out });
    }
    Ok(())
}

/// Reads until `buffer` is full or the stream ends.
fn read_full(reader: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut n_total = 0;
    while let Some(rest) = buffer.get_mut(n_total..).filter(|rest| !rest.is_empty()) {
        match reader.read(rest) {
            Ok(0) => break,
            Ok(n) => n_total += n,
            Err(err) if err.kind() == io::ErrorKind::Interrupted => (),
            Err(err) => return Err(err),
        }
    }
    Ok(n_total)
}

/// Counts and hashes the blob as it lies.
struct Raw<'a> {
    inner: Box<dyn Read + Send>,
    hash: Option<Sha256>,
    n_in: &'a AtomicU64,
}

impl Read for Raw<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        self.n_in.fetch_add(n as u64, Relaxed);
        if let (Some(hash), Some(read)) = (&mut self.hash, buffer.get(..n)) {
            hash.update(read);
        }
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;
    use crate::sha256;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    /// The summary of `blob`, or what is wrong with it.
    fn read(blob: Vec<u8>, expected: BlobExpectation) -> Result<BlobSummary, String> {
        BlobReader::new(Box::new(io::Cursor::new(blob)), expected)
            .and_then(BlobReader::finish)
            .map_err(|err| err.to_string())
    }

    #[test]
    fn plain_gzip_and_zstd_give_the_same_tar() {
        let tar = vec![42; 3 * CHUNK_BYTES + 17];
        let want = BlobSummary { diff_id: sha256(&tar), size_bytes: tar.len() as u64 };
        let two_members = [gzip(&tar[..100]), gzip(&tar[100..])].concat();
        let zstd = zstd::stream::encode_all(&tar[..], 3).unwrap();
        for blob in [tar, two_members, zstd] {
            let expected = BlobExpectation {
                digest: Some(sha256(&blob)),
                diff_id: Some(want.diff_id),
                size_bytes: Some(blob.len() as u64),
            };
            assert_eq!(read(blob, expected), Ok(want));
        }
    }

    #[test]
    fn a_changed_blob_is_named() {
        let wrong = sha256(b"something else");
        let digest = BlobExpectation { digest: Some(wrong), ..BlobExpectation::default() };
        let diff_id = BlobExpectation { diff_id: Some(wrong), ..BlobExpectation::default() };
        let blob = gzip(b"tar");
        assert!(read(blob.clone(), digest).unwrap_err().contains("has the digest"));
        assert!(read(blob, diff_id).unwrap_err().contains("unpacks to the digest"));
    }

    #[test]
    fn a_truncated_or_lengthened_blob_is_an_error() {
        let blob = gzip(&vec![1; 100_000]);
        let cut = blob[..blob.len() - 5].to_vec();
        assert!(read(cut, BlobExpectation::default()).is_err());
        let garbage = [&blob[..], b"garbage after the end"].concat();
        assert!(read(garbage, BlobExpectation::default()).is_err());
        let size = BlobExpectation { size_bytes: Some(9), ..BlobExpectation::default() };
        assert!(read(vec![0; 8], size).unwrap_err().contains("ends after 8 of 9 bytes"));
    }

    #[test]
    fn a_bomb_is_stopped_and_a_layer_of_zeros_is_not() {
        assert_eq!(check_expansion(1, limits::EXPANSION_FREE_BYTES), Ok(()));
        let n_out = limits::EXPANSION_FREE_BYTES + limits::EXPANSION_RATIO;
        assert!(matches!(check_expansion(1000, n_out), Err(BlobError::Bomb { .. })));
        assert_eq!(check_expansion(n_out / 20, n_out), Ok(()));
        let too_large = check_expansion(u64::MAX, limits::LAYER_BYTES + 1);
        assert!(matches!(too_large, Err(BlobError::TooLarge { .. })));
    }

    #[test]
    fn a_reader_that_stops_early_ends_the_thread() {
        let blob = Box::new(io::repeat(0).take(1 << 30));
        let mut reader = BlobReader::new(blob, BlobExpectation::default()).unwrap();
        assert_eq!(reader.fill_buf().unwrap().first(), Some(&0));
        drop(reader); // Would hang here.
    }
}

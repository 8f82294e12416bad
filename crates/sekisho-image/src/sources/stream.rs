//! An archive that goes by once: standard input, a compressed archive, `docker save`.
//!
//! Layers come before the manifest that says which of them count, so each is looked into as it
//! comes, and the manifest is asked at the end.

use std::{
    collections::BTreeMap,
    io::{self, Read},
    sync::mpsc::{Receiver, SyncSender, sync_channel},
};

use sekisho_archive::{
    BlobExpectation, BlobReader, Compression, UnpackReader, limits,
    tar::{EntryKind, TarReader},
};

use super::archive::{Archive, Stored, insert, link};
use crate::{ImageError, image::digest_of_entry};

/// Most bytes of documents that are kept until the end.
const MAX_DOCUMENTS_BYTES: u64 = 64 << 20;

const CHUNK_BYTES: usize = 256 * 1024;

/// Reads an archive from its start to its end.
#[derive(Debug)]
pub struct ArchiveStream {
    name: String,
    tar: TarReader<UnpackReader>,
}

/// A file of the archive that may be a layer.
#[derive(Debug)]
pub struct StreamedEntry {
    /// Name in the archive.
    pub name: String,
    /// Its tar. `finish` gives the `diff_id`, to be compared with what the manifest says.
    pub layer: BlobReader,
}

impl ArchiveStream {
    /// Starts to read `reader`, which may be compressed; `name` is for messages.
    pub fn new(name: &str, reader: Box<dyn Read + Send>) -> Result<Self, ImageError> {
        let blob = UnpackReader::new(reader)
            .map_err(|source| ImageError::Path { path: name.into(), source })?;
        Ok(Self { name: name.to_owned(), tar: TarReader::new(blob) })
    }

    /// Hands each possible layer to `look`, in a thread of its own, and gives what `look` made
    /// of them by name, and the archive, of which only the documents are left.
    ///
    /// # Errors
    ///
    /// When the archive itself cannot be read. What `look` thinks of a file that no manifest
    /// names is nobody's business.
    pub fn read<T: Send>(
        mut self,
        look: &(dyn Fn(StreamedEntry) -> T + Sync),
    ) -> Result<(Archive, BTreeMap<String, T>), ImageError> {
        let mut entries = BTreeMap::new();
        let mut looked = BTreeMap::new();
        let mut n_document_bytes = 0;
        let name = self.name.clone();
        let wrong = |source| ImageError::Archive { name: name.clone(), source };
        let cut = |source| ImageError::Path { path: name.clone().into(), source };
        while let Some(entry) = self.tar.next_entry().map_err(wrong)? {
            if entry.kind != EntryKind::File {
                if let Some(target) = link(&entry) {
                    insert(&mut entries, &entry, Stored::Link(target))?;
                }
                continue;
            }
            let start = self.tar.peek(Compression::MAGIC_BYTES).map_err(cut)?;
            let is_json = matches!(start.first(), Some(b'{' | b'['));
            // Less than a block is no tar, but may be a compressed one.
            let is_short =
                entry.size_bytes < 512 && Compression::sniff(&start) == Compression::Plain;
            if is_short || (is_json && entry.size_bytes <= limits::DOCUMENT_BYTES) {
                let mut bytes = Vec::new();
                self.tar.read_to_end(&mut bytes).map_err(cut)?;
                n_document_bytes += bytes.len() as u64;
                if n_document_bytes > MAX_DOCUMENTS_BYTES {
                    let limit = MAX_DOCUMENTS_BYTES;
                    return Err(ImageError::TooMany { what: "bytes of documents", limit });
                }
                insert(&mut entries, &entry, Stored::Document(bytes.into()))?;
            } else {
                // A later file of the same name replaces the first, as with tar.
                let name = insert(&mut entries, &entry, Stored::Passed)?;
                let result = self.pass_on(&name, look).map_err(cut)?;
                looked.insert(name, result);
            }
        }
        // What follows the end mark belongs to the compressed stream and may be damaged.
        self.tar.into_inner().finish().map_err(cut)?;
        Ok((Archive::of_stream(self.name, entries), looked))
    }

    /// Feeds the content of the current entry to `look`.
    fn pass_on<T: Send>(
        &mut self,
        name: &str,
        look: &(dyn Fn(StreamedEntry) -> T + Sync),
    ) -> io::Result<T> {
        let (sender, receiver) = sync_channel(2);
        let expected =
            BlobExpectation { digest: digest_of_entry(name), ..BlobExpectation::default() };
        let reader = Box::new(Chunks { receiver, chunk: Vec::new(), position: 0 });
        let layer = BlobReader::new(reader, expected)?;
        let entry = StreamedEntry { name: name.to_owned(), layer };
        std::thread::scope(|scope| {
            let looking = scope.spawn(|| look(entry));
            let fed = self.feed(&sender);
            drop(sender);
            let result = looking.join().map_err(|_| io::Error::other("reading a layer panicked"));
            fed?;
            result
        })
    }

    fn feed(&mut self, sender: &SyncSender<io::Result<Vec<u8>>>) -> io::Result<()> {
        loop {
            let mut chunk = Vec::with_capacity(CHUNK_BYTES);
            match (&mut self.tar).take(CHUNK_BYTES as u64).read_to_end(&mut chunk) {
                Ok(0) => return Ok(()),
                Ok(_) => {
                    if sender.send(Ok(chunk)).is_err() {
                        // Whoever looked has seen enough; the rest is skipped.
                        return Ok(());
                    }
                }
                Err(err) => {
                    let told = io::Error::new(err.kind(), err.to_string());
                    drop(sender.send(Err(told)));
                    return Err(err);
                }
            }
        }
    }
}

/// The receiving end of [`ArchiveStream::feed`].
struct Chunks {
    receiver: Receiver<io::Result<Vec<u8>>>,
    chunk: Vec<u8>,
    position: usize,
}

impl Read for Chunks {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.position >= self.chunk.len() {
            match self.receiver.recv() {
                Ok(chunk) => (self.chunk, self.position) = (chunk?, 0),
                Err(_) => return Ok(0),
            }
        }
        let mut rest = self.chunk.get(self.position..).unwrap_or_default();
        let n = rest.read(buffer)?;
        self.position += n;
        Ok(n)
    }
}

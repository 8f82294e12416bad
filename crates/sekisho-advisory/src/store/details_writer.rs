//! The texts of advisories, compressed together in chunks.

use std::path::Path;

use super::{
    dictionary::Dictionary,
    encode::{put_bytes, put_number, put_text},
    error::BuildError,
    manifest::{Holds, SegmentRef},
    record::Details,
    segment_writer::SegmentWriter,
    sorter::Sorter,
};

/// Bytes of a chunk before it is compressed: enough that texts help each other, little enough to
/// be unpacked for one of them.
const CHUNK_BYTES: usize = 16 << 10;

/// Where larger ones save little more and take much longer.
const LEVEL: i32 = 9;

/// Texts on their way into a segment.
#[derive(Debug)]
pub(super) struct DetailRows {
    rows: Sorter,
}

impl DetailRows {
    pub(super) fn new(directory: &Path) -> Self {
        Self { rows: Sorter::new(directory) }
    }

    pub(super) fn push(&mut self, id: &str, details: &Details) -> Result<(), BuildError> {
        if *details == Details::default() {
            return Ok(());
        }
        let mut value = Vec::new();
        details.put(&mut value);
        self.rows.push(id.as_bytes(), &value)
    }

    pub(super) fn finish(self, directory: &Path) -> Result<Option<SegmentRef>, BuildError> {
        if self.rows.is_empty() {
            return Ok(None);
        }
        let mut chunks =
            Chunks { writer: SegmentWriter::new(directory)?, ids: Vec::new(), bytes: Vec::new() };
        self.rows.drain(|id, value| {
            put_text(&mut chunks.bytes, &String::from_utf8_lossy(id));
            put_bytes(&mut chunks.bytes, value);
            chunks.ids.push(id.to_vec());
            if chunks.bytes.len() >= CHUNK_BYTES { chunks.flush(directory) } else { Ok(()) }
        })?;
        chunks.flush(directory)?;
        let written = chunks.writer.finish(directory, &Dictionary::default())?;
        Ok(Some(written.to_ref(Holds::Details)))
    }
}

struct Chunks {
    writer: SegmentWriter,
    ids: Vec<Vec<u8>>,
    bytes: Vec<u8>,
}

impl Chunks {
    fn flush(&mut self, directory: &Path) -> Result<(), BuildError> {
        if self.ids.is_empty() {
            return Ok(());
        }
        let mut record = Vec::new();
        put_number(&mut record, self.bytes.len() as u64);
        let packed = zstd::bulk::compress(&self.bytes, LEVEL);
        record.append(&mut packed.map_err(|source| BuildError::write(directory, source))?);
        let place = self.writer.record(&record)?;
        for id in self.ids.drain(..) {
            self.writer.key(&id, place);
        }
        self.bytes.clear();
        Ok(())
    }
}

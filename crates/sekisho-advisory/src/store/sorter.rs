//! Sorting more rows than memory holds.

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    io::{BufReader, BufWriter, Read, Seek, Write},
    path::{Path, PathBuf},
};

use super::error::BuildError;

/// Most bytes of rows in memory.
const RUN_BYTES: usize = 48 << 20;

/// What is read ahead of each run while they are merged.
const READ_BYTES: usize = 64 << 10;

/// Rows on their way into order: by key, and where keys are equal as they came.
#[derive(Debug)]
pub(super) struct Sorter {
    /// For rows that do not fit.
    directory: PathBuf,
    bytes: Vec<u8>,
    /// Start, end of the key, end.
    rows: Vec<(usize, usize, usize)>,
    runs: Vec<std::fs::File>,
}

impl Sorter {
    pub(super) fn new(directory: &Path) -> Self {
        let directory = directory.to_owned();
        Self { directory, bytes: Vec::new(), rows: Vec::new(), runs: Vec::new() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.runs.is_empty()
    }

    pub(super) fn push(&mut self, key: &[u8], value: &[u8]) -> Result<(), BuildError> {
        if self.bytes.len() + key.len() + value.len() > RUN_BYTES && !self.rows.is_empty() {
            self.spill()?;
        }
        let start = self.bytes.len();
        self.bytes.extend_from_slice(key);
        let key_end = self.bytes.len();
        self.bytes.extend_from_slice(value);
        self.rows.push((start, key_end, self.bytes.len()));
        Ok(())
    }

    fn sort(&mut self) {
        let bytes = &self.bytes;
        self.rows.sort_by(|a, b| bytes.get(a.0..a.1).cmp(&bytes.get(b.0..b.1)));
    }

    fn spill(&mut self) -> Result<(), BuildError> {
        self.sort();
        let write = |source| BuildError::write(&self.directory, source);
        let mut out = BufWriter::new(tempfile::tempfile_in(&self.directory).map_err(write)?);
        for (start, key_end, end) in &self.rows {
            for part in [self.bytes.get(*start..*key_end), self.bytes.get(*key_end..*end)] {
                let part = part.unwrap_or_default();
                out.write_all(&(part.len() as u64).to_le_bytes()).map_err(write)?;
                out.write_all(part).map_err(write)?;
            }
        }
        let mut run = out.into_inner().map_err(|err| write(err.into_error()))?;
        run.rewind().map_err(write)?;
        self.runs.push(run);
        self.bytes.clear();
        self.rows.clear();
        Ok(())
    }

    /// Gives every row to `sink`, in order.
    pub(super) fn drain(
        mut self,
        mut sink: impl FnMut(&[u8], &[u8]) -> Result<(), BuildError>,
    ) -> Result<(), BuildError> {
        if self.runs.is_empty() {
            self.sort();
            for (start, key_end, end) in &self.rows {
                let (key, value) =
                    (self.bytes.get(*start..*key_end), self.bytes.get(*key_end..*end));
                sink(key.unwrap_or_default(), value.unwrap_or_default())?;
            }
            return Ok(());
        }
        self.spill()?;
        (self.bytes, self.rows) = (Vec::new(), Vec::new());
        let read = |source| BuildError::read(&self.directory, source);
        let mut runs: Vec<BufReader<std::fs::File>> =
            self.runs.drain(..).map(|run| BufReader::with_capacity(READ_BYTES, run)).collect();
        let mut heads = BinaryHeap::new();
        for (index, run) in runs.iter_mut().enumerate() {
            if let Some((key, value)) = next(run).map_err(read)? {
                heads.push(Reverse((key, index, value)));
            }
        }
        while let Some(Reverse((key, index, value))) = heads.pop() {
            sink(&key, &value)?;
            let Some(run) = runs.get_mut(index) else { continue };
            if let Some((key, value)) = next(run).map_err(read)? {
                heads.push(Reverse((key, index, value)));
            }
        }
        Ok(())
    }
}

type Row = (Vec<u8>, Vec<u8>);

fn next(run: &mut impl Read) -> std::io::Result<Option<Row>> {
    let Some(key) = part(run)? else { return Ok(None) };
    let value = part(run)?.ok_or(std::io::ErrorKind::UnexpectedEof)?;
    Ok(Some((key, value)))
}

fn part(run: &mut impl Read) -> std::io::Result<Option<Vec<u8>>> {
    let mut n_bytes = [0; 8];
    match run.read_exact(&mut n_bytes) {
        Ok(()) => (),
        Err(err) if err.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(err) => return Err(err),
    }
    let mut part = Vec::new();
    let n_bytes = u64::from_le_bytes(n_bytes);
    run.take(n_bytes).read_to_end(&mut part)?;
    if part.len() as u64 != n_bytes {
        return Err(std::io::ErrorKind::UnexpectedEof.into());
    }
    Ok(Some(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_in_order_whether_or_not_they_fit() {
        let directory = tempfile::tempdir().unwrap();
        // With large values, a few thousand rows are several runs.
        for n_bytes in [1, 40_000] {
            let mut sorter = Sorter::new(directory.path());
            for number in 0_u32..4000 {
                let key = number.wrapping_mul(2_654_435_761) % 1000;
                let mut value = vec![0; n_bytes];
                value.extend_from_slice(&number.to_be_bytes());
                sorter.push(&key.to_be_bytes(), &value).unwrap();
            }
            assert_eq!(n_bytes == 1, sorter.runs.is_empty());
            let mut rows: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
            sorter
                .drain(|key, value| {
                    let number = value.last_chunk::<4>().unwrap();
                    rows.push((key.to_vec(), number.to_vec()));
                    Ok(())
                })
                .unwrap();
            assert_eq!(rows.len(), 4000);
            assert!(rows.is_sorted(), "by key, and equal ones as they came");
        }
    }
}

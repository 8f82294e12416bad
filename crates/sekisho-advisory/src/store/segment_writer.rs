//! Writes a segment.

use std::{
    io::{self, BufWriter, Read, Seek, SeekFrom, Write},
    os::unix::fs::PermissionsExt,
    path::Path,
};

use sekisho_archive::{Sha256, sha256};
use sekisho_types::Digest;
use tempfile::NamedTempFile;

use super::{
    dictionary::Dictionary,
    encode::put_number,
    error::BuildError,
    manifest::{Holds, SegmentRef},
    segment::{BLOCK_BYTES, HEADER_BYTES, Header, SLOT_BYTES, Slot, key_hash},
};

/// A segment that is being written, under a name that readers do not look at.
#[derive(Debug)]
pub(super) struct SegmentWriter {
    out: BufWriter<NamedTempFile>,
    position: u64,
    /// The hash of each key, and the place of its record.
    keys: Vec<([u8; 8], u32)>,
}

/// A segment on disk that has its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) digest: Digest,
    pub(super) size_bytes: u64,
    pub(super) table: Digest,
    pub(super) n_keys: u64,
}

impl Written {
    /// How a manifest names it.
    pub(super) fn to_ref(&self, holds: Holds) -> SegmentRef {
        let Self { digest, size_bytes, table, n_keys } = *self;
        SegmentRef { holds, digest, size_bytes, table, keys: n_keys }
    }
}

impl SegmentWriter {
    pub(super) fn new(directory: &Path) -> Result<Self, BuildError> {
        let write = |source| BuildError::write(directory, source);
        let file = NamedTempFile::new_in(directory).map_err(write)?;
        let mut writer = Self { out: BufWriter::new(file), position: 0, keys: Vec::new() };
        writer.write(&[0; HEADER_BYTES])?;
        Ok(writer)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), BuildError> {
        let written = self.out.write_all(bytes);
        written.map_err(|source| BuildError::write(self.out.get_ref().path(), source))?;
        self.position += bytes.len() as u64;
        Ok(())
    }

    fn place(&self) -> Result<u32, BuildError> {
        let path = || self.out.get_ref().path().to_owned();
        u32::try_from(self.position).map_err(|_| BuildError::TooLarge { path: path() })
    }

    /// Adds a record; gives its place.
    pub(super) fn record(&mut self, bytes: &[u8]) -> Result<u32, BuildError> {
        let place = self.place()?;
        let mut head = Vec::new();
        put_number(&mut head, bytes.len() as u64);
        self.write(&head)?;
        self.write(bytes)?;
        Ok(place)
    }

    /// Says that a key is answered by the record at a place.
    pub(super) fn key(&mut self, key: &[u8], place: u32) {
        self.keys.push((key_hash(key), place));
    }

    /// Writes words, slots and table, and gives the file its name.
    pub(super) fn finish(
        mut self,
        directory: &Path,
        words: &Dictionary,
    ) -> Result<Written, BuildError> {
        let mut places = Vec::new();
        for word in words.words() {
            places.extend_from_slice(&self.record(word.as_bytes())?.to_le_bytes());
        }
        let words_offset = self.position;
        self.write(&places)?;
        let slots_offset = self.position;
        let slots = self.slots();
        self.write(&slots)?;
        // A place in the slots is never beyond what four bytes say, and neither is the body.
        self.place()?;
        let n_slots = (slots.len() / SLOT_BYTES) as u64;
        let n_words = words.words().len() as u64;
        let header = Header { words_offset, n_words, slots_offset, n_slots };
        let n_keys = self.keys.len() as u64;
        let mut file = self.out.into_inner().map_err(|err| {
            let path = err.to_string();
            BuildError::write(Path::new(&path), err.into_error())
        })?;
        let path = file.path().to_owned();
        let write = |source| BuildError::write(&path, source);
        file.rewind().and_then(|()| file.write_all(&header.to_bytes())).map_err(write)?;
        let (digest, table, size_bytes) = seal(file.as_file_mut()).map_err(write)?;
        let name = directory.join(digest.to_hex());
        readable(file.as_file()).map_err(write)?;
        // Over one of the same name as well: that one may be damaged.
        file.persist(&name).map_err(|err| BuildError::write(&name, err.error))?;
        Ok(Written { digest, size_bytes, table, n_keys })
    }

    /// The hash table, at most two thirds full.
    fn slots(&self) -> Vec<u8> {
        let n_slots = (self.keys.len() + self.keys.len() / 2 + 1).next_power_of_two();
        let mut slots = vec![[0_u8; SLOT_BYTES]; n_slots];
        let mask = n_slots - 1;
        for (hash, place) in &self.keys {
            let Slot { first, rest } = Slot::of_hash(*hash, n_slots as u64);
            let first = usize::try_from(first).unwrap_or_default();
            let free = (0..n_slots).map(|step| (first + step) & mask);
            for slot in free {
                if let Some(slot) = slots.get_mut(slot)
                    && *slot == [0; SLOT_BYTES]
                {
                    let (head, tail) = slot.split_at_mut(4);
                    head.copy_from_slice(&rest.to_le_bytes());
                    tail.copy_from_slice(&place.to_le_bytes());
                    break;
                }
            }
        }
        slots.concat()
    }
}

/// Lets every user of the machine read a file: advisories are no secret.
pub(super) fn readable(file: &std::fs::File) -> io::Result<()> {
    file.set_permissions(PermissionsExt::from_mode(0o644))
}

/// Adds the table of hashes; gives the hashes of file and table, and the size.
fn seal(file: &mut std::fs::File) -> io::Result<(Digest, Digest, u64)> {
    file.rewind()?;
    let (mut whole, mut table) = (Sha256::default(), Vec::new());
    let mut size_bytes = 0;
    let mut block = vec![0; BLOCK_BYTES];
    loop {
        let mut part = (&mut *file).take(BLOCK_BYTES as u64);
        block.clear();
        part.read_to_end(&mut block)?;
        if block.is_empty() {
            break;
        }
        size_bytes += block.len() as u64;
        whole.update(&block);
        table.extend_from_slice(sha256(&block).as_bytes());
    }
    whole.update(&table);
    size_bytes += table.len() as u64;
    file.seek(SeekFrom::End(0))?;
    file.write_all(&table)?;
    file.sync_all()?;
    Ok((whole.finish(), sha256(&table), size_bytes))
}

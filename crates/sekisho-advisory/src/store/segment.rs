//! A segment: a file that answers one kind of question and never changes.
//!
//! # Layout
//!
//! A header of [`HEADER_BYTES`], records, words, and slots: a hash table from keys to the places of
//! records. All of that is the body. After it comes a table with the SHA-256 of each
//! [`BLOCK_BYTES`] of the body. The signed manifest has the hash of the table, and the table is
//! compared with it when the segment is mapped; a block is compared with the table before its first
//! byte is used. So opening does not depend on the size, and a byte that differs is an error.
//!
//! All numbers of fixed size are little-endian.

use std::{
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

use memmap2::Mmap;
use sekisho_archive::sha256;
use sekisho_types::Digest;

use super::{encode::Cursor, error::StoreError, map::map};

/// Small, so that a look-up hashes little; large enough that the table stays under a hundredth.
pub(super) const BLOCK_BYTES: usize = 4096;

pub(super) const HASH_BYTES: usize = 32;

pub(super) const HEADER_BYTES: usize = 64;

/// The last byte is the version of the layout.
pub(super) const MAGIC: &[u8; 8] = b"SEKISEG\x01";

/// Bytes of a slot: what is left of the hash, and the place of the record; zero where it is empty.
pub(super) const SLOT_BYTES: usize = 8;

/// Longest encoding of a number.
const MAX_NUMBER_BYTES: usize = 10;

/// What the header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) words_offset: u64,
    pub(super) n_words: u64,
    pub(super) slots_offset: u64,
    /// A power of two.
    pub(super) n_slots: u64,
}

impl Header {
    pub(super) fn to_bytes(self) -> [u8; HEADER_BYTES] {
        let mut bytes = [0; HEADER_BYTES];
        let numbers = [self.words_offset, self.n_words, self.slots_offset, self.n_slots];
        let parts = std::iter::once(*MAGIC).chain(numbers.map(u64::to_le_bytes));
        for (place, part) in bytes.as_chunks_mut::<8>().0.iter_mut().zip(parts) {
            *place = part;
        }
        bytes
    }

    /// Takes only a header whose parts lie within a body of `body_bytes`.
    fn parse(bytes: &[u8], body_bytes: u64) -> Option<Self> {
        let (words, _) = bytes.as_chunks::<8>();
        let [magic, numbers @ ..] = words else { return None };
        let number = |index: usize| numbers.get(index).copied().map(u64::from_le_bytes);
        let header = Self {
            words_offset: number(0)?,
            n_words: number(1)?,
            slots_offset: number(2)?,
            n_slots: number(3)?,
        };
        let words_end = header.n_words.checked_mul(4)?.checked_add(header.words_offset)?;
        let slots_end =
            header.n_slots.checked_mul(SLOT_BYTES as u64)?.checked_add(header.slots_offset)?;
        let is_sound = magic == MAGIC
            && words_end <= body_bytes
            && slots_end <= body_bytes
            && header.n_slots.is_power_of_two();
        is_sound.then_some(header)
    }
}

/// An open segment. Many threads may ask it.
#[derive(Debug)]
pub(super) struct Segment {
    path: PathBuf,
    map: Mmap,
    body_bytes: usize,
    header: Header,
    /// A bit for each block that has been compared with the table.
    verified: Box<[AtomicU64]>,
}

impl Segment {
    /// Maps `file`, whose size has been compared with the manifest, and compares its table.
    pub(super) fn open(
        path: &Path,
        file: &fs_err::File,
        table: &Digest,
    ) -> Result<Self, StoreError> {
        let map = map(file).map_err(|source| StoreError::Map { path: path.to_owned(), source })?;
        let damaged = || StoreError::Damaged { path: path.to_owned(), offset: 0 };
        let body_bytes = body_bytes(map.len()).ok_or_else(damaged)?;
        let stored = map.get(body_bytes..).ok_or_else(damaged)?;
        if sha256(stored) != *table {
            let offset = body_bytes as u64;
            return Err(StoreError::Damaged { path: path.to_owned(), offset });
        }
        let n_blocks = body_bytes.div_ceil(BLOCK_BYTES);
        let verified = (0..n_blocks.div_ceil(64)).map(|_| AtomicU64::new(0)).collect();
        let none = Header { words_offset: 0, n_words: 0, slots_offset: 0, n_slots: 1 };
        let path = path.to_owned();
        let mut segment = Self { path, map, body_bytes, header: none, verified };
        let header = Header::parse(segment.bytes(0, HEADER_BYTES)?, body_bytes as u64);
        segment.header = header.ok_or_else(|| segment.damaged(0))?;
        Ok(segment)
    }

    /// An error that names a place in this segment.
    pub(super) fn damaged(&self, offset: u64) -> StoreError {
        StoreError::Damaged { path: self.path.clone(), offset }
    }

    /// Bytes of the body, verified.
    pub(super) fn bytes(&self, offset: u64, n_bytes: usize) -> Result<&[u8], StoreError> {
        let range = usize::try_from(offset).ok().and_then(|start| {
            let end = start.checked_add(n_bytes)?;
            (end <= self.body_bytes).then_some(start..end)
        });
        let range = range.ok_or_else(|| self.damaged(offset))?;
        if !range.is_empty() {
            let blocks = range.start / BLOCK_BYTES..=(range.end - 1) / BLOCK_BYTES;
            for block in blocks {
                self.verify(block)?;
            }
        }
        self.map.get(range).ok_or_else(|| self.damaged(offset))
    }

    fn verify(&self, block: usize) -> Result<(), StoreError> {
        let bit = 1_u64 << (block % 64);
        let offset = (block * BLOCK_BYTES) as u64;
        let word = self.verified.get(block / 64).ok_or_else(|| self.damaged(offset))?;
        if word.load(Ordering::Relaxed) & bit != 0 {
            return Ok(());
        }
        let start = block * BLOCK_BYTES;
        let bytes = self.map.get(start..self.body_bytes.min(start + BLOCK_BYTES));
        let hash = self.body_bytes + block * HASH_BYTES;
        let expected = self.map.get(hash..hash + HASH_BYTES);
        match (bytes, expected) {
            (Some(bytes), Some(expected)) if sha256(bytes).as_bytes() == expected => {
                word.fetch_or(bit, Ordering::Relaxed);
                Ok(())
            }
            _ => Err(self.damaged(offset)),
        }
    }

    /// The record at a place: its length, then its bytes.
    pub(super) fn record(&self, offset: u64) -> Result<&[u8], StoreError> {
        let left = (self.body_bytes as u64).saturating_sub(offset);
        let n_head = left.min(MAX_NUMBER_BYTES as u64);
        let head = self.bytes(offset, usize::try_from(n_head).unwrap_or(MAX_NUMBER_BYTES))?;
        let mut cursor = Cursor::new(head);
        let n_bytes = cursor.number().and_then(|number| usize::try_from(number).ok());
        let n_bytes = n_bytes.ok_or_else(|| self.damaged(offset))?;
        let n_used = head.len() - cursor.len();
        self.bytes(offset + n_used as u64, n_bytes)
    }

    /// The places of records that may be of `key`: the caller compares it.
    pub(super) fn places(&self, key: &[u8]) -> Result<Vec<u64>, StoreError> {
        let Slot { first, rest } = Slot::of(key, self.header.n_slots);
        let mut found = Vec::new();
        for step in 0..self.header.n_slots {
            let slot = (first + step) & (self.header.n_slots - 1);
            let offset = self.header.slots_offset + slot * SLOT_BYTES as u64;
            let bytes = self.bytes(offset, SLOT_BYTES)?;
            let (halves, _) = bytes.as_chunks::<4>();
            let [stored, place] = halves else { return Err(self.damaged(offset)) };
            match (u32::from_le_bytes(*stored), u32::from_le_bytes(*place)) {
                (_, 0) => break,
                (stored, place) if stored == rest => found.push(u64::from(place)),
                _ => (),
            }
        }
        Ok(found)
    }

    /// A word by its number, which starts at one; none where there is no such word.
    pub(super) fn word(&self, number: u64) -> Result<Option<&str>, StoreError> {
        let Some(index) = number.checked_sub(1).filter(|index| *index < self.header.n_words) else {
            return Ok(None);
        };
        let offset = self.header.words_offset + 4 * index;
        let (place, _) = self.bytes(offset, 4)?.as_chunks::<4>();
        let [place] = place else { return Err(self.damaged(offset)) };
        let place = u64::from(u32::from_le_bytes(*place));
        let text = std::str::from_utf8(self.record(place)?);
        text.map(Some).map_err(|_| self.damaged(place))
    }
}

/// Where the search for a key starts, and what is compared there.
pub(super) struct Slot {
    pub(super) first: u64,
    pub(super) rest: u32,
}

impl Slot {
    /// By SHA-256, so that nobody can name packages that all fall together.
    fn of(key: &[u8], n_slots: u64) -> Self {
        Self::of_hash(key_hash(key), n_slots)
    }

    pub(super) fn of_hash(hash: [u8; 8], n_slots: u64) -> Self {
        let word = u64::from_le_bytes(hash);
        let rest = u32::try_from(word >> 32).unwrap_or_default();
        Self { first: word & (n_slots - 1), rest }
    }
}

pub(super) fn key_hash(key: &[u8]) -> [u8; 8] {
    sha256(key).as_bytes().first_chunk().copied().unwrap_or_default()
}

/// How much of a file is body, the rest being the table.
pub(super) fn body_bytes(file_bytes: usize) -> Option<usize> {
    let n_blocks = file_bytes.div_ceil(BLOCK_BYTES + HASH_BYTES);
    let body_bytes = file_bytes.checked_sub(n_blocks * HASH_BYTES)?;
    (body_bytes.div_ceil(BLOCK_BYTES) == n_blocks && body_bytes >= HEADER_BYTES)
        .then_some(body_bytes)
}

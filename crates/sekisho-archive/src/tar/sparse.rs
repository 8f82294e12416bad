//! Maps of sparse files: which runs of a file are in the archive.

use super::{header::parse_number, pax::decimal};
use crate::limits;

/// A run of data; what lies between two is zeros.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fragment {
    pub(super) offset: u64,
    pub(super) n_bytes: u64,
}

/// What comes next in a sparse file.
#[derive(Debug)]
pub(super) enum Run {
    Hole(u64),
    Data(u64),
    End,
}

/// The map of a GNU `S` entry, which may go on in blocks of its own.
#[derive(Debug)]
pub(super) struct OldMap {
    pub(super) fragments: Vec<Fragment>,
    pub(super) is_extended: bool,
}

impl OldMap {
    /// `None` for a field that is no number, or too many fragments.
    pub(super) fn parse(entries: &[u8], is_extended: u8) -> Option<Self> {
        let mut map = Self { fragments: Vec::new(), is_extended: is_extended != 0 };
        map.push(entries)?;
        Some(map)
    }

    pub(super) fn extend(&mut self, block: &[u8; 512]) -> Option<()> {
        self.is_extended = block[504] != 0;
        self.push(block.get(..504)?)
    }

    fn push(&mut self, entries: &[u8]) -> Option<()> {
        let (entries, _) = entries.as_chunks::<24>();
        for entry in entries {
            // An unused entry ends the block, and no number stands there.
            if entry.first() == Some(&0) {
                break;
            }
            let (offset, n_bytes) = entry.split_at(12);
            self.fragments.push(Fragment {
                offset: u64::try_from(parse_number(offset)?).ok()?,
                n_bytes: u64::try_from(parse_number(n_bytes)?).ok()?,
            });
        }
        (self.fragments.len() <= limits::TAR_SPARSE_FRAGMENTS).then_some(())
    }
}

/// Reads the map of format 1.0 as far as `text` goes: a count, then pairs, one number a line.
///
/// `None` means that more text is needed.
pub(super) fn parse_lines(text: &[u8]) -> Result<Option<Vec<Fragment>>, &'static str> {
    const DAMAGED: &str = "sparse map";
    let Some(end) = text.iter().rposition(|byte| *byte == b'\n') else {
        return if text.is_empty() || text.len() < 512 { Ok(None) } else { Err(DAMAGED) };
    };
    let mut numbers = text.get(..end).unwrap_or_default().split(|byte| *byte == b'\n');
    let n_fragments = numbers.next().and_then(decimal).ok_or(DAMAGED)?;
    let n_fragments = usize::try_from(n_fragments).map_err(|_| DAMAGED)?;
    if n_fragments > limits::TAR_SPARSE_FRAGMENTS {
        return Err(DAMAGED);
    }
    let mut fragments = Vec::new();
    for _ in 0..n_fragments {
        let (Some(offset), Some(n_bytes)) = (numbers.next(), numbers.next()) else {
            return Ok(None);
        };
        fragments.push(Fragment {
            offset: decimal(offset).ok_or(DAMAGED)?,
            n_bytes: decimal(n_bytes).ok_or(DAMAGED)?,
        });
    }
    Ok(Some(fragments))
}

/// Whether the fragments are in order, within the file, and exactly fill the stored data.
pub(super) fn is_valid(fragments: &[Fragment], size_bytes: u64, data_bytes: u64) -> bool {
    let mut end = 0;
    let mut total = 0_u64;
    for fragment in fragments {
        let Some(next) = fragment.offset.checked_add(fragment.n_bytes) else { return false };
        if fragment.offset < end || next > size_bytes {
            return false;
        }
        end = next;
        total += fragment.n_bytes;
    }
    total == data_bytes
}

use bstr::ByteSlice as _;

use crate::rpm::integer::ByteOrder;

/// Why a header, or one tag of it, cannot be read.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum HeaderError {
    #[error("its header has another length than it says")]
    Length,
    #[error("tag {tag} of its header is damaged")]
    Tag { tag: u32 },
    #[error("its header has no name or no version")]
    NoIdentity,
    #[error("the lists of its files do not fit together")]
    FileLists,
}

const INTRO_BYTES: usize = 8;
const ENTRY_BYTES: usize = 16;

/// Longest text of one tag. Licences of collections such as TeX Live take some kilobytes.
const TEXT_BYTES: usize = 64 << 10;

/// Longest list of one tag. The largest packages have about 200,000 files.
const LIST_LENGTH: usize = 1 << 20;

const INT32: u32 = 4;
const STRING: u32 = 6;
const STRING_ARRAY: u32 = 8;
const I18N_STRING: u32 = 9;

/// What rpm knows of one package: values by tag.
///
/// # Source
///
/// rpm's `docs/manual/format_header.md`. A database leaves the magic out: two big-endian counts
/// (entries, bytes of data), the entries (tag, type, offset, count), the data.
pub(super) struct Header<'a> {
    index: &'a [u8],
    data: &'a [u8],
}

struct Entry {
    kind: u32,
    offset: usize,
    count: usize,
}

impl<'a> Header<'a> {
    pub(super) fn parse(blob: &'a [u8]) -> Result<Self, HeaderError> {
        Self::split(blob).ok_or(HeaderError::Length)
    }

    fn split(blob: &'a [u8]) -> Option<Self> {
        let n_entries = ByteOrder::Big.u32(blob, 0)? as usize;
        let data_bytes = ByteOrder::Big.u32(blob, 4)? as usize;
        let rest = blob.get(INTRO_BYTES..)?;
        let (index, data) = rest.split_at_checked(n_entries.checked_mul(ENTRY_BYTES)?)?;
        (data.len() == data_bytes).then_some(Self { index, data })
    }

    /// The value of a tag with one string.
    pub(super) fn text(&self, tag: u32) -> Result<Option<&'a [u8]>, HeaderError> {
        let Some(entry) = self.entry(tag) else { return Ok(None) };
        let damaged = HeaderError::Tag { tag };
        if !matches!(entry.kind, STRING | STRING_ARRAY | I18N_STRING) || entry.count == 0 {
            return Err(damaged);
        }
        let text = self.strings_from(entry.offset).next().filter(|text| text.len() <= TEXT_BYTES);
        text.map(Some).ok_or(damaged)
    }

    /// The strings of a list; empty where the header has none.
    pub(super) fn texts(&self, tag: u32) -> Result<Vec<&'a [u8]>, HeaderError> {
        let Some(entry) = self.entry(tag) else { return Ok(Vec::new()) };
        if !matches!(entry.kind, STRING | STRING_ARRAY) || entry.count > LIST_LENGTH {
            return Err(HeaderError::Tag { tag });
        }
        let texts: Vec<_> = self.strings_from(entry.offset).take(entry.count).collect();
        if texts.len() == entry.count { Ok(texts) } else { Err(HeaderError::Tag { tag }) }
    }

    /// The numbers of a list; empty where the header has none.
    pub(super) fn numbers(&self, tag: u32) -> Result<Vec<u32>, HeaderError> {
        let Some(entry) = self.entry(tag) else { return Ok(Vec::new()) };
        self.int32s(&entry).ok_or(HeaderError::Tag { tag })
    }

    fn int32s(&self, entry: &Entry) -> Option<Vec<u32>> {
        let bytes = self.data.get(entry.offset..)?.get(..entry.count.checked_mul(4)?)?;
        let (numbers, _) = bytes.as_chunks();
        let is_list = entry.kind == INT32 && entry.count <= LIST_LENGTH;
        is_list.then(|| numbers.iter().map(|n| u32::from_be_bytes(*n)).collect())
    }

    /// What was added at installation comes last and takes the place of what was built.
    fn entry(&self, tag: u32) -> Option<Entry> {
        let (entries, _) = self.index.as_chunks::<ENTRY_BYTES>();
        let wanted = tag.to_be_bytes();
        let entry = entries.iter().rfind(|entry| entry.starts_with(&wanted))?;
        let field = |offset| ByteOrder::Big.u32(entry, offset);
        Some(Entry { kind: field(4)?, offset: field(8)? as usize, count: field(12)? as usize })
    }

    /// The strings from `offset` on, each ended by a NUL.
    fn strings_from(&self, offset: usize) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let mut rest = self.data.get(offset..).unwrap_or_default();
        std::iter::from_fn(move || {
            let end = rest.find_byte(0)?;
            let (text, after) = rest.split_at_checked(end)?;
            rest = after.get(1..).unwrap_or_default();
            Some(text)
        })
    }
}

//! Branches and leaves of a database, and what is in them.

use super::BoltError;

pub(super) const PAGE_HEADER_BYTES: usize = 16;
const ELEMENT_BYTES: usize = 16;

/// A leaf's value is a bucket: its root page and a sequence number, then, where there is no root
/// page, the page itself.
const BUCKET_FLAG: u32 = 1;
const BUCKET_BYTES: usize = 16;

pub(super) const BRANCH_PAGE: u16 = 1;
pub(super) const LEAF_PAGE: u16 = 2;

/// Keys with their values, which may be buckets again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bucket(pub(super) Root);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Root {
    Page(u64),
    /// A small bucket lies in the value that names it.
    Inline(Vec<u8>),
}

/// A key and what it leads to.
pub(super) struct Leaf<'p> {
    pub(super) key: &'p [u8],
    pub(super) is_bucket: bool,
    pub(super) value: &'p [u8],
}

/// A branch or a leaf of a tree.
pub(super) struct Page {
    number: u64,
    pub(super) flags: u16,
    pub(super) n_elements: usize,
    bytes: Vec<u8>,
}

impl Page {
    pub(super) fn parse(number: u64, bytes: Vec<u8>) -> Result<Self, BoltError> {
        let (Some(flags), Some(n_elements)) = (u16_at(&bytes, 8), u16_at(&bytes, 10)) else {
            return Err(BoltError::Damage { page: number, what: "it is cut off" });
        };
        let page = Self { number, flags, n_elements: n_elements.into(), bytes };
        match flags {
            BRANCH_PAGE | LEAF_PAGE => Ok(page),
            _ => Err(page.damaged("it is neither branch nor leaf")),
        }
    }

    pub(super) fn damaged(&self, what: &'static str) -> BoltError {
        BoltError::Damage { page: self.number, what }
    }

    /// The bytes of an element, and its place, which its parts are relative to.
    fn element(&self, index: usize) -> Result<(&[u8], usize), BoltError> {
        let start = PAGE_HEADER_BYTES + index * ELEMENT_BYTES;
        let element = self.bytes.get(start..start + ELEMENT_BYTES);
        Ok((element.ok_or_else(|| self.damaged("it has too many elements"))?, start))
    }

    fn part(&self, start: usize, position: u32, n_bytes: u32) -> Result<&[u8], BoltError> {
        let outside = || self.damaged("a key or value is outside of it");
        let position = usize::try_from(position).map_err(|_| outside())?;
        let n_bytes = usize::try_from(n_bytes).map_err(|_| outside())?;
        let from = start.checked_add(position).ok_or_else(outside)?;
        let to = from.checked_add(n_bytes).ok_or_else(outside)?;
        self.bytes.get(from..to).ok_or_else(outside)
    }

    /// First key and page of a child.
    pub(super) fn branch(&self, index: usize) -> Result<(&[u8], u64), BoltError> {
        let (element, start) = self.element(index)?;
        let number = |at| u32_at(element, at).unwrap_or_default();
        let key = self.part(start, number(0), number(4))?;
        Ok((key, u64_at(element, 8).unwrap_or_default()))
    }

    pub(super) fn leaf(&self, index: usize) -> Result<Leaf<'_>, BoltError> {
        let (element, start) = self.element(index)?;
        let number = |at| u32_at(element, at).unwrap_or_default();
        let (flags, position, key_bytes) = (number(0), number(4), number(8));
        let key = self.part(start, position, key_bytes)?;
        let value_position = position
            .checked_add(key_bytes)
            .ok_or_else(|| self.damaged("a key or value is outside of it"))?;
        let value = self.part(start, value_position, number(12))?;
        Ok(Leaf { key, is_bucket: flags & BUCKET_FLAG != 0, value })
    }

    /// The bucket that a value is.
    pub(super) fn bucket(&self, value: &[u8]) -> Result<Bucket, BoltError> {
        let cut_off = || self.damaged("a bucket is cut off");
        let (header, inline) = value.split_at_checked(BUCKET_BYTES).ok_or_else(cut_off)?;
        Ok(Bucket(match u64_at(header, 0).ok_or_else(cut_off)? {
            0 => Root::Inline(inline.to_vec()),
            page => Root::Page(page),
        }))
    }
}

fn bytes_at<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at.checked_add(N)?)?.try_into().ok()
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes_at(bytes, at).map(u16::from_le_bytes)
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes_at(bytes, at).map(u32::from_le_bytes)
}

pub(super) fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes_at(bytes, at).map(u64::from_le_bytes)
}

//! The format of `Packages.db`: slots that say where the headers lie.
//!
//! # Source
//!
//! rpm's `lib/backend/ndb/rpmpkg.c`. All integers are little-endian. Slots of 16 bytes fill the
//! first pages of 4,096 bytes, save that the first two hold the file header; a slot's blob begins
//! and ends on a block of 16 bytes, between a head and a tail.

use sekisho_archive::Spool;

use crate::{
    CatalogError, Cataloged,
    rpm::{HEADER_BYTES, integer::ByteOrder, package::Installed, pages::Source},
};

const PAGE_BYTES: usize = 4096;
const BLOCK_BYTES: u64 = 16;
const SLOT_BYTES: usize = 16;
const FILE_HEADER_BYTES: usize = 32;
const BLOB_HEAD_BYTES: usize = 16;
const BLOB_TAIL_BYTES: usize = 12;

const HEADER: &str = "NDB header";
const SLOT: &str = "NDB slot";
const BLOB: &str = "NDB blob";

/// Adds the packages of a `Packages.db`.
pub(crate) fn read(spool: &mut Spool, out: &mut Cataloged) -> Result<(), CatalogError> {
    let mut installed = Installed::new(out);
    let mut source = Source::new(spool)?;
    let mut header = [0; FILE_HEADER_BYTES];
    source.read_at(HEADER, 0, &mut header)?;
    let version = ByteOrder::Little.u32(&header, 4);
    if !header.starts_with(b"RpmP") || version != Some(0) {
        return Err(CatalogError::Damaged { what: HEADER, offset: 0 });
    }
    let slots_end =
        u64::from(ByteOrder::Little.u32(&header, 12).unwrap_or_default()) * PAGE_BYTES as u64;
    if slots_end > source.size_bytes() {
        return Err(CatalogError::Damaged { what: HEADER, offset: 12 });
    }
    // Blobs do not overlap in a sound file, so together they are no longer than the file.
    let mut left_bytes = source.size_bytes();
    let mut blob = Vec::new();
    let mut offset = FILE_HEADER_BYTES as u64;
    while offset < slots_end {
        let mut bytes = [0; SLOT_BYTES];
        source.read_at(SLOT, offset, &mut bytes)?;
        match Slot::parse(&bytes, offset, slots_end) {
            Ok(None) => (),
            Ok(Some(slot)) => {
                left_bytes = left_bytes
                    .checked_sub(slot.length_bytes)
                    .ok_or(CatalogError::Damaged { what: SLOT, offset })?;
                let added = slot.read(&mut source, &mut blob, &mut installed);
                installed.step_over(added)?;
            }
            Err(err) => installed.step_over(Err(err))?,
        }
        offset += SLOT_BYTES as u64;
    }
    Ok(())
}

struct Slot {
    number: u32,
    offset: u64,
    length_bytes: u64,
}

impl Slot {
    /// None for a free one.
    fn parse(bytes: &[u8], at: u64, slots_end: u64) -> Result<Option<Self>, CatalogError> {
        let damaged = CatalogError::Damaged { what: SLOT, offset: at };
        let field = |offset| ByteOrder::Little.u32(bytes, offset).unwrap_or_default();
        if !bytes.starts_with(b"Slot") {
            return Err(damaged);
        }
        let offset = u64::from(field(8)) * BLOCK_BYTES;
        if offset == 0 {
            return Ok(None);
        }
        let length_bytes = u64::from(field(12)) * BLOCK_BYTES;
        let slot = Self { number: field(4), offset, length_bytes };
        if slot.number == 0 || offset < slots_end || length_bytes > HEADER_BYTES {
            return Err(damaged);
        }
        Ok(Some(slot))
    }

    fn read(
        &self,
        source: &mut Source<'_>,
        blob: &mut Vec<u8>,
        installed: &mut Installed<'_>,
    ) -> Result<(), CatalogError> {
        let damaged = CatalogError::Damaged { what: BLOB, offset: self.offset };
        if self.length_bytes > source.size_bytes().saturating_sub(self.offset) {
            return Err(damaged);
        }
        blob.resize(usize::try_from(self.length_bytes).unwrap_or(0), 0);
        source.read_at(BLOB, self.offset, blob)?;
        let Some((header, is_sound)) = self.header(blob) else { return Err(damaged) };
        if !is_sound {
            installed.step_over(Err(damaged))?;
        }
        installed.add(u64::from(self.number), header)
    }

    /// The header inside, and whether its checksum and tail are right. rpm does not look at these
    /// two when it lists packages, so a wrong one does not hide the package here either.
    fn header<'b>(&self, blob: &'b [u8]) -> Option<(&'b [u8], bool)> {
        let field = |bytes: &[u8], offset| ByteOrder::Little.u32(bytes, offset);
        let (summed, tail) = blob.split_at_checked(blob.len().checked_sub(BLOB_TAIL_BYTES)?)?;
        let (head, body) = summed.split_at_checked(BLOB_HEAD_BYTES)?;
        if !head.starts_with(b"BlbS") || field(head, 4)? != self.number {
            return None;
        }
        let length = field(head, 12)?;
        let is_sound = field(tail, 0)? == adler32(summed)
            && field(tail, 4)? == length
            && tail.ends_with(b"BlbE");
        Some((body.get(..length as usize)?, is_sound))
    }
}

/// The checksum of RFC 1950, section 9.
pub(super) fn adler32(bytes: &[u8]) -> u32 {
    /// Most bytes whose sums fit into 32 bits.
    const CHUNK_BYTES: usize = 5552;
    const MODULUS: u32 = 65_521;
    let (mut a, mut b) = (1_u32, 0_u32);
    for chunk in bytes.chunks(CHUNK_BYTES) {
        for byte in chunk {
            a = a.wrapping_add(u32::from(*byte));
            b = b.wrapping_add(a);
        }
        a %= MODULUS;
        b %= MODULUS;
    }
    (b << 16) | a
}

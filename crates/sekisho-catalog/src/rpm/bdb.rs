//! The hash tables of BerkeleyDB, in which rpm kept `Packages` until 4.16.
//!
//! # Source
//!
//! BerkeleyDB 5.3, `src/dbinc/db_page.h` (`HASHMETA`, `PAGE`, `HOFFPAGE`), and `BS_TO_PAGE` in
//! `src/dbinc/hash.h`. Integers have the byte order of the machine that made the file; which one
//! that was, the magic number shows.

use sekisho_archive::Spool;

use crate::{
    CatalogError, Cataloged,
    rpm::{
        HEADER_BYTES,
        integer::ByteOrder,
        package::Installed,
        pages::{Pages, Source},
    },
};

const META: &str = "BerkeleyDB metadata page";
const PAGE: &str = "BerkeleyDB page";
const ITEM: &str = "BerkeleyDB item";

const META_BYTES: usize = 512;
const HASH_MAGIC: u32 = 0x0006_1561;
const HASH_VERSIONS: std::ops::RangeInclusive<u32> = 8..=10;

const UNSORTED_HASH_PAGE: u8 = 2;
const OVERFLOW_PAGE: u8 = 7;
const HASH_PAGE: u8 = 13;
const PAGE_HEADER_BYTES: usize = 26;

const ON_PAGE_ITEM: u8 = 1;
const OFF_PAGE_ITEM: u8 = 3;

/// Adds the packages of a `Packages`.
pub(crate) fn read(spool: &mut Spool, out: &mut Cataloged) -> Result<(), CatalogError> {
    let mut installed = Installed::new(out);
    let mut table = Table::open(spool)?;
    for bucket in 0..=table.last_bucket {
        let read = table.read_bucket(bucket, &mut installed);
        installed.step_over(read)?;
    }
    Ok(())
}

struct Table<'a> {
    pages: Pages<'a>,
    order: ByteOrder,
    last_bucket: u32,
    /// What is added to a bucket's number for its page, by the number of bits in it.
    spares: Vec<u32>,
}

impl<'a> Table<'a> {
    fn open(spool: &'a mut Spool) -> Result<Self, CatalogError> {
        let damaged = |offset| CatalogError::Damaged { what: META, offset };
        let mut source = Source::new(spool)?;
        let mut meta = [0; META_BYTES];
        source.read_at(META, 0, &mut meta)?;
        let order = [ByteOrder::Little, ByteOrder::Big]
            .into_iter()
            .find(|order| order.u32(&meta, 12) == Some(HASH_MAGIC))
            .ok_or(damaged(12))?;
        let field = |offset| order.u32(&meta, offset).unwrap_or_default();
        if !HASH_VERSIONS.contains(&field(16)) {
            return Err(damaged(16));
        }
        let page_bytes = field(20);
        if !page_bytes.is_power_of_two() || !(512..=65_536).contains(&page_bytes) {
            return Err(damaged(20));
        }
        // An encryption algorithm, and checksums: rpm has neither, and both move the items.
        if meta.get(24) != Some(&0) || meta.get(26) != Some(&0) {
            return Err(damaged(24));
        }
        let last_bucket = field(72);
        if u64::from(last_bucket) >= source.size_bytes() / u64::from(page_bytes) {
            return Err(damaged(72));
        }
        let spares = (0..32).map(|index| field(96 + index * 4)).collect();
        Ok(Self { pages: Pages::new(source, page_bytes), order, last_bucket, spares })
    }

    /// Reads the pages of one bucket.
    fn read_bucket(
        &mut self,
        bucket: u32,
        installed: &mut Installed<'_>,
    ) -> Result<(), CatalogError> {
        let n_bits = u32::BITS - bucket.leading_zeros();
        let spare = self.spares.get(n_bits as usize).copied().unwrap_or_default();
        let mut next = bucket
            .checked_add(spare)
            .ok_or(CatalogError::Damaged { what: META, offset: 96 + u64::from(n_bits) * 4 })?;
        let mut page = vec![0; self.pages.page_bytes()];
        loop {
            let number = next;
            let offset = self.pages.claim(PAGE, number)?;
            self.pages.source.read_at(PAGE, offset, &mut page)?;
            let header = page.get(..PAGE_HEADER_BYTES).unwrap_or_default();
            // A page that was set aside and never written: an empty bucket.
            if header.iter().all(|byte| *byte == 0) {
                return Ok(());
            }
            let is_hash = matches!(page.get(25), Some(&(HASH_PAGE | UNSORTED_HASH_PAGE)));
            if !is_hash || self.order.u32(&page, 8) != Some(number) {
                return Err(CatalogError::Damaged { what: PAGE, offset });
            }
            let read = self.read_items(&page, offset, installed);
            installed.step_over(read)?;
            next = self.order.u32(&page, 16).unwrap_or_default();
            if next == 0 {
                return Ok(());
            }
        }
    }

    /// Reads the pairs of key and value on `page`, which lies at `offset`.
    fn read_items(
        &mut self,
        page: &[u8],
        offset: u64,
        installed: &mut Installed<'_>,
    ) -> Result<(), CatalogError> {
        let damaged = CatalogError::Damaged { what: PAGE, offset };
        let Some(items) = self.items(page) else { return Err(damaged) };
        let (pairs, []) = items.as_chunks() else { return Err(damaged) };
        let mut value = Vec::new();
        for [key, item] in pairs {
            let Some((ON_PAGE_ITEM, key)) = key.split_first().map(|(kind, key)| (*kind, key))
            else {
                installed.step_over(Err(CatalogError::Damaged { what: ITEM, offset }))?;
                continue;
            };
            let number = self.order.u32(key, 0).unwrap_or_default();
            // Under 0 rpm keeps the next number that it will give.
            if number == 0 {
                continue;
            }
            match self.value(item, offset, &mut value) {
                Ok(()) => installed.add(u64::from(number), &value)?,
                Err(err) => installed.step_over(Err(err))?,
            }
        }
        Ok(())
    }

    /// The items of a page: each ends where the one before it begins.
    fn items<'p>(&self, page: &'p [u8]) -> Option<Vec<&'p [u8]>> {
        let n_items = usize::from(self.order.u16(page, 20)?);
        let mut end = page.len();
        let mut items = Vec::with_capacity(n_items);
        for index in 0..n_items {
            let start = usize::from(self.order.u16(page, PAGE_HEADER_BYTES + index * 2)?);
            items.push(page.get(start..end)?);
            end = start;
        }
        Some(items)
    }

    /// Reads what `item` stands for, or points to, into `value`.
    fn value(&mut self, item: &[u8], offset: u64, value: &mut Vec<u8>) -> Result<(), CatalogError> {
        let damaged = CatalogError::Damaged { what: ITEM, offset };
        value.clear();
        match item.split_first() {
            Some((&ON_PAGE_ITEM, bytes)) => {
                value.extend_from_slice(bytes);
                Ok(())
            }
            Some((&OFF_PAGE_ITEM, _)) => match (self.order.u32(item, 4), self.order.u32(item, 8)) {
                (Some(first), Some(length)) if u64::from(length) <= HEADER_BYTES => {
                    self.read_overflow(first, length as usize, value)
                }
                (_, _) => Err(damaged),
            },
            Some(_) | None => Err(damaged),
        }
    }

    fn read_overflow(
        &mut self,
        first: u32,
        length: usize,
        value: &mut Vec<u8>,
    ) -> Result<(), CatalogError> {
        let mut next = first;
        while value.len() < length {
            let offset = self.pages.claim(PAGE, next)?;
            let mut header = [0; PAGE_HEADER_BYTES];
            self.pages.source.read_at(PAGE, offset, &mut header)?;
            let damaged = CatalogError::Damaged { what: PAGE, offset };
            let is_overflow = header.get(25) == Some(&OVERFLOW_PAGE);
            let part_bytes = self.order.u16(&header, 22).map_or(0, usize::from);
            let start = value.len();
            if !is_overflow
                || self.order.u32(&header, 8) != Some(next)
                || PAGE_HEADER_BYTES + part_bytes > self.pages.page_bytes()
                || start + part_bytes > length
            {
                return Err(damaged);
            }
            next = self.order.u32(&header, 16).unwrap_or_default();
            value.resize(start + part_bytes, 0);
            if let Some(part) = value.get_mut(start..) {
                self.pages.source.read_at(PAGE, offset + PAGE_HEADER_BYTES as u64, part)?;
            }
        }
        Ok(())
    }
}

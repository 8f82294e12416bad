//! The SQLite file format, as far as one table of blobs needs it.
//!
//! rpm's table is `Packages (hnum INTEGER PRIMARY KEY, blob BLOB)`. Only tables' b-trees are
//! walked; indexes, free pages and all other tables are never looked at.
//!
//! # Source
//!
//! "Database File Format" of the SQLite documentation: 1.3 the header, 1.6 b-tree pages, 1.6.2
//! overflow pages, 2.1 records, 2.6 the schema table, 3 the journal, 4 the write-ahead log.

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

const MAGIC: &[u8] = b"SQLite format 3\0";
const HEADER_LENGTH: usize = 100;
const UTF_8: u32 = 1;

const INTERIOR_TABLE_PAGE: u8 = 5;
const LEAF_TABLE_PAGE: u8 = 13;

const PAGE: &str = "SQLite page";
const CELL: &str = "SQLite cell";

/// Adds the packages of an `rpmdb.sqlite`.
pub(crate) fn read(spool: &mut Spool, out: &mut Cataloged) -> Result<(), CatalogError> {
    let mut installed = Installed::new(out);
    let mut database = Database::open(spool)?;
    let mut root = None;
    database.walk(1, &mut installed, |_, row, _| {
        root = root.or_else(|| packages_root(row));
        Ok(())
    })?;
    let Some(root) = root else {
        installed.damage("the database has no readable table Packages");
        return Ok(());
    };
    database.walk(root, &mut installed, |number, row, installed| match columns(row).nth(1) {
        Some(Value::Blob(blob)) => installed.add(number, blob),
        Some(Value::Integer(_) | Value::Text(_) | Value::Other) | None => {
            installed.damage(format!("package record {number}: the row holds no header"));
            Ok(())
        }
    })
}

/// Why `rpmdb.sqlite-wal` may hold packages that `rpmdb.sqlite` does not; none when it holds no
/// finished transaction.
///
/// rpm empties the log when it closes the database. A log left over by a process that was
/// stopped may or may not be part of the database already: from one of the two files alone
/// nobody can tell.
pub(crate) fn describe_wal(spool: &mut Spool) -> Result<Option<String>, CatalogError> {
    const LOG: &str = "write-ahead log";
    const HEADER_BYTES: usize = 32;
    const FRAME_HEADER_BYTES: usize = 24;
    let mut log = Source::new(spool)?;
    if log.size_bytes() == 0 {
        return Ok(None);
    }
    let mut header = [0; HEADER_BYTES];
    log.read_at(LOG, 0, &mut header)?;
    let field = |bytes: &[u8], offset| ByteOrder::Big.u32(bytes, offset).unwrap_or_default();
    let page_bytes = u64::from(field(&header, 8));
    if !matches!(field(&header, 0), 0x377f_0682 | 0x377f_0683) || page_bytes < 512 {
        return Err(CatalogError::Damaged { what: LOG, offset: 0 });
    }
    let mut n_transactions = 0_u64;
    let frame_bytes = FRAME_HEADER_BYTES as u64 + page_bytes;
    let mut offset = HEADER_BYTES as u64;
    while offset + frame_bytes <= log.size_bytes() {
        let mut frame = [0; FRAME_HEADER_BYTES];
        log.read_at(LOG, offset, &mut frame)?;
        // Frames with other salts are left over from before the log was last started anew.
        if frame.get(8..16) != header.get(16..24) {
            break;
        }
        n_transactions += u64::from(field(&frame, 4) != 0);
        offset += frame_bytes;
    }
    Ok((n_transactions > 0).then(|| {
        format!(
            "the log holds finished transactions ({n_transactions}): the packages of rpmdb.sqlite \
             may be out of date"
        )
    }))
}

/// Why `rpmdb.sqlite` may be half changed; none when the journal is an ended one.
pub(crate) fn describe_journal(spool: &mut Spool) -> Result<Option<String>, CatalogError> {
    let mut journal = Source::new(spool)?;
    let mut magic = [0; 8];
    if journal.size_bytes() < magic.len() as u64 {
        return Ok(None);
    }
    journal.read_at("rollback journal", 0, &mut magic)?;
    Ok((magic == *b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7").then(|| {
        "a transaction was not ended: the packages of rpmdb.sqlite may be half changed".to_owned()
    }))
}

struct Database<'a> {
    pages: Pages<'a>,
    /// Bytes of a page that content may take.
    usable_bytes: usize,
    /// Cells do not overlap in a sound file, so together they are no longer than the file.
    left_bytes: u64,
}

/// A page of a table's b-tree.
struct Page<'a> {
    bytes: &'a [u8],
    offset: u64,
    /// Where the b-tree header begins: after the file header on the first page.
    start: usize,
}

impl Page<'_> {
    fn cell_offsets(&self, header_bytes: usize) -> Option<impl Iterator<Item = usize>> {
        let n_cells = usize::from(ByteOrder::Big.u16(self.bytes, self.start + 3)?);
        let pointers = self.bytes.get(self.start + header_bytes..)?.get(..n_cells * 2)?;
        Some(pointers.as_chunks().0.iter().map(|offset| usize::from(u16::from_be_bytes(*offset))))
    }

    /// The children of an interior page, in the order of their keys.
    fn children(&self) -> Option<Vec<u32>> {
        let child = |offset| ByteOrder::Big.u32(self.bytes, offset);
        let mut children: Vec<_> = self.cell_offsets(12)?.map(child).collect::<Option<_>>()?;
        children.push(child(self.start + 8)?);
        Some(children)
    }
}

impl<'a> Database<'a> {
    fn open(spool: &'a mut Spool) -> Result<Self, CatalogError> {
        const HEADER: &str = "SQLite header";
        let mut source = Source::new(spool)?;
        let mut header = [0; HEADER_LENGTH];
        source.read_at(HEADER, 0, &mut header)?;
        let page_bytes = match ByteOrder::Big.u16(&header, 16) {
            Some(1) => 65_536,
            Some(size) if size >= 512 && size.is_power_of_two() => u32::from(size),
            Some(_) | None => return Err(CatalogError::Damaged { what: HEADER, offset: 16 }),
        };
        if !header.starts_with(MAGIC) {
            return Err(CatalogError::Damaged { what: HEADER, offset: 0 });
        }
        if ByteOrder::Big.u32(&header, 56) != Some(UTF_8) {
            return Err(CatalogError::Damaged { what: HEADER, offset: 56 });
        }
        let reserved = header.get(20).copied().map_or(0, usize::from);
        let usable_bytes = page_bytes as usize - reserved;
        if usable_bytes < 480 {
            return Err(CatalogError::Damaged { what: HEADER, offset: 20 });
        }
        let left_bytes = source.size_bytes();
        Ok(Self { pages: Pages::new(source, page_bytes), usable_bytes, left_bytes })
    }

    /// Hands each row of the table at page `root` to `each`, with its number.
    fn walk<'o>(
        &mut self,
        root: u32,
        installed: &mut Installed<'o>,
        mut each: impl FnMut(u64, &[u8], &mut Installed<'o>) -> Result<(), CatalogError>,
    ) -> Result<(), CatalogError> {
        let mut bytes = vec![0; self.pages.page_bytes()];
        let mut row = Vec::new();
        let mut waiting = Vec::new();
        let claimed = self.claim(root, &mut waiting);
        installed.step_over(claimed)?;
        while let Some((number, offset)) = waiting.pop() {
            self.pages.source.read_at(PAGE, offset, &mut bytes)?;
            let start = if number == 1 { HEADER_LENGTH } else { 0 };
            let page = Page { bytes: &bytes, offset, start };
            let damaged = CatalogError::Damaged { what: PAGE, offset };
            match bytes.get(start).copied() {
                Some(INTERIOR_TABLE_PAGE) => {
                    let Some(children) = page.children() else {
                        installed.step_over(Err(damaged))?;
                        continue;
                    };
                    // The last to be put on the stack is the first to be read.
                    for child in children.into_iter().rev() {
                        let claimed = self.claim(child, &mut waiting);
                        installed.step_over(claimed)?;
                    }
                }
                Some(LEAF_TABLE_PAGE) => {
                    let Some(cells) = page.cell_offsets(8) else {
                        installed.step_over(Err(damaged))?;
                        continue;
                    };
                    for cell in cells {
                        match self.row(&page, cell, &mut row) {
                            Ok(number) => each(number, &row, installed)?,
                            Err(err) => installed.step_over(Err(err))?,
                        }
                    }
                }
                Some(_) | None => installed.step_over(Err(damaged))?,
            }
        }
        Ok(())
    }

    /// Puts a page, by its number from 1, on the stack of those to be read. A page is claimed
    /// here and not when it is read, so that the stack is never longer than the file.
    fn claim(&mut self, number: u32, waiting: &mut Vec<(u32, u64)>) -> Result<(), CatalogError> {
        waiting.push((number, self.claim_page(number)?));
        Ok(())
    }

    fn claim_page(&mut self, number: u32) -> Result<u64, CatalogError> {
        let index = number.checked_sub(1).ok_or(CatalogError::Damaged { what: PAGE, offset: 0 })?;
        self.pages.claim(PAGE, index)
    }

    /// Reads the row of the leaf cell at `cell` into `row` and gives its number.
    fn row(
        &mut self,
        page: &Page<'_>,
        cell: usize,
        row: &mut Vec<u8>,
    ) -> Result<u64, CatalogError> {
        let damaged = || CatalogError::Damaged { what: CELL, offset: page.offset + cell as u64 };
        let bytes = page.bytes.get(cell..self.usable_bytes).ok_or_else(damaged)?;
        let (length, bytes) = varint(bytes).ok_or_else(damaged)?;
        let (number, bytes) = varint(bytes).ok_or_else(damaged)?;
        if length > HEADER_BYTES {
            return Err(damaged());
        }
        let length = usize::try_from(length).map_err(|_| damaged())?;
        let local_length = self.local_length(length);
        let (local, rest) = bytes.split_at_checked(local_length).ok_or_else(damaged)?;
        let cost_bytes = local_length as u64 + 4;
        self.left_bytes = self.left_bytes.checked_sub(cost_bytes).ok_or_else(damaged)?;
        row.clear();
        row.extend_from_slice(local);
        if row.len() < length {
            let first = ByteOrder::Big.u32(rest, 0).ok_or_else(damaged)?;
            self.read_overflow(first, length, row)?;
        }
        Ok(number)
    }

    /// How much of a payload lies in its leaf page (1.6, "payload overflow").
    fn local_length(&self, length: usize) -> usize {
        let usable = self.usable_bytes;
        let most = usable - 35;
        if length <= most {
            return length;
        }
        let least = (usable - 12) * 32 / 255 - 23;
        let local = least + (length - least) % (usable - 4);
        if local <= most { local } else { least }
    }

    fn read_overflow(
        &mut self,
        first: u32,
        length: usize,
        row: &mut Vec<u8>,
    ) -> Result<(), CatalogError> {
        let mut next = first;
        while row.len() < length {
            let offset = self.claim_page(next)?;
            let mut number = [0; 4];
            self.pages.source.read_at(PAGE, offset, &mut number)?;
            next = u32::from_be_bytes(number);
            let start = row.len();
            row.resize(length.min(start + self.usable_bytes - 4), 0);
            if let Some(part) = row.get_mut(start..) {
                self.pages.source.read_at(PAGE, offset + 4, part)?;
            }
        }
        Ok(())
    }
}

/// The first page of the table `Packages`, if `row` of the schema table describes it.
fn packages_root(row: &[u8]) -> Option<u32> {
    let mut columns = columns(row);
    let (kind, name, _, root) =
        (columns.next()?, columns.next()?, columns.next()?, columns.next()?);
    match (kind, name, root) {
        (Value::Text(b"table"), Value::Text(name), Value::Integer(root))
            if name.eq_ignore_ascii_case(b"Packages") =>
        {
            u32::try_from(root).ok()
        }
        _ => None,
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Value<'a> {
    Integer(i64),
    Blob(&'a [u8]),
    Text(&'a [u8]),
    /// Null, or a floating point number.
    Other,
}

/// The columns of a row; fewer where it is damaged.
fn columns(row: &[u8]) -> impl Iterator<Item = Value<'_>> {
    let (mut types, mut body) = split_row(row).unwrap_or_default();
    std::iter::from_fn(move || {
        let (kind, rest) = varint(types)?;
        types = rest;
        let length = match kind {
            0 | 8 | 9 => 0,
            1..=4 => kind,
            5 => 6,
            6 | 7 => 8,
            10 | 11 => return None,
            12.. => (kind - 12) / 2,
        };
        let (bytes, rest) = body.split_at_checked(usize::try_from(length).ok()?)?;
        body = rest;
        Some(match kind {
            0 | 7 => Value::Other,
            8 => Value::Integer(0),
            9 => Value::Integer(1),
            1..=6 => Value::Integer(integer(bytes)),
            _ if kind % 2 == 0 => Value::Blob(bytes),
            _ => Value::Text(bytes),
        })
    })
}

/// The types of the columns, and their values.
fn split_row(row: &[u8]) -> Option<(&[u8], &[u8])> {
    let (header_length, rest) = varint(row)?;
    let length_bytes = row.len() - rest.len();
    let types_length = usize::try_from(header_length).ok()?.checked_sub(length_bytes)?;
    rest.split_at_checked(types_length)
}

/// A big-endian two's complement number of at most eight bytes.
fn integer(bytes: &[u8]) -> i64 {
    let sign = if bytes.first().is_some_and(|byte| byte & 0x80 != 0) { -1 } else { 0 };
    bytes.iter().fold(sign, |value, byte| (value << 8) | i64::from(*byte))
}

/// The number that `bytes` begin with, and what follows it: seven bits a byte, the ninth has
/// eight.
fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0;
    for (index, byte) in bytes.iter().take(9).enumerate() {
        if index == 8 {
            return Some(((value << 8) | u64::from(*byte), bytes.get(9..)?));
        }
        value = (value << 7) | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some((value, bytes.get(index + 1..)?));
        }
    }
    None
}

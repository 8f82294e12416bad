//! Writes small rpm databases, so that no test needs rpm or a binary file.
#![expect(clippy::cast_possible_truncation, reason = "these databases are a few kilobytes")]

use crate::rpm::{integer::ByteOrder, ndb::adler32};

/// A value of a header, and its type.
pub(super) enum Value<'a> {
    Text(&'a str),
    Texts(&'a [&'a str]),
    Numbers(&'a [u32]),
}

/// A header as a database holds it.
pub(super) fn header(tags: &[(u32, Value<'_>)]) -> Vec<u8> {
    let (mut index, mut data) = (Vec::new(), Vec::new());
    for (tag, value) in tags {
        let (kind, count) = match value {
            Value::Text(_) => (6, 1),
            Value::Texts(texts) => (8, texts.len()),
            Value::Numbers(numbers) => (4, numbers.len()),
        };
        if let Value::Numbers(_) = value {
            data.resize(data.len().next_multiple_of(4), 0);
        }
        for field in [*tag, kind, data.len() as u32, count as u32] {
            index.extend(field.to_be_bytes());
        }
        match value {
            Value::Text(text) => data.extend([text.as_bytes(), b"\0"].concat()),
            Value::Texts(texts) => {
                data.extend(texts.iter().flat_map(|t| [t.as_bytes(), b"\0"].concat()));
            }
            Value::Numbers(numbers) => data.extend(numbers.iter().flat_map(|n| n.to_be_bytes())),
        }
    }
    let counts = [(index.len() / 16) as u32, data.len() as u32].map(u32::to_be_bytes);
    [counts.concat(), index, data].concat()
}

/// An `rpmdb.sqlite` with pages of 512 bytes: the schema, one interior page, a leaf a row.
pub(super) fn sqlite(blobs: &[Vec<u8>]) -> Vec<u8> {
    const PAGE: usize = 512;
    let mut pages = vec![vec![0; PAGE]; 2];
    let mut leaves = Vec::new();
    for (number, blob) in (1..).zip(blobs) {
        let mut row = vec![0];
        row.extend(varint(0));
        row.extend(varint(blob.len() as u64 * 2 + 12));
        row[0] = row.len() as u8;
        row.extend(blob);
        // 1.6 of the file format: what of a payload stays in its leaf.
        let (most, least) = (PAGE - 35, (PAGE - 12) * 32 / 255 - 23);
        let mut local = row.len();
        if local > most {
            local = least + (row.len() - least) % (PAGE - 4);
            local = if local <= most { local } else { least };
        }
        let mut cell = [varint(row.len() as u64), varint(number), row[..local].to_vec()].concat();
        let leaf = pages.len();
        pages.push(Vec::new());
        leaves.push(leaf as u32 + 1);
        if local < row.len() {
            cell.extend((pages.len() as u32 + 1).to_be_bytes());
            let n_parts = (row.len() - local).div_ceil(PAGE - 4);
            for (index, part) in row[local..].chunks(PAGE - 4).enumerate() {
                let last = index + 1 == n_parts;
                let next = if last { 0 } else { pages.len() as u32 + 2 };
                pages.push([&next.to_be_bytes(), part].concat());
            }
        }
        pages[leaf] = tree_page(PAGE, 0, 13, 0, &[cell]);
    }
    let (last, others) = leaves.split_last().unwrap();
    let cells =
        (1..).zip(others).map(|(key, leaf)| [&leaf.to_be_bytes()[..], &varint(key)].concat());
    pages[1] = tree_page(PAGE, 0, 5, *last, &cells.collect::<Vec<_>>());
    let schema = [&[6, 23, 29, 29, 1, 13][..], b"tablePackagesPackages\x02"].concat();
    let cell = [varint(schema.len() as u64), varint(1), schema].concat();
    pages[0] = tree_page(PAGE, 100, 13, 0, &[cell]);
    pages[0][..16].copy_from_slice(b"SQLite format 3\0");
    pages[0][16..18].copy_from_slice(&(PAGE as u16).to_be_bytes());
    pages[0][59] = 1;
    for page in &mut pages {
        page.resize(PAGE, 0);
    }
    pages.concat()
}

fn tree_page(size: usize, start: usize, kind: u8, last: u32, cells: &[Vec<u8>]) -> Vec<u8> {
    let mut page = vec![0; size];
    page[start] = kind;
    page[start + 3..start + 5].copy_from_slice(&(cells.len() as u16).to_be_bytes());
    let mut pointer = start + 8;
    if kind == 5 {
        page[pointer..pointer + 4].copy_from_slice(&last.to_be_bytes());
        pointer += 4;
    }
    let mut end = size;
    for cell in cells {
        end -= cell.len();
        page[end..end + cell.len()].copy_from_slice(cell);
        page[pointer..pointer + 2].copy_from_slice(&(end as u16).to_be_bytes());
        pointer += 2;
    }
    page
}

fn varint(mut value: u64) -> Vec<u8> {
    let mut bytes = vec![(value & 0x7f) as u8];
    while value > 0x7f {
        value >>= 7;
        bytes.insert(0, (value & 0x7f) as u8 | 0x80);
    }
    bytes
}

/// A `Packages.db` with one page of slots.
pub(super) fn ndb(blobs: &[Vec<u8>]) -> Vec<u8> {
    let words = |words: &[u32]| -> Vec<u8> { words.iter().flat_map(|w| w.to_le_bytes()).collect() };
    let mut slots = [b"RpmP".to_vec(), words(&[0, 1, 1, 9, 0, 0, 0])].concat();
    let mut bodies = Vec::new();
    for (number, blob) in (1..).zip(blobs) {
        let length = blob.len() as u32;
        let mut body = [b"BlbS".to_vec(), words(&[number, 1, length]), blob.clone()].concat();
        body.resize((body.len() + 12).next_multiple_of(16) - 12, 0);
        body.extend([words(&[adler32(&body), length]), b"BlbE".to_vec()].concat());
        let offset = (4096 + bodies.len()) as u32;
        slots.extend(b"Slot");
        slots.extend(words(&[number, offset / 16, body.len() as u32 / 16]));
        bodies.extend(body);
    }
    while slots.len() < 4096 {
        slots.extend([b"Slot".to_vec(), words(&[0; 3])].concat());
    }
    [slots, bodies].concat()
}

/// A `Packages` with pages of 512 bytes and two buckets, the second of which is on a page that
/// was never written; values lie on overflow pages.
pub(super) fn bdb(blobs: &[Vec<u8>], order: ByteOrder) -> Vec<u8> {
    const PAGE: usize = 512;
    let u16 = |value: usize| match order {
        ByteOrder::Big => (value as u16).to_be_bytes(),
        ByteOrder::Little => (value as u16).to_le_bytes(),
    };
    let u32 = |value: usize| match order {
        ByteOrder::Big => (value as u32).to_be_bytes(),
        ByteOrder::Little => (value as u32).to_le_bytes(),
    };
    let mut meta = vec![0; PAGE];
    // Magic, version, page size; the last bucket; the first page of either bucket.
    let fields = [(12, 0x61561), (16, 9), (20, PAGE), (72, 1), (96, 1), (100, 1)];
    for (offset, value) in fields {
        meta[offset..offset + 4].copy_from_slice(&u32(value));
    }
    meta[25] = 8;
    let mut pages = vec![meta, Vec::new(), vec![0; PAGE]];
    // Number, previous, next, items, length, level, kind.
    let head = |number: usize, next: usize, n_items: usize, length: usize, kind: u8| {
        let words = [[0; 4], [0; 4], u32(number), [0; 4], u32(next)].concat();
        [words, u16(n_items).to_vec(), u16(length).to_vec(), vec![0, kind]].concat()
    };
    let mut items = vec![[&[1][..], &u32(0)].concat(), [&[1][..], &u32(9)].concat()];
    for (number, blob) in (1..).zip(blobs) {
        items.push([&[1][..], &u32(number)].concat());
        items.push([&[3, 0, 0, 0][..], &u32(pages.len()), &u32(blob.len())].concat());
        let n_parts = blob.chunks(PAGE - 26).count();
        for (index, part) in (1..).zip(blob.chunks(PAGE - 26)) {
            let page = pages.len();
            let next = if index == n_parts { 0 } else { page + 1 };
            pages.push([head(page, next, 1, part.len(), 7), part.to_vec()].concat());
        }
    }
    let mut bucket = head(1, 0, items.len(), 0, 13);
    let (mut end, mut bodies) = (PAGE, Vec::new());
    for item in items {
        end -= item.len();
        bucket.extend(u16(end));
        bodies.splice(0..0, item);
    }
    bucket.resize(end, 0);
    pages[1] = [bucket, bodies].concat();
    for page in &mut pages {
        page.resize(PAGE, 0);
    }
    pages.concat()
}

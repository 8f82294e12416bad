//! Databases of bbolt, as containerd keeps its metadata in one.

use std::collections::BTreeMap;

const PAGE_BYTES: usize = 4096;
const HEADER_BYTES: usize = 16;
const ELEMENT_BYTES: usize = 16;

/// A bucket up to this size lies in the value that names it, as bbolt does it.
const INLINE_BYTES: usize = PAGE_BYTES / 4;

const BRANCH: u16 = 1;
const LEAF: u16 = 2;
const META: u16 = 4;
const FREE_LIST: u16 = 16;

/// Keys with values and with buckets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BoltBucket {
    values: BTreeMap<Vec<u8>, Vec<u8>>,
    buckets: BTreeMap<Vec<u8>, Self>,
}

impl BoltBucket {
    pub fn value(&mut self, key: impl AsRef<[u8]>, value: impl AsRef<[u8]>) -> &mut Self {
        self.values.insert(key.as_ref().to_vec(), value.as_ref().to_vec());
        self
    }

    /// The bucket of a name, made where it is not there.
    pub fn bucket(&mut self, name: impl AsRef<[u8]>) -> &mut Self {
        let (values, buckets) = (&self.values, &mut self.buckets);
        assert!(!values.contains_key(name.as_ref()), "the name is that of a value");
        buckets.entry(name.as_ref().to_vec()).or_default()
    }
}

/// The file of a database whose last commit, numbered `transaction`, wrote `root`. The commit
/// before it, in the other meta page, was of an empty database.
///
/// # Source
///
/// The package `bbolt` of the etcd project: `internal/common/{page,meta,bucket}.go`.
pub fn bolt(root: &BoltBucket, transaction: u64) -> Vec<u8> {
    let mut pages = Pages { bytes: vec![0; 2 * PAGE_BYTES] };
    let free_list = pages.add(FREE_LIST, 0, &[]);
    let empty = pages.add(LEAF, 0, &[]);
    let root = pages.tree(root);
    let n_pages = (pages.bytes.len() / PAGE_BYTES) as u64;
    for (transaction, root) in [(transaction, root), (transaction - 1, empty)] {
        let mut meta = Vec::new();
        for number in [0xed0c_daed, 2, 4096, 0_u32] {
            meta.extend(number.to_le_bytes());
        }
        for number in [root, 0, free_list, n_pages, transaction] {
            meta.extend(number.to_le_bytes());
        }
        let checksum = meta.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
        });
        meta.extend(checksum.to_le_bytes());
        let number = transaction % 2;
        pages.write(number, META, 0, &meta);
    }
    pages.bytes
}

struct Pages {
    bytes: Vec<u8>,
}

/// One element of a page: what its header says besides the place and size of its parts.
struct Element {
    key: Vec<u8>,
    value: Vec<u8>,
    is_bucket: bool,
}

impl Pages {
    fn write(&mut self, number: u64, flags: u16, n_elements: usize, content: &[u8]) {
        let n_pages = (HEADER_BYTES + content.len()).div_ceil(PAGE_BYTES);
        let start = usize::try_from(number).expect("a small file") * PAGE_BYTES;
        let end = start + n_pages * PAGE_BYTES;
        if self.bytes.len() < end {
            self.bytes.resize(end, 0);
        }
        let page = header(number, flags, n_elements, n_pages - 1);
        self.bytes[start..start + HEADER_BYTES].copy_from_slice(&page);
        self.bytes[start + HEADER_BYTES..][..content.len()].copy_from_slice(content);
    }

    fn add(&mut self, flags: u16, n_elements: usize, content: &[u8]) -> u64 {
        let number = (self.bytes.len() / PAGE_BYTES) as u64;
        self.write(number, flags, n_elements, content);
        number
    }

    /// Writes the pages of a bucket, a branch over several leaves where one is not enough.
    fn tree(&mut self, bucket: &BoltBucket) -> u64 {
        let elements = self.elements(bucket);
        let mut leaves: Vec<(Vec<u8>, u64)> = Vec::new();
        let mut rest = elements.as_slice();
        loop {
            let mut n_bytes = HEADER_BYTES;
            let fits = rest.iter().take_while(|element| {
                n_bytes += ELEMENT_BYTES + element.key.len() + element.value.len();
                n_bytes <= PAGE_BYTES
            });
            // A large value has pages that overflow.
            let n_fits = fits.count().max(1).min(rest.len());
            let (page, others) = rest.split_at(n_fits);
            let first = page.first().map(|element| element.key.clone()).unwrap_or_default();
            leaves.push((first, self.add(LEAF, page.len(), &leaf(page))));
            rest = others;
            if rest.is_empty() {
                break;
            }
        }
        match leaves.as_slice() {
            [(_, page)] => *page,
            leaves => self.add(BRANCH, leaves.len(), &branch(leaves)),
        }
    }

    fn elements(&mut self, bucket: &BoltBucket) -> Vec<Element> {
        let values = bucket.values.iter().map(|(key, value)| Element {
            key: key.clone(),
            value: value.clone(),
            is_bucket: false,
        });
        let mut elements: Vec<Element> = values.collect();
        for (key, inner) in &bucket.buckets {
            let value = self.bucket(inner);
            elements.push(Element { key: key.clone(), value, is_bucket: true });
        }
        elements.sort_by(|a, b| a.key.cmp(&b.key));
        elements
    }

    /// The value that a bucket is.
    fn bucket(&mut self, bucket: &BoltBucket) -> Vec<u8> {
        if bucket.buckets.is_empty() {
            let elements = self.elements(bucket);
            let content = leaf(&elements);
            if HEADER_BYTES + content.len() <= INLINE_BYTES {
                return [&[0; 16][..], &header(0, LEAF, elements.len(), 0), &content].concat();
            }
        }
        let page = self.tree(bucket);
        [page.to_le_bytes(), [0; 8]].concat()
    }
}

fn header(number: u64, flags: u16, n_elements: usize, overflow: usize) -> Vec<u8> {
    let n_elements = u16::try_from(n_elements).expect("few elements");
    let overflow = u32::try_from(overflow).expect("small pages");
    let mut header = number.to_le_bytes().to_vec();
    header.extend(flags.to_le_bytes());
    header.extend(n_elements.to_le_bytes());
    header.extend(overflow.to_le_bytes());
    header
}

fn leaf(elements: &[Element]) -> Vec<u8> {
    let (mut headers, mut parts) = (Vec::new(), Vec::new());
    for (index, element) in elements.iter().enumerate() {
        let position = (elements.len() - index) * ELEMENT_BYTES + parts.len();
        let numbers =
            [usize::from(element.is_bucket), position, element.key.len(), element.value.len()];
        for number in numbers {
            headers.extend(u32::try_from(number).expect("small pages").to_le_bytes());
        }
        parts.extend_from_slice(&element.key);
        parts.extend_from_slice(&element.value);
    }
    [headers, parts].concat()
}

fn branch(children: &[(Vec<u8>, u64)]) -> Vec<u8> {
    let (mut headers, mut parts) = (Vec::new(), Vec::new());
    for (index, (key, page)) in children.iter().enumerate() {
        let position = (children.len() - index) * ELEMENT_BYTES + parts.len();
        for number in [position, key.len()] {
            headers.extend(u32::try_from(number).expect("small pages").to_le_bytes());
        }
        headers.extend(page.to_le_bytes());
        parts.extend_from_slice(key);
    }
    [headers, parts].concat()
}

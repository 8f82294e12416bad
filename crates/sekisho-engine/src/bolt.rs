//! Looks values up in a bbolt database, also while another process writes it.
//!
//! bbolt never changes a page that the last commit refers to: a commit writes new pages, then
//! one of two meta pages, in turn. What was read is therefore whole when the newest meta page is
//! still the same afterwards; if not, it is read again. No lock is taken, so the owner of the
//! database does not wait, and may run.
//!
//! # Source
//!
//! The package `bbolt` of the etcd project: `internal/common/{page,meta,bucket}.go`. Numbers are
//! in the byte order of the machine that wrote them; little-endian ones are read.

mod page;

use std::{io, os::unix::fs::FileExt, path::Path};

pub use page::Bucket;
use page::{BRANCH_PAGE, LEAF_PAGE, PAGE_HEADER_BYTES, Page, Root, u32_at, u64_at};

const MAGIC: u32 = 0xed0c_daed;
const VERSION: u32 = 2;

const META_BYTES: usize = 64;

/// Page sizes that a database may have.
const PAGE_SIZES: std::ops::RangeInclusive<u32> = 512..=65536;

/// Largest page with its overflow. A page is larger than one block only for a large value.
const MAX_PAGE_BYTES: u64 = 4 << 20;

/// Deepest tree. With two keys a page, 64 levels hold more than any disk.
const MAX_DEPTH: usize = 64;

/// Most pages that are visited to list a bucket, and most bytes of names in it.
const MAX_LISTED_PAGES: usize = 100;
const MAX_LISTED_BYTES: usize = 1 << 20;

/// How often a database that changes meanwhile is read.
const MAX_ATTEMPTS: usize = 20;

/// A database file.
#[derive(Debug)]
pub struct Bolt {
    source: Source,
}

#[derive(Debug)]
enum Source {
    File(fs_err::File),
    Bytes(Vec<u8>),
}

/// Why a database does not answer.
#[derive(Debug, thiserror::Error)]
pub enum BoltError {
    #[error("failed to read {n_bytes} bytes at {offset}")]
    Read {
        offset: u64,
        n_bytes: usize,
        #[source]
        source: io::Error,
    },
    #[error("neither meta page is that of a bbolt database")]
    NoMeta,
    #[error("the page {page} is damaged: {what}")]
    Damage { page: u64, what: &'static str },
    #[error("it is changed faster than it is read")]
    Busy,
}

/// What the newest meta page says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Meta {
    page_bytes: u32,
    root: u64,
    /// Pages from here on were never used.
    n_pages: u64,
    transaction: u64,
}

/// The database as one commit left it.
#[derive(Debug)]
pub struct Snapshot<'a> {
    bolt: &'a Bolt,
    meta: Meta,
}

impl Bolt {
    pub fn open(path: &Path) -> io::Result<Self> {
        Ok(Self { source: Source::File(fs_err::File::open(path)?) })
    }

    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self { source: Source::Bytes(bytes) }
    }

    /// Has `look` read the database as one commit left it.
    ///
    /// # Errors
    ///
    /// The error of `look`; [`BoltError::NoMeta`] for another kind of file, and
    /// [`BoltError::Busy`] when commits are more frequent than `look` is fast.
    pub fn read<T>(
        &self,
        look: &dyn Fn(&Snapshot<'_>) -> Result<T, BoltError>,
    ) -> Result<T, BoltError> {
        let mut meta = self.meta()?;
        for _ in 0..MAX_ATTEMPTS {
            let result = look(&Snapshot { bolt: self, meta });
            let now = self.meta()?;
            if now == meta {
                return result;
            }
            meta = now;
        }
        Err(BoltError::Busy)
    }

    /// The newer of the two meta pages that is whole.
    fn meta(&self) -> Result<Meta, BoltError> {
        let first = self.meta_at(0)?;
        let second = match first {
            Some(first) => self.meta_at(first.page_bytes.into())?,
            // The second page starts where the page size says, which only the first one knows.
            None => {
                let mut found = None;
                let mut page_bytes = *PAGE_SIZES.start();
                while found.is_none() && PAGE_SIZES.contains(&page_bytes) {
                    found = self
                        .meta_at(page_bytes.into())?
                        .filter(|meta| meta.page_bytes == page_bytes);
                    page_bytes *= 2;
                }
                found
            }
        };
        let newest = [first, second].into_iter().flatten().max_by_key(|meta| meta.transaction);
        newest.ok_or(BoltError::NoMeta)
    }

    fn meta_at(&self, offset: u64) -> Result<Option<Meta>, BoltError> {
        let mut page = [0; PAGE_HEADER_BYTES + META_BYTES];
        if self.read_at(offset, &mut page)? < page.len() {
            return Ok(None);
        }
        Ok(page.get(PAGE_HEADER_BYTES..).and_then(parse_meta))
    }

    /// Reads what there is of `buffer.len()` bytes.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<usize, BoltError> {
        match &self.source {
            Source::File(file) => {
                let n_bytes = buffer.len();
                let mut n_read = 0;
                while let Some(rest) = buffer.get_mut(n_read..).filter(|rest| !rest.is_empty()) {
                    let at = offset.saturating_add(n_read as u64);
                    match file.file().read_at(rest, at) {
                        Ok(0) => break,
                        Ok(n) => n_read += n,
                        Err(err) if err.kind() == io::ErrorKind::Interrupted => (),
                        Err(source) => return Err(BoltError::Read { offset, n_bytes, source }),
                    }
                }
                Ok(n_read)
            }
            Source::Bytes(bytes) => {
                let start = usize::try_from(offset).unwrap_or(usize::MAX);
                let there = bytes.get(start..).unwrap_or_default();
                let n = there.len().min(buffer.len());
                buffer.iter_mut().zip(there).for_each(|(to, from)| *to = *from);
                Ok(n)
            }
        }
    }
}

fn parse_meta(meta: &[u8]) -> Option<Meta> {
    let (checked, checksum) = meta.split_at_checked(META_BYTES - 8)?;
    if u64_at(checksum, 0)? != fnv1a(checked) {
        return None;
    }
    let page_bytes = u32_at(meta, 8)?;
    let is_known = u32_at(meta, 0)? == MAGIC && u32_at(meta, 4)? == VERSION;
    let is_sound = PAGE_SIZES.contains(&page_bytes) && page_bytes.is_power_of_two();
    (is_known && is_sound).then_some(Meta {
        page_bytes,
        root: u64_at(meta, 16)?,
        n_pages: u64_at(meta, 40)?,
        transaction: u64_at(meta, 48)?,
    })
}

/// # Source
///
/// Fowler–Noll–Vo 1a of 64 bits, draft-eastlake-fnv.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

impl Snapshot<'_> {
    /// The bucket that holds all others.
    pub fn root(&self) -> Bucket {
        Bucket(Root::Page(self.meta.root))
    }

    /// The bucket at the end of a path of names.
    pub fn bucket(&self, path: &[&[u8]]) -> Result<Option<Bucket>, BoltError> {
        let mut bucket = self.root();
        for name in path {
            bucket = match self.sub_bucket(&bucket, name)? {
                Some(inner) => inner,
                None => return Ok(None),
            };
        }
        Ok(Some(bucket))
    }

    pub fn sub_bucket(&self, bucket: &Bucket, name: &[u8]) -> Result<Option<Bucket>, BoltError> {
        let Some((page, index)) = self.seek(bucket, name)? else { return Ok(None) };
        let leaf = page.leaf(index)?;
        if leaf.is_bucket { page.bucket(leaf.value).map(Some) } else { Ok(None) }
    }

    pub fn value(&self, bucket: &Bucket, key: &[u8]) -> Result<Option<Vec<u8>>, BoltError> {
        let Some((page, index)) = self.seek(bucket, key)? else { return Ok(None) };
        let leaf = page.leaf(index)?;
        Ok((!leaf.is_bucket).then(|| leaf.value.to_vec()))
    }

    /// The names of the buckets in a bucket, in order.
    ///
    /// # Errors
    ///
    /// Beyond a bound of pages, which is for small buckets.
    pub fn bucket_names(&self, bucket: &Bucket) -> Result<Vec<Vec<u8>>, BoltError> {
        let mut names = Vec::new();
        let (mut n_pages, mut n_bytes) = (0, 0);
        let mut todo = vec![bucket.0.clone()];
        while let Some(root) = todo.pop() {
            n_pages += 1;
            let page = self.page(&root)?;
            if n_pages + todo.len() > MAX_LISTED_PAGES {
                return Err(page.damaged("it is one of too many, or of a circle"));
            }
            match page.flags {
                BRANCH_PAGE => {
                    for index in (0..page.n_elements).rev() {
                        todo.push(Root::Page(page.branch(index)?.1));
                    }
                }
                _ => {
                    for index in 0..page.n_elements {
                        let leaf = page.leaf(index)?;
                        n_bytes += leaf.key.len();
                        if n_bytes > MAX_LISTED_BYTES {
                            return Err(page.damaged("its names are too long"));
                        }
                        if leaf.is_bucket {
                            names.push(leaf.key.to_vec());
                        }
                    }
                }
            }
        }
        Ok(names)
    }

    /// The leaf page that has a key, and the place of the key in it.
    fn seek(&self, bucket: &Bucket, key: &[u8]) -> Result<Option<(Page, usize)>, BoltError> {
        let mut root = bucket.0.clone();
        for _ in 0..MAX_DEPTH {
            let page = self.page(&root)?;
            if page.flags == LEAF_PAGE {
                for index in 0..page.n_elements {
                    if page.leaf(index)?.key == key {
                        return Ok(Some((page, index)));
                    }
                }
                return Ok(None);
            }
            // The child whose first key is the last that is not beyond.
            let mut child = None;
            for index in 0..page.n_elements {
                let (first, next) = page.branch(index)?;
                if child.is_some() && first > key {
                    break;
                }
                child = Some(next);
            }
            root = Root::Page(child.ok_or_else(|| page.damaged("a branch has no children"))?);
        }
        Err(BoltError::Damage { page: self.meta.root, what: "the tree is too deep" })
    }

    fn page(&self, root: &Root) -> Result<Page, BoltError> {
        match root {
            Root::Inline(bytes) => Page::parse(0, bytes.clone()),
            Root::Page(number) => self.page_at(*number),
        }
    }

    fn page_at(&self, number: u64) -> Result<Page, BoltError> {
        let damaged = |what| BoltError::Damage { page: number, what };
        let page_bytes = u64::from(self.meta.page_bytes);
        let offset = number.checked_mul(page_bytes).ok_or_else(|| damaged("it is far outside"))?;
        if number >= self.meta.n_pages {
            return Err(damaged("it is not in use"));
        }
        let mut header = [0; PAGE_HEADER_BYTES];
        if self.bolt.read_at(offset, &mut header)? < header.len() {
            return Err(damaged("the file ends before it"));
        }
        let overflow = u32_at(&header, 12).unwrap_or_default();
        let n_bytes = (u64::from(overflow) + 1) * page_bytes;
        if n_bytes > MAX_PAGE_BYTES {
            return Err(damaged("it is too large"));
        }
        if u64_at(&header, 0) != Some(number) {
            return Err(damaged("it has another number"));
        }
        let mut bytes = vec![0; usize::try_from(n_bytes).unwrap_or_default()];
        let n_read = self.bolt.read_at(offset, &mut bytes)?;
        bytes.truncate(n_read);
        Page::parse(number, bytes)
    }
}

#[cfg(test)]
mod tests {
    use sekisho_testkit::{BoltBucket, bolt};

    use super::*;

    fn sample() -> BoltBucket {
        let mut images = BoltBucket::default();
        for number in 0..100 {
            images.bucket(format!("image-{number:03}")).value("digest", number.to_string());
        }
        let mut top = BoltBucket::default();
        top.bucket("v1").value("version", "3");
        *top.bucket("v1").bucket("default").bucket("images") = images;
        top.bucket("v1").bucket("k8s.io").value("empty", "");
        top
    }

    fn digest(database: &Bolt, image: &str) -> Result<Option<String>, BoltError> {
        database.read(&|snapshot| {
            let path: [&[u8]; 4] = [b"v1", b"default", b"images", image.as_bytes()];
            let Some(bucket) = snapshot.bucket(&path)? else { return Ok(None) };
            let digest = snapshot.value(&bucket, b"digest")?;
            Ok(digest.map(|digest| String::from_utf8(digest).unwrap()))
        })
    }

    #[test]
    fn values_are_found_in_buckets_of_all_sizes() {
        let database = Bolt::from_bytes(bolt(&sample(), 7));
        for number in [0, 1, 50, 99] {
            let found = digest(&database, &format!("image-{number:03}")).unwrap();
            assert_eq!(found, Some(number.to_string()));
        }
        for image in ["", "a", "image-100", "image-0000"] {
            assert_eq!(digest(&database, image).unwrap(), None, "{image}");
        }
        let namespaces = database
            .read(&|snapshot| snapshot.bucket_names(&snapshot.bucket(&[b"v1"])?.unwrap()))
            .unwrap();
        assert_eq!(namespaces, [&b"default"[..], b"k8s.io"]);
    }

    #[test]
    fn a_commit_that_is_not_finished_does_not_count() {
        let mut database = bolt(&sample(), 7);
        // The page size of the test kit; transaction 7 is in the second meta page.
        database[4096 + 70] ^= 1;
        assert_eq!(digest(&Bolt::from_bytes(database.clone()), "image-001").unwrap(), None);
        database[70] ^= 1;
        let err = digest(&Bolt::from_bytes(database), "image-001").unwrap_err();
        assert!(matches!(err, BoltError::NoMeta), "{err}");
    }

    #[test]
    fn damage_is_named_and_ends() {
        let sound = bolt(&sample(), 7);
        let mut kinds = std::collections::BTreeSet::new();
        for at in (2 * 4096..sound.len()).step_by(7) {
            let mut damaged = sound.clone();
            damaged[at] = damaged[at].wrapping_add(0x41);
            if let Err(err) = digest(&Bolt::from_bytes(damaged), "image-050") {
                kinds.insert(err.to_string().split(": ").last().unwrap().to_owned());
            }
        }
        let kinds: Vec<String> = kinds.into_iter().collect();
        insta::assert_snapshot!(kinds.join("\n"), @"
        a key or value is outside of it
        it has another number
        it is far outside
        it is neither branch nor leaf
        it is not in use
        it is too large
        ");
    }
}

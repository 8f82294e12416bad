//! Files that are as a package brought them.
//!
//! Packages that everybody can download hold keys and tokens as test data. Such a file tells
//! nobody's secret while it is what its package shipped, which package managers write down:
//! the MD5 sums of dpkg, `RECORD` of a wheel, the SHA-1 sums of apk, the digests of rpm.

use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use md5::Md5;
use sekisho_archive::limits;
use sekisho_types::ImagePath;
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

/// Largest list of sums that is read, and largest file that is compared with them.
pub(crate) const MAX_BYTES: u64 = 32 << 20;

/// The start of a sum: enough that no two files meet by accident.
pub(crate) type Sum = [u8; 8];

/// The sums of the files of all packages of one layer.
#[derive(Debug, Default)]
pub(crate) struct Shipped {
    sums: Vec<Sum>,
}

/// What a list of sums looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SumList {
    Dpkg,
    /// Of files in `etc`, which the package's own list leaves out.
    DpkgConffiles,
    Wheel,
    Apk,
}

impl SumList {
    pub(crate) fn at(path: &ImagePath) -> Option<Self> {
        let bytes = path.as_bytes();
        if bytes.starts_with(b"var/lib/dpkg/info/") && bytes.ends_with(b".md5sums") {
            Some(Self::Dpkg)
        } else if bytes == b"var/lib/dpkg/status" {
            Some(Self::DpkgConffiles)
        } else if bytes.ends_with(b".dist-info/RECORD") {
            Some(Self::Wheel)
        } else if bytes == b"lib/apk/db/installed" || bytes == b"usr/lib/apk/db/installed" {
            Some(Self::Apk)
        } else {
            None
        }
    }

    fn sum(self, line: &[u8]) -> Option<Sum> {
        match self {
            Self::Dpkg => start_of_hex(line),
            // ` /etc/maven/settings.xml 0123… obsolete`, in the field Conffiles.
            Self::DpkgConffiles => {
                let mut words = line.strip_prefix(b" /")?.split(|byte| *byte == b' ').skip(1);
                words.next().and_then(start_of_hex)
            }
            Self::Wheel => {
                let at = bstr::ByteSlice::rfind(line, b",sha256=")?;
                decoded(&URL_SAFE_NO_PAD, line.get(at + b",sha256=".len()..)?)
            }
            Self::Apk => decoded(&STANDARD, line.strip_prefix(b"Z:Q1")?),
        }
    }
}

fn start_of_hex(text: &[u8]) -> Option<Sum> {
    let mut sum = Sum::default();
    for (byte, pair) in sum.iter_mut().zip(text.get(..16)?.as_chunks::<2>().0) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(sum)
}

/// The first eight bytes, which eleven characters of base64 hold.
fn decoded(engine: &impl base64::Engine, text: &[u8]) -> Option<Sum> {
    let bytes = engine.decode(text.get(..12)?).ok()?;
    bytes.first_chunk().copied()
}

impl Shipped {
    pub(crate) fn add(&mut self, list: SumList, content: &[u8]) {
        let sums = content.split(|byte| *byte == b'\n').filter_map(|line| list.sum(line));
        self.sums.extend(sums.take(limits::PACKAGE_DIGESTS.saturating_sub(self.sums.len())));
    }

    /// Takes sums that somebody else has read.
    pub(crate) fn extend(&mut self, sums: &[Sum]) {
        let room = limits::PACKAGE_DIGESTS.saturating_sub(self.sums.len());
        self.sums.extend(sums.iter().take(room));
    }

    /// Answers for all files, once all lists are in.
    pub(crate) fn finish(mut self) -> impl Fn(&[Sum]) -> bool {
        self.sums.sort_unstable();
        move |sums| sums.iter().any(|sum| self.sums.binary_search(sum).is_ok())
    }
}

/// The sums of a file, as each package manager would have them.
pub(crate) fn sums(content: &[u8]) -> Vec<Sum> {
    let first = |digest: &[u8]| digest.first_chunk().copied().unwrap_or_default();
    vec![
        first(&Md5::digest(content)),
        first(&Sha1::digest(content)),
        first(&Sha256::digest(content)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_package_manager_knows_its_files() {
        // The sums of "hello\n", by md5sum, sha256sum and sha1sum.
        for (path, line) in [
            ("var/lib/dpkg/info/a.md5sums", "b1946ac92492d2347c6235b4d2611184  usr/share/a\n"),
            (
                "var/lib/dpkg/status",
                "Conffiles:\n /etc/a b\n /etc/b b1946ac92492d2347c6235b4d2611184 obsolete\n",
            ),
            (
                "x/a-1.dist-info/RECORD",
                "a/b,c.py,sha256=WJG1tSLV3whtD_CxEPvZ0hu0_HFjrzTQgoai6Eb2vgM,6\n",
            ),
            ("lib/apk/db/installed", "R:a\nZ:Q19XLTlvrpIGYocU+yzgD3LpTyJY8=\n"),
        ] {
            let list = SumList::at(&ImagePath::parse(path.as_bytes()).unwrap()).unwrap();
            let mut shipped = Shipped::default();
            shipped.add(list, line.as_bytes());
            shipped.add(list, b"damaged\n\xff\n");
            let is_shipped = shipped.finish();
            assert!(is_shipped(&sums(b"hello\n")), "{path}");
            assert!(!is_shipped(&sums(b"hello, changed\n")), "{path}");
        }
    }
}

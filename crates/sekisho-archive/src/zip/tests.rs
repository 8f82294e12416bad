use std::io::{Cursor, Read as _};

use proptest::{collection::vec, prelude::*};
use sekisho_testkit::{ZipBuilder, maven_jar};

use super::*;
use crate::{Spool, limits};

/// A line an entry: name, and the content or why there is none.
fn list(bytes: &[u8]) -> String {
    let mut content = Spool::from_bytes(bytes.to_vec());
    let directory = match ZipDirectory::open(&mut content) {
        Ok(directory) => directory,
        Err(err) => return err.to_string(),
    };
    let mut lines = Vec::new();
    for entry in directory.entries() {
        lines.push(match entry {
            Ok(entry) => {
                let name = String::from_utf8_lossy(entry.name).into_owned();
                match entry.read(&mut content, 1 << 20) {
                    Ok(bytes) => format!("{name}: {}", String::from_utf8_lossy(&bytes)),
                    Err(ZipError::Read { source }) => format!("{name}: error: {source}"),
                    Err(err) => format!("{name}: error: {err}"),
                }
            }
            Err(err) => format!("error: {err}"),
        });
    }
    lines.join("\n")
}

fn two() -> Vec<u8> {
    ZipBuilder::new().deflated("a", "aaaaaaaaaaaaaaaaaaaaaa").stored("d/b", "content").finish()
}

/// `bytes` with what stands from `at` on replaced.
fn patched(mut bytes: Vec<u8>, at: usize, patch: &[u8]) -> Vec<u8> {
    bytes[at..at + patch.len()].copy_from_slice(patch);
    bytes
}

fn position(bytes: &[u8], magic: &[u8]) -> usize {
    bytes.windows(magic.len()).position(|window| window == magic).unwrap()
}

#[test]
fn entries_read_back() {
    insta::assert_snapshot!(list(&two()), @r"
    a: aaaaaaaaaaaaaaaaaaaaaa
    d/b: content
    ");
    assert_eq!(list(&ZipBuilder::new().finish()), "");
}

#[test]
fn a_script_before_and_a_comment_behind_do_not_matter() {
    let script = [b"#!/bin/sh\nexec java -jar \"$0\"\n".as_slice(), &two()].concat();
    assert_eq!(list(&script), list(&two()));
    let with_bytes_behind = [two().as_slice(), b"signature"].concat();
    assert_eq!(list(&with_bytes_behind), list(&two()));
    let mut commented = two();
    let length = commented.len() - 2;
    commented = patched(commented, length, &[8, 0]);
    commented.extend_from_slice(b"PK\x05\x06 end");
    assert_eq!(list(&commented), list(&two()));
}

#[test]
fn sizes_and_offsets_may_be_those_of_zip64() {
    // Both sizes and the offset of the only entry stand in its extra field.
    let name = b"a";
    let mut bytes = b"PK\x03\x04".to_vec();
    bytes.extend([0; 22]);
    bytes.extend([1, 0, 0, 0]);
    bytes.extend(name);
    bytes.extend(b"xyz");
    let start = bytes.len() as u64;
    let mut crc = flate2::Crc::new();
    crc.update(b"xyz");
    bytes.extend(b"PK\x01\x02");
    bytes.extend([0; 12]);
    bytes.extend(crc.sum().to_le_bytes());
    bytes.extend([0xff; 8]);
    bytes.extend([1, 0, 28, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    bytes.extend([0xff; 4]);
    bytes.extend(name);
    bytes.extend([1, 0, 24, 0]);
    for number in [3_u64, 3, 0] {
        bytes.extend(number.to_le_bytes());
    }
    let end = bytes.len() as u64;
    bytes.extend(b"PK\x06\x06");
    bytes.extend([0; 28]);
    for number in [1, end - start, start] {
        bytes.extend(number.to_le_bytes());
    }
    bytes.extend(b"PK\x06\x07\0\0\0\0");
    bytes.extend(end.to_le_bytes());
    bytes.extend([1, 0, 0, 0]);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend([0xff; 12]);
    bytes.extend([0, 0]);
    assert_eq!(list(&bytes), "a: xyz");
    let moved = [b"before".as_slice(), &bytes].concat();
    assert_eq!(list(&moved), "a: xyz");
}

#[test]
fn what_is_no_archive_is_named() {
    for bytes in [&b""[..], b"text", b"PK\x03\x04", &two()[..40]] {
        assert_eq!(list(bytes), "not a zip archive, or one that was cut off: it has no end record");
    }
}

#[test]
fn a_directory_that_is_elsewhere_or_too_long_is_damage() {
    let zip = two();
    let end = zip.len() - 22;
    insta::assert_snapshot!(
        list(&patched(zip.clone(), end + 12, &[1, 0, 0, 0])),
        @"a damaged central directory at byte 76"
    );
    insta::assert_snapshot!(
        list(&patched(zip.clone(), end + 12, &[0, 0, 0, 4])),
        @"the central directory takes 67108864 bytes, and 33554432 are read"
    );
    insta::assert_snapshot!(
        list(&patched(zip.clone(), end + 10, &[7, 0])),
        @r"
    a: aaaaaaaaaaaaaaaaaaaaaa
    d/b: content
    error: the end record counts 7 entries, and the central directory holds 2
    "
    );
    let second = position(&zip[100..], b"PK\x01\x02") + 100;
    insta::assert_snapshot!(list(&patched(zip, second, b"PKxx")), @r"
    a: aaaaaaaaaaaaaaaaaaaaaa
    error: a damaged entry of the central directory at byte 123
    ");
}

#[test]
fn an_entry_that_is_not_what_the_directory_says_is_refused() {
    let directory = |zip: &[u8]| position(zip, b"PK\x01\x02");
    let change = |at: usize, patch: &[u8]| {
        let zip = ZipBuilder::new().deflated("a", [b'a'; 100]).finish();
        let at = directory(&zip) + at;
        list(&patched(zip, at, patch))
    };
    insta::assert_snapshot!(change(8, &[1]), @"a: error: the entry is encrypted");
    insta::assert_snapshot!(change(10, &[14]), @"a: error: the compression method 14 is not known");
    insta::assert_snapshot!(change(10, &[0]), @"a: error: the entry claims 100 bytes, which 6 packed ones cannot give");
    insta::assert_snapshot!(change(16, &[0; 4]), @"a: error: the entry does not have the checksum that the central directory names");
    insta::assert_snapshot!(change(24, &[99]), @"a: error: the entry unpacks to more than the 99 bytes that it claims");
    insta::assert_snapshot!(change(24, &[101]), @"a: error: the entry claims 101 bytes and unpacks to 100");
    insta::assert_snapshot!(change(24, &[0, 0, 0x0f]), @"a: error: the entry claims 983040 bytes, which 6 packed ones cannot give");
    insta::assert_snapshot!(change(24, &[0, 0, 0, 0x0f]), @"a: error: the entry takes 251658240 bytes, and 1048576 are read");
    insta::assert_snapshot!(change(20, &[200]), @"a: error: a damaged entry at byte 0");
    insta::assert_snapshot!(change(42, &[1]), @"a: error: a damaged local header at byte 1");
    insta::assert_snapshot!(change(46, b"b"), @"b: error: the local header at byte 0 names another entry than the central directory");
}

#[test]
fn a_large_claim_takes_no_memory_before_it_is_true() {
    let zip = ZipBuilder::new().lying("bomb", &vec![0; 40 << 20], 10).finish();
    assert_eq!(
        list(&zip),
        "bomb: error: the entry unpacks to more than the 10 bytes that it claims"
    );
    let mut content = Spool::from_bytes(zip);
    let directory = ZipDirectory::open(&mut content).unwrap();
    let entry = directory.entries().next().unwrap().unwrap();
    assert_eq!(entry.read_start(&mut content, 5).unwrap(), [0; 5]);
}

#[test]
fn an_entry_in_an_archive_is_an_archive_again() {
    let outer = ZipBuilder::new().deflated("b.jar", maven_jar("g", "a", "1").finish()).finish();
    let mut content = Spool::from_bytes(outer);
    let directory = ZipDirectory::open(&mut content).unwrap();
    let entry = directory.entries().next().unwrap().unwrap();
    let mut inner = entry.spool(&mut content, limits::ZIP_TOTAL_BYTES).unwrap();
    let names: Vec<_> = ZipDirectory::open(&mut inner)
        .unwrap()
        .entries()
        .map(|entry| String::from_utf8(entry.unwrap().name.to_vec()).unwrap())
        .collect();
    assert_eq!(names, ["META-INF/MANIFEST.MF", "META-INF/maven/g/a/pom.properties"]);
}

proptest! {
    /// The crate `zip` is the other opinion.
    #[test]
    fn any_archive_reads_as_others_read_it(
        files in vec(("[a-z]{1,8}", vec(any::<u8>(), 0..200), any::<bool>()), 0..8),
    ) {
        let mut builder = ZipBuilder::new();
        for (number, (name, content, is_stored)) in files.iter().enumerate() {
            let name = format!("{number}/{name}");
            if *is_stored {
                builder.stored(name, content);
            } else {
                builder.deflated(name, content);
            }
        }
        let bytes = builder.finish();
        let mut archive = ::zip::ZipArchive::new(Cursor::new(&bytes)).unwrap();
        let mut want = Vec::new();
        for at in 0..archive.len() {
            let mut entry = archive.by_index(at).unwrap();
            let mut content = Vec::new();
            entry.read_to_end(&mut content).unwrap();
            want.push(format!("{}: {}", entry.name().unwrap(), String::from_utf8_lossy(&content)));
        }
        prop_assert_eq!(list(&bytes), want.join("\n"));
    }

    #[test]
    fn a_damaged_archive_never_panics(at in 0_usize..210, patch in vec(any::<u8>(), 1..6)) {
        let zip = two();
        let at = at.min(zip.len() - patch.len());
        let bytes = patched(zip, at, &patch);
        prop_assert_eq!(list(&bytes), list(&bytes));
    }
}

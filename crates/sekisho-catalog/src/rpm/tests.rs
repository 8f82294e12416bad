use std::fmt::Write as _;

use proptest::{collection::vec, prelude::*};
use sekisho_archive::Spool;

use super::{
    integer::ByteOrder,
    read_bdb, read_ndb, read_sqlite,
    writer::{self, Value},
};
use crate::{CatalogError, Cataloged, Owned, Record};

type Reader = fn(&mut Spool, &mut Cataloged) -> Result<(), CatalogError>;

/// The same headers in each kind of database.
fn databases(blobs: &[Vec<u8>]) -> [(&'static str, Reader, Vec<u8>); 4] {
    [
        ("sqlite", read_sqlite, writer::sqlite(blobs)),
        ("ndb", read_ndb, writer::ndb(blobs)),
        ("bdb", read_bdb, writer::bdb(blobs, ByteOrder::Little)),
        ("bdb, big-endian", read_bdb, writer::bdb(blobs, ByteOrder::Big)),
    ]
}

/// Shows what a database proves, a line each: packages, owned paths, damage, the end.
fn read(reader: Reader, bytes: Vec<u8>) -> String {
    let mut out = Cataloged::default();
    let ended = reader(&mut Spool::from_bytes(bytes), &mut out);
    let mut shown = String::new();
    for Record { package, .. } in out.packages {
        write!(shown, "{} {}", package.name, package.version).unwrap();
        for (name, value) in [
            ("arch", package.arch),
            ("source", package.source_name),
            ("source version", package.source_version),
            ("by", package.supplier),
            ("module", package.module),
            ("license", package.licenses.first().cloned()),
        ] {
            if let Some(value) = value {
                write!(shown, ", {name} {value}").unwrap();
            }
        }
        writeln!(shown).unwrap();
    }
    for Owned { key, paths, .. } in out.owned {
        writeln!(shown, "{key} owns {paths:?}").unwrap();
    }
    for damage in out.damages {
        writeln!(shown, "damage: {}", damage.reason).unwrap();
    }
    if let Err(err) = ended {
        writeln!(shown, "error: {err}").unwrap();
    }
    shown
}

fn bash() -> Vec<u8> {
    writer::header(&[
        (1000, Value::Text("bash")),
        (1001, Value::Text("5.1.8")),
        (1002, Value::Text("9.el9")),
        (1011, Value::Text("Red Hat, Inc.")),
        (1014, Value::Text("GPLv3+")),
        (1022, Value::Text("x86_64")),
        (1044, Value::Text("bash-5.1.8-9.el9.src.rpm")),
        (1116, Value::Numbers(&[0, 1, 1])),
        (1117, Value::Texts(&["bash", "skel", "profile"])),
        (1118, Value::Texts(&["/usr/bin/", "/etc/"])),
    ])
}

fn npm() -> Vec<u8> {
    writer::header(&[
        (1000, Value::Text("npm")),
        (1001, Value::Text("8.19.3")),
        (1002, Value::Text("1.16.19.0.2.module_el8")),
        (1003, Value::Numbers(&[1])),
        (1022, Value::Text("x86_64")),
        (1027, Value::Texts(&["/usr/bin/npm"])),
        (1044, Value::Text("nodejs-16.19.0-2.module_el8.src.rpm")),
        (5096, Value::Text("nodejs:16:8070020230113:bd1311ed")),
    ])
}

fn key() -> Vec<u8> {
    writer::header(&[
        (1000, Value::Text("gpg-pubkey")),
        (1001, Value::Text("fd431d51")),
        (1002, Value::Text("4ae0493b")),
    ])
}

/// A package of more files than one page holds.
fn large() -> Vec<u8> {
    let names: Vec<_> = (0..200).map(|number| format!("file-{number}")).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    writer::header(&[
        (1000, Value::Text("large")),
        (1001, Value::Text("1")),
        (1116, Value::Numbers(&[0; 200])),
        (1117, Value::Texts(&names)),
        (1118, Value::Texts(&["/opt/"])),
    ])
}

#[test]
fn every_database_shows_the_same_packages() {
    let blobs = [bash(), key(), npm()];
    for (name, reader, bytes) in databases(&blobs) {
        let shown = read(reader, bytes);
        insta::allow_duplicates! {
            insta::assert_snapshot!(shown, name, @r#"
            bash 5.1.8-9.el9, arch x86_64, by Red Hat, Inc., license GPLv3+
            npm 1:8.19.3-1.16.19.0.2.module_el8, arch x86_64, source nodejs, source version 16.19.0-2.module_el8, module nodejs:16:8070020230113:bd1311ed
            bash-5.1.8-9.el9.x86_64 owns ["usr/bin/bash", "etc/skel", "etc/profile"]
            npm-1:8.19.3-1.16.19.0.2.module_el8.x86_64 owns ["usr/bin/npm"]
            "#);
        }
    }
}

#[test]
fn digests_of_files_are_read_in_each_kind_of_database() {
    let digest = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03";
    let header = writer::header(&[
        (1000, Value::Text("hello")),
        (1001, Value::Text("1.0")),
        (1035, Value::Texts(&["", digest, "not a digest, but long"])),
    ]);
    for (name, reader, bytes) in databases(&[header]) {
        let mut out = Cataloged::default();
        reader(&mut Spool::from_bytes(bytes), &mut out).unwrap();
        assert_eq!(out.digests, [0x5891_b5b5_22d5_df08_u64.to_be_bytes()], "{name}");
    }
}

#[test]
fn a_header_may_lie_on_many_pages() {
    for (name, reader, bytes) in databases(&[large(), bash()]) {
        let shown = read(reader, bytes);
        assert_eq!(shown.matches("opt/file-").count(), 200, "{name}");
        assert!(shown.contains("bash 5.1.8") && !shown.contains("damage"), "{name}: {shown}");
    }
}

#[test]
fn a_damaged_header_does_not_hide_the_others() {
    let no_name = writer::header(&[(1001, Value::Text("1"))]);
    let no_list = writer::header(&[
        (1000, Value::Text("odd")),
        (1001, Value::Text("1")),
        (1116, Value::Numbers(&[7])),
        (1117, Value::Texts(&["x"])),
    ]);
    let mut bad_tag = writer::header(&[(1000, Value::Text("n")), (1001, Value::Text("v"))]);
    bad_tag[16] = 0xff;
    let bad_fact = writer::header(&[
        (1000, Value::Text("half")),
        (1001, Value::Text("1")),
        (1014, Value::Numbers(&[1])),
    ]);
    for (name, reader, bytes) in
        databases(&[b"no header".to_vec(), no_name, no_list, bad_tag, bad_fact, bash()])
    {
        let shown = read(reader, bytes);
        insta::allow_duplicates! {
            insta::assert_snapshot!(shown, name, @r#"
            odd 1
            half 1
            bash 5.1.8-9.el9, arch x86_64, by Red Hat, Inc., license GPLv3+
            bash-5.1.8-9.el9.x86_64 owns ["usr/bin/bash", "etc/skel", "etc/profile"]
            damage: package record 1: its header has another length than it says
            damage: package record 2: its header has no name or no version
            damage: package record 3: the lists of its files do not fit together
            damage: package record 4: tag 1000 of its header is damaged
            damage: package record 5: tag 1014 of its header is damaged
            "#);
        }
    }
}

#[test]
fn a_truncated_database_is_never_simply_smaller() {
    for (name, reader, bytes) in databases(&[bash(), large(), npm()]) {
        for length in (0..bytes.len()).step_by(100) {
            let shown = read(reader, bytes[..length].to_vec());
            assert!(shown.contains("damage: ") || shown.contains("error: "), "{name} {length}");
        }
    }
}

#[test]
fn an_overflow_page_that_leads_to_itself_is_damage() {
    let mut bytes = writer::sqlite(&[large(), bash()]);
    // The first overflow page is the fourth: its first four bytes name the next one.
    bytes[3 * 512..3 * 512 + 4].copy_from_slice(&4_u32.to_be_bytes());
    let shown = read(read_sqlite, bytes);
    assert!(shown.contains("damage: a damaged SQLite page at byte 1536"), "{shown}");
    assert!(shown.starts_with("bash 5.1.8"), "{shown}");
}

#[test]
fn cells_that_share_their_bytes_end_at_the_size_of_the_file() {
    let small = writer::header(&[(1000, Value::Text("a")), (1001, Value::Text("1"))]);
    let mut bytes = writer::sqlite(&[small]);
    // The third page is the leaf: its number of cells, and where each begins.
    let cell = [bytes[2 * 512 + 8], bytes[2 * 512 + 9]];
    bytes[2 * 512 + 4] = 100;
    for pointer in bytes[2 * 512 + 8..][..200].as_chunks_mut().0 {
        *pointer = cell;
    }
    let shown = read(read_sqlite, bytes);
    assert!((1..40).contains(&shown.matches("a 1").count()), "{shown}");
    assert!(shown.contains("damage: a damaged SQLite cell at byte"), "{shown}");
}

#[test]
fn an_ndb_blob_with_a_wrong_checksum_is_read_and_named() {
    let mut bytes = writer::ndb(&[bash()]);
    let tail = bytes.len() - 12;
    bytes[tail] ^= 1;
    let shown = read(read_ndb, bytes);
    assert!(shown.starts_with("bash 5.1.8-9.el9"), "{shown}");
    assert!(shown.contains("damage: a damaged NDB blob at byte 4096"), "{shown}");
}

proptest! {
    #[test]
    fn a_changed_database_ends_without_a_panic(
        which in 0..4_usize,
        changes in vec((any::<prop::sample::Index>(), any::<u8>()), 1..24),
        cut in any::<prop::sample::Index>(),
        is_cut in any::<bool>(),
    ) {
        let [a, b, c, d] = databases(&[bash(), large(), key(), npm()]);
        let (_, reader, mut bytes) = match which { 0 => a, 1 => b, 2 => c, _ => d };
        for (index, byte) in changes {
            *index.get_mut(&mut bytes) = byte;
        }
        if is_cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        let mut out = Cataloged::default();
        let ended = reader(&mut Spool::from_bytes(bytes), &mut out);
        // A changed database holds no more headers than the sound one did.
        prop_assert!(out.packages.len() <= 4, "{ended:?}");
    }

    #[test]
    fn arbitrary_headers_end_without_a_panic(blobs in vec(vec(any::<u8>(), 0..200), 1..4)) {
        for (_, reader, bytes) in databases(&blobs) {
            let mut out = Cataloged::default();
            reader(&mut Spool::from_bytes(bytes), &mut out).unwrap();
            prop_assert!(out.packages.len() + out.damages.len() >= blobs.len());
        }
    }

    #[test]
    fn arbitrary_bytes_after_a_magic_number_end_without_a_panic(rest in vec(any::<u8>(), 0..6000)) {
        for (_, reader, bytes) in databases(&[bash()]) {
            let start = bytes.iter().take(128).copied();
            let bytes = start.chain(rest.iter().copied()).collect();
            let mut out = Cataloged::default();
            let ended = reader(&mut Spool::from_bytes(bytes), &mut out);
            prop_assert!(ended.is_err() || out.packages.len() <= 1);
        }
    }
}

//! Packages that rpm installed, in a database of SQLite: RHEL from 9, Fedora from 33, Amazon
//! Linux 2023, Azure Linux.
//!
//! The log and the journal beside the database hold no packages of their own that could be read
//! without it, but a transaction in them means that the database is not the whole truth.

use crate::{CatalogError, Cataloged, Cataloger, File, Scope, Selects, rpm};

pub(super) const CATALOGER: Cataloger = Cataloger {
    id: "rpm-sqlite",
    version: 1,
    scope: Scope::Installed,
    selects: Selects::Paths(&[
        "usr/lib/sysimage/rpm/rpmdb.sqlite",
        "usr/lib/sysimage/rpm/rpmdb.sqlite-journal",
        "usr/lib/sysimage/rpm/rpmdb.sqlite-wal",
        "usr/share/rpm/rpmdb.sqlite",
        "usr/share/rpm/rpmdb.sqlite-journal",
        "usr/share/rpm/rpmdb.sqlite-wal",
        "var/lib/rpm/rpmdb.sqlite",
        "var/lib/rpm/rpmdb.sqlite-journal",
        "var/lib/rpm/rpmdb.sqlite-wal",
    ]),
    parse,
};

fn parse(file: &mut File<'_>, out: &mut Cataloged) -> Result<(), CatalogError> {
    let doubt = match file.path.file_name() {
        b"rpmdb.sqlite-journal" => rpm::describe_journal(file.content)?,
        b"rpmdb.sqlite-wal" => rpm::describe_wal(file.content)?,
        _ => return rpm::read_sqlite(file.content, out),
    };
    if let Some(doubt) = doubt {
        out.damage(doubt);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use sekisho_archive::Spool;
    use sekisho_types::ImagePath;

    use super::*;

    /// What the file `name` beside a database lets one doubt.
    fn doubts(name: &str, bytes: Vec<u8>) -> Vec<String> {
        let path = ImagePath::parse(format!("var/lib/rpm/{name}").as_bytes()).unwrap();
        let mut content = Spool::from_bytes(bytes);
        let mut out = Cataloged::default();
        parse(&mut File { path: &path, content: &mut content }, &mut out).unwrap();
        out.damages.into_iter().map(|damage| damage.reason).collect()
    }

    /// A write-ahead log of pages of 512 bytes; a frame says how many pages its transaction
    /// leaves, or 0 when it is not the last of one, and has the salts of the log or others.
    fn log(frames: &[(u32, [u8; 8])]) -> Vec<u8> {
        let words =
            |words: &[u32]| -> Vec<u8> { words.iter().flat_map(|w| w.to_be_bytes()).collect() };
        let mut log = [words(&[0x377f_0682, 3_007_000, 512, 0]), vec![7; 8], vec![0; 8]].concat();
        for (n_pages, salts) in frames {
            log.extend([words(&[1, *n_pages]), salts.to_vec(), vec![0; 8 + 512]].concat());
        }
        log
    }

    #[test]
    fn a_finished_transaction_in_the_log_is_named() {
        for (frames, is_doubtful) in [
            (&[][..], false),
            (&[(0, [7; 8]), (9, [7; 8])], true),
            // Not ended, and left over from an earlier log: SQLite reads neither.
            (&[(0, [7; 8])], false),
            (&[(9, [6; 8])], false),
        ] {
            assert_eq!(doubts("rpmdb.sqlite-wal", log(frames)).len(), usize::from(is_doubtful));
        }
        assert_eq!(doubts("rpmdb.sqlite-wal", Vec::new()), Vec::<String>::new());
        insta::assert_snapshot!(
            doubts("rpmdb.sqlite-wal", log(&[(9, [7; 8])])).concat(),
            @"the log holds finished transactions (1): the packages of rpmdb.sqlite may be out of date"
        );
    }

    #[test]
    fn a_journal_with_its_magic_number_is_an_unfinished_transaction() {
        insta::assert_snapshot!(
            doubts("rpmdb.sqlite-journal", b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7".to_vec()).concat(),
            @"a transaction was not ended: the packages of rpmdb.sqlite may be half changed"
        );
        assert_eq!(doubts("rpmdb.sqlite-journal", vec![0; 512]), Vec::<String>::new());
    }
}

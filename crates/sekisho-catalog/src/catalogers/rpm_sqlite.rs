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

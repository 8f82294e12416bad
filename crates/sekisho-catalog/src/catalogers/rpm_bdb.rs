//! Packages that rpm installed, in a database of BerkeleyDB: RHEL and CentOS to 8, Amazon
//! Linux 2, Fedora to 32.

use crate::{CatalogError, Cataloged, Cataloger, File, Scope, Selects, rpm};

pub(super) const CATALOGER: Cataloger = Cataloger {
    id: "rpm-bdb",
    version: 1,
    scope: Scope::Installed,
    selects: Selects::Paths(&[
        "usr/lib/sysimage/rpm/Packages",
        "usr/share/rpm/Packages",
        "var/lib/rpm/Packages",
    ]),
    parse,
};

fn parse(file: &mut File<'_>, out: &mut Cataloged) -> Result<(), CatalogError> {
    rpm::read_bdb(file.content, out)
}

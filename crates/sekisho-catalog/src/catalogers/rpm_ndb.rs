//! Packages that rpm installed, in its own NDB format: SUSE Linux Enterprise 15 and openSUSE.

use crate::{CatalogError, Cataloged, Cataloger, File, Scope, Selects, rpm};

pub(super) const CATALOGER: Cataloger = Cataloger {
    id: "rpm-ndb",
    version: 1,
    scope: Scope::Installed,
    selects: Selects::Paths(&[
        "usr/lib/sysimage/rpm/Packages.db",
        "usr/share/rpm/Packages.db",
        "var/lib/rpm/Packages.db",
    ]),
    parse,
};

fn parse(file: &mut File<'_>, out: &mut Cataloged) -> Result<(), CatalogError> {
    rpm::read_ndb(file.content, out)
}

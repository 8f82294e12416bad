//! Packages of a distroless image of Azure Linux (CBL-Mariner), which has no rpm database.
//!
//! Format: a package a line, ten fields with a tab between two, as rpm prints them for the
//! query `NAME VERSION-RELEASE INSTALLTIME BUILDTIME VENDOR EPOCH SIZE ARCH EPOCHNUM SOURCERPM`;
//! `(none)` stands for a field that the package does not have.

use sekisho_archive::limits;
use sekisho_types::{Package, PackageKind};

use crate::{CatalogError, Cataloged, Cataloger, File, Record, Scope, Selects, rpm};

pub(super) const CATALOGER: Cataloger = Cataloger {
    id: "rpm-manifest",
    version: 1,
    scope: Scope::Installed,
    selects: Selects::Paths(&["var/lib/rpmmanifest/container-manifest-2"]),
    parse,
};

fn parse(file: &mut File<'_>, out: &mut Cataloged) -> Result<(), CatalogError> {
    let text = file.text(limits::PACKAGE_TEXT_BYTES)?;
    for (number, line) in (1..).zip(text.lines()) {
        if line.trim().is_empty() {
            continue;
        }
        let fields: Vec<_> = line.split('\t').take(11).collect();
        let Ok(fields) = <[&str; 10]>::try_from(fields) else {
            out.damage_at_line(number, "not the ten fields of a package");
            continue;
        };
        let [name, version, _, _, vendor, epoch, _, arch, _, source] = fields.map(stated);
        let (Some(name), Some(version)) = (name, version) else {
            out.damage_at_line(number, "a package without a name or a version");
            continue;
        };
        // A key that signs packages, which rpm keeps among them.
        if name == "gpg-pubkey" {
            continue;
        }
        let version = match epoch {
            Some(epoch) => format!("{epoch}:{version}"),
            None => version.to_owned(),
        };
        let mut package = Package::new(PackageKind::Rpm, name, version);
        package.arch = arch.map(str::to_owned);
        package.supplier = vendor.map(str::to_owned);
        if let Some(source) = source {
            rpm::set_source(&mut package, source);
        }
        let key = Some(rpm::identity(&package));
        out.add_record(Record { package, key, inner_path: None })?;
    }
    Ok(())
}

fn stated(field: &str) -> Option<&str> {
    Some(field.trim()).filter(|field| !matches!(*field, "" | "(none)"))
}

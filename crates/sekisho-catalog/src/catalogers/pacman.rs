//! Packages that pacman installed.
//!
//! Format: a directory a package, `<name>-<version>`, with `desc` and `files` in it. Both are
//! sections: `%NAME%` on a line of its own, then values, a line each, to an empty line; pacman,
//! `lib/libalpm/be_local.c`.

use sekisho_archive::limits;
use sekisho_types::{Package, PackageKind};

use crate::{
    CatalogError, Cataloged, Cataloger, File, Owned, Record, Scope, Selects,
    path_budget::PathBudget,
};

pub(super) const CATALOGER: Cataloger = Cataloger {
    id: "pacman",
    version: 1,
    scope: Scope::Installed,
    selects: Selects::Paths(&["var/lib/pacman/local/*/desc", "var/lib/pacman/local/*/files"]),
    parse,
};

fn parse(file: &mut File<'_>, out: &mut Cataloged) -> Result<(), CatalogError> {
    let directory = file.path.parent().unwrap_or_default();
    let key = String::from_utf8_lossy(directory.file_name()).into_owned();
    let is_desc = file.path.file_name() == b"desc";
    let text = file.text(limits::PACKAGE_TEXT_BYTES)?;
    if is_desc { parse_desc(&text, key, out) } else { parse_files(&text, key, out) }
}

fn parse_desc(text: &str, key: String, out: &mut Cataloged) -> Result<(), CatalogError> {
    let mut package = Package::new(PackageKind::Alpm, "", "");
    let mut base = None;
    for (section, value) in values(text) {
        match section {
            "%NAME%" => value.clone_into(&mut package.name),
            "%VERSION%" => value.clone_into(&mut package.version),
            "%ARCH%" => package.arch = Some(value.to_owned()),
            "%BASE%" => base = Some(value),
            "%LICENSE%" => package.licenses.push(value.to_owned()),
            "%PACKAGER%" => package.supplier = Some(value.to_owned()),
            _ => (),
        }
    }
    if package.name.is_empty() || package.version.is_empty() {
        out.damage("a package without a name or a version");
        return Ok(());
    }
    package.source_name = base.filter(|base| *base != package.name).map(str::to_owned);
    out.add_record(Record { package, key: Some(key), inner_path: None })
}

fn parse_files(text: &str, key: String, out: &mut Cataloged) -> Result<(), CatalogError> {
    let mut budget = PathBudget::default();
    let mut paths = Vec::new();
    for (section, value) in values(text) {
        if section == "%FILES%" {
            paths.extend(budget.join(b"", value.as_bytes())?);
        }
    }
    out.owned.push(Owned { kind: PackageKind::Alpm, key, paths });
    Ok(())
}

/// Each value with the section it stands in.
fn values(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut section = "";
    text.lines().filter_map(move |line| {
        if line.is_empty() {
            section = "";
            None
        } else if section.is_empty() {
            section = line;
            None
        } else {
            Some((section, line))
        }
    })
}

//! Packages that pacman installed.
//!
//! Format: a directory a package, `<name>-<version>`, with `desc` and `files` in it. Both are
//! sections: `%NAME%` on a line of its own, then values, a line each, to an empty line; pacman,
//! `lib/libalpm/be_local.c`.

use sekisho_archive::limits;
use sekisho_types::{Package, PackageKind};

use crate::{
    CatalogError, Cataloged, Cataloger, File, Owned, Record, Scope, Selects,
    text_budget::TextBudget,
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
    let mut budget = TextBudget::default();
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

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use sekisho_archive::Spool;
    use sekisho_types::ImagePath;

    use super::*;

    /// Shows what the file at `path` proves, a line each: packages, owned paths, damage.
    fn read(path: &str, text: &str) -> String {
        let path = ImagePath::parse(path.as_bytes()).unwrap();
        let mut content = Spool::from_bytes(text.as_bytes().to_vec());
        let mut out = Cataloged::default();
        parse(&mut File { path: &path, content: &mut content }, &mut out).unwrap();
        let mut shown = String::new();
        for Record { package, key, .. } in out.packages {
            let Package { name, version, arch, source_name, licenses, supplier, .. } = package;
            let (arch, source) = (arch.unwrap_or_default(), source_name.unwrap_or_default());
            let (key, supplier) = (key.unwrap(), supplier.unwrap_or_default());
            writeln!(shown, "{name} {version} {arch} [{key}] {source:?} {licenses:?} {supplier}")
                .unwrap();
        }
        for Owned { key, paths, .. } in out.owned {
            writeln!(shown, "{key} owns {paths:?}").unwrap();
        }
        for damage in out.damages {
            writeln!(shown, "line {:?}: {}", damage.line, damage.reason).unwrap();
        }
        shown
    }

    #[test]
    fn the_directory_ties_a_package_to_its_files() {
        insta::assert_snapshot!(read("var/lib/pacman/local/gcc-libs-13.2.1-3/desc", "\
%NAME%
gcc-libs

%VERSION%
13.2.1-3

%BASE%
gcc

%DESC%
%NAME%

%ARCH%
x86_64

%LICENSE%
GPL
custom

%PACKAGER%
Arch Packager <a@example.org>
"), @r#"gcc-libs 13.2.1-3 x86_64 [gcc-libs-13.2.1-3] "gcc" ["GPL", "custom"] Arch Packager <a@example.org>"#);
        insta::assert_snapshot!(read("var/lib/pacman/local/gcc-libs-13.2.1-3/files", "\
%FILES%
usr/
usr/lib/libgcc_s.so.1

%BACKUP%
etc/x.conf\td41d8cd98f00b204e9800998ecf8427e
"), @r#"gcc-libs-13.2.1-3 owns ["usr", "usr/lib/libgcc_s.so.1"]"#);
    }

    #[test]
    fn a_description_without_a_version_is_damage() {
        insta::assert_snapshot!(
            read("var/lib/pacman/local/x-1/desc", "%NAME%\nx\n"),
            @"line None: a package without a name or a version"
        );
    }
}

//! Packages that dpkg installed.
//!
//! Format: stanzas of `Field: value` lines, deb822(5), an empty line between two. A package
//! removed but not purged keeps its stanza, with a `Status` that ends in `config-files`. Every
//! other state than that and `not-installed` means files on the disk, dpkg(1): also `unpacked`,
//! in which tools that assemble images leave packages.
//!
//! The files a package owns stand one a line in `info/<package>.list`. Distroless images have a
//! file a package in `status.d` instead, without a `Status` field, and `<file>.md5sums` beside
//! it. opkg, of OpenWrt and Yocto, keeps dpkg's format in its own directory.

use sekisho_archive::limits;
use sekisho_types::{Package, PackageKind};

use crate::{
    CatalogError, Cataloged, Cataloger, File, Owned, Record, Scope, Selects,
    text_budget::TextBudget,
};

pub(super) const CATALOGER: Cataloger = Cataloger {
    id: "dpkg",
    version: 1,
    scope: Scope::Installed,
    selects: Selects::Paths(&[
        "var/lib/dpkg/status",
        "var/lib/dpkg/status.d/*",
        "var/lib/dpkg/info/*.list",
        "{usr,var}/lib/opkg/status",
        "{usr,var}/lib/opkg/info/*.list",
    ]),
    parse,
};

fn parse(file: &mut File<'_>, out: &mut Cataloged) -> Result<(), CatalogError> {
    let name = String::from_utf8_lossy(file.path.file_name()).into_owned();
    let directory = file.path.parent().unwrap_or_default();
    let text = file.text(limits::PACKAGE_TEXT_BYTES)?;
    if let Some(key) = name.strip_suffix(".list") {
        // opkg adds the mode of a file after a tab.
        let paths = text.lines().map(|line| line.split_once('\t').map_or(line, |(path, _)| path));
        out.owned.push(owned(key, paths)?);
    } else if let Some(key) = name.strip_suffix(".md5sums") {
        let paths = text.lines().filter_map(|line| Some(line.split_once("  ")?.1));
        out.owned.push(owned(key, paths)?);
    } else {
        let key = (directory.file_name() == b"status.d").then_some(&*name);
        parse_status(&text, key, out)?;
    }
    Ok(())
}

fn owned<'a>(key: &str, paths: impl Iterator<Item = &'a str>) -> Result<Owned, CatalogError> {
    let mut budget = TextBudget::default();
    let mut owned = Owned { kind: PackageKind::Deb, key: key.to_owned(), paths: Vec::new() };
    for path in paths {
        owned.paths.extend(budget.join(b"", path.as_bytes())?);
    }
    Ok(owned)
}

/// Reads the stanzas of `text`; `key` is that of its package, where it comes from the file.
fn parse_status(text: &str, key: Option<&str>, out: &mut Cataloged) -> Result<(), CatalogError> {
    let mut stanza = Stanza::default();
    for (number, line) in (1..).zip(text.lines()) {
        if line.trim().is_empty() {
            std::mem::take(&mut stanza).finish(key, out)?;
        } else if line.starts_with([' ', '\t']) {
            // Goes on with the field above; no field we read has more than one line.
        } else if let Some((field, value)) = line.split_once(':') {
            stanza.set(number, field, value.trim());
        } else {
            out.damage_at_line(number, "neither a field nor an empty line");
        }
    }
    stanza.finish(key, out)
}

/// One package, as far as it was read.
#[derive(Default)]
struct Stanza<'a> {
    line: u64,
    name: &'a str,
    version: &'a str,
    arch: Option<&'a str>,
    source: Option<&'a str>,
    maintainer: Option<&'a str>,
    is_multi_arch: bool,
    is_removed: bool,
}

impl<'a> Stanza<'a> {
    fn set(&mut self, line: u64, field: &str, value: &'a str) {
        if self.line == 0 {
            self.line = line;
        }
        match field {
            "Package" => self.name = value,
            "Version" => self.version = value,
            "Architecture" => self.arch = Some(value),
            "Source" => self.source = Some(value),
            "Maintainer" => self.maintainer = Some(value),
            "Multi-Arch" => self.is_multi_arch = value == "same",
            "Status" => {
                let state = value.rsplit(' ').next().unwrap_or_default();
                self.is_removed = matches!(state, "not-installed" | "config-files");
            }
            _ => (),
        }
    }

    fn finish(self, key: Option<&str>, out: &mut Cataloged) -> Result<(), CatalogError> {
        if self.line == 0 || self.is_removed {
            return Ok(());
        }
        if self.name.is_empty() || self.version.is_empty() {
            out.damage_at_line(self.line, "a package without a name or a version");
            return Ok(());
        }
        let mut package = Package::new(PackageKind::Deb, self.name, self.version);
        package.arch = self.arch.map(str::to_owned);
        package.supplier = self.maintainer.map(str::to_owned);
        (package.source_name, package.source_version) =
            self.source.map_or((None, None), |source| split_source(source, &self));
        // Only packages that can be installed for two architectures carry one in the file name.
        let key = match (key, self.arch.filter(|_| self.is_multi_arch)) {
            (Some(key), _) => key.to_owned(),
            (None, Some(arch)) => format!("{}:{arch}", self.name),
            (None, None) => self.name.to_owned(),
        };
        out.add_record(Record { package, key: Some(key), inner_path: None })
    }
}

/// Reads `gcc-12 (12.2.0-14)`; what equals the binary package is left out.
fn split_source(source: &str, stanza: &Stanza<'_>) -> (Option<String>, Option<String>) {
    let (name, version) = match source.split_once(" (") {
        Some((name, version)) => (name, version.trim_end_matches(')')),
        None => (source, stanza.version),
    };
    let differs = |value: &str, from: &str| (value != from).then(|| value.to_owned());
    (differs(name, stanza.name), differs(version, stanza.version))
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
            let source = package.source_name.unwrap_or_default();
            let source_version = package.source_version.unwrap_or_default();
            let key = key.unwrap();
            writeln!(
                shown,
                "{} {} [{key}] {source} {source_version}",
                package.name, package.version
            )
            .unwrap();
        }
        for Owned { key, paths, .. } in out.owned {
            writeln!(shown, "{key} owns {paths:?}").unwrap();
        }
        for damage in out.damages {
            writeln!(shown, "line {}: {}", damage.line.unwrap(), damage.reason).unwrap();
        }
        shown
    }

    #[test]
    fn a_removed_package_is_not_installed() {
        insta::assert_snapshot!(read("var/lib/dpkg/status", "\
Package: bash
Status: install ok installed
Version: 5.2.15-2+b7
Source: bash (5.2.15-2)
Description: GNU Bourne Again SHell
 Bash is an sh-compatible command language interpreter: one line.

Package: nano
Status: deinstall ok config-files
Version: 7.2-1

Package: unpacked
Status: install ok unpacked
Version: 1

Package: libgcc-s1
Status: install ok installed
Architecture: amd64
Multi-Arch: same
Source: gcc-12
Version: 12.2.0-14

Package: broken
this line is no field
"), @r"
        bash 5.2.15-2+b7 [bash]  5.2.15-2
        unpacked 1 [unpacked]  
        libgcc-s1 12.2.0-14 [libgcc-s1:amd64] gcc-12 
        line 24: neither a field nor an empty line
        line 23: a package without a name or a version
        ");
    }

    #[test]
    fn lists_say_what_a_package_owns() {
        insta::assert_snapshot!(
            read("var/lib/dpkg/info/libc6:amd64.list", "/.\n/lib\n/lib/libc.so.6\n"),
            @r#"libc6:amd64 owns ["lib", "lib/libc.so.6"]"#
        );
        insta::assert_snapshot!(
            read("var/lib/dpkg/status.d/tzdata.md5sums", "00ff  usr/share/zoneinfo/UTC\n"),
            @r#"tzdata owns ["usr/share/zoneinfo/UTC"]"#
        );
        insta::assert_snapshot!(
            read("usr/lib/opkg/info/jq.list", "/usr/bin/jq\t0755\n"),
            @r#"jq owns ["usr/bin/jq"]"#
        );
    }

    #[test]
    fn distroless_stanzas_have_no_status() {
        insta::assert_snapshot!(
            read("var/lib/dpkg/status.d/base", "Package: base-files\nVersion: 12.4\n"),
            @"base-files 12.4 [base]"
        );
    }
}

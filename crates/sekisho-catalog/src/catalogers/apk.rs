//! Packages that apk installed.
//!
//! Format: a paragraph a package, each line a letter, a colon and a value, an empty line between
//! two; apk-tools, `apk_db_read` and `apk_db_fdb_write` in `src/database.c`. A directory
//! (`F:`) stands before the files in it (`R:`).

use sekisho_archive::limits;
use sekisho_types::{ImagePath, Package, PackageKind};

use crate::{
    CatalogError, Cataloged, Cataloger, File, Owned, Record, Scope, Selects,
    text_budget::TextBudget,
};

pub(super) const CATALOGER: Cataloger = Cataloger {
    id: "apk",
    version: 1,
    scope: Scope::Installed,
    selects: Selects::Paths(&["lib/apk/db/installed", "usr/lib/apk/db/installed"]),
    parse,
};

fn parse(file: &mut File<'_>, out: &mut Cataloged) -> Result<(), CatalogError> {
    let text = file.text(limits::PACKAGE_TEXT_BYTES)?;
    let mut budget = TextBudget::default();
    let mut paragraph = Paragraph::default();
    for (number, line) in (1..).zip(text.lines()) {
        if line.is_empty() {
            std::mem::take(&mut paragraph).finish(out)?;
        } else if let Some((field, value)) = line.split_once(':').filter(|(f, _)| f.len() == 1) {
            paragraph.set(number, field, value, &mut budget)?;
        } else {
            out.damage_at_line(number, "not a letter, a colon and a value");
        }
    }
    paragraph.finish(out)
}

/// One package, as far as it was read.
#[derive(Default)]
struct Paragraph<'a> {
    line: u64,
    name: &'a str,
    version: &'a str,
    arch: Option<&'a str>,
    origin: Option<&'a str>,
    license: Option<&'a str>,
    maintainer: Option<&'a str>,
    /// Ends in a slash, unless it is the root.
    directory: String,
    paths: Vec<ImagePath>,
}

impl<'a> Paragraph<'a> {
    fn set(
        &mut self,
        line: u64,
        field: &str,
        value: &'a str,
        budget: &mut TextBudget,
    ) -> Result<(), CatalogError> {
        if self.line == 0 {
            self.line = line;
        }
        let stated = Some(value).filter(|value| !value.is_empty());
        match field {
            "P" => self.name = value,
            "V" => self.version = value,
            "A" => self.arch = stated,
            "L" => self.license = stated,
            "o" => self.origin = stated,
            "m" => self.maintainer = stated,
            "F" => {
                self.directory.clear();
                if let Some(directory) = stated {
                    self.directory.push_str(directory);
                    self.directory.push('/');
                }
                self.paths.extend(budget.join(value.as_bytes(), b"")?);
            }
            "R" => {
                self.paths.extend(budget.join(self.directory.as_bytes(), value.as_bytes())?);
            }
            _ => (),
        }
        Ok(())
    }

    fn finish(self, out: &mut Cataloged) -> Result<(), CatalogError> {
        if self.line == 0 {
            return Ok(());
        }
        if self.name.is_empty() || self.version.is_empty() {
            out.damage_at_line(self.line, "a package without a name or a version");
            return Ok(());
        }
        let mut package = Package::new(PackageKind::Apk, self.name, self.version);
        package.arch = self.arch.map(str::to_owned);
        package.supplier = self.maintainer.map(str::to_owned);
        package.licenses = self.license.map(str::to_owned).into_iter().collect();
        let origin = self.origin.filter(|origin| *origin != self.name);
        package.source_name = origin.map(str::to_owned);
        let key = self.name.to_owned();
        out.add_record(Record { package, key: Some(key.clone()), inner_path: None })?;
        if !self.paths.is_empty() {
            out.owned.push(Owned { kind: PackageKind::Apk, key, paths: self.paths });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use sekisho_archive::Spool;

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
    fn a_package_owns_its_directories_and_files() {
        insta::assert_snapshot!(read("lib/apk/db/installed", "\
C:Q1t/0hxXrPtbVxdTJDjcTWmN6ZSBo=
P:libssl1.1
V:1.1.1d-r3
A:x86_64
L:OpenSSL
o:openssl
m:Timo Teras <timo.teras@iki.fi>
F:
R:.root-file
F:usr/lib
M:0:0:755
R:libssl.so.1.1
a:0:0:755
Z:Q1O9ygIYkgjNBNyyEFJ6zcJDBAE8E=

P:busybox
V:1.31.1-r9
o:busybox

P:broken
no field
"), @r#"
        libssl1.1 1.1.1d-r3 x86_64 [libssl1.1] "openssl" ["OpenSSL"] Timo Teras <timo.teras@iki.fi>
        busybox 1.31.1-r9  [busybox] "" [] 
        libssl1.1 owns [".root-file", "usr/lib", "usr/lib/libssl.so.1.1"]
        line Some(21): not a letter, a colon and a value
        line Some(20): a package without a name or a version
        "#);
    }
}

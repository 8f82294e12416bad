//! Packages that a `Cargo.lock` pins; it does not tell which serve development only.
//!
//! Format: TOML, a table a package; the Cargo book, "Cargo.lock", and cargo's
//! `src/cargo/core/resolver/encode.rs`. Up to 2017 the package itself stood in a table `root`.

use sekisho_types::PackageKind;
use serde::Deserialize;

use crate::{CatalogError, Cataloged, Cataloger, File, Scope, Selects};

pub(super) const CATALOGER: Cataloger = Cataloger {
    id: "cargo-lock",
    version: 1,
    scope: Scope::Declared,
    selects: Selects::Paths(&["**/Cargo.lock"]),
    parse,
};

#[derive(Deserialize)]
struct Lock {
    root: Option<Entry>,
    #[serde(default)]
    package: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    name: String,
    version: String,
}

fn parse(file: &mut File<'_>, out: &mut Cataloged) -> Result<(), CatalogError> {
    if file.is_of_installed_package() {
        return Ok(());
    }
    let lock: Lock = file.toml()?;
    for Entry { name, version } in lock.root.into_iter().chain(lock.package) {
        out.declare(PackageKind::Cargo, &name, &version)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shown::shown;

    fn read(text: &str) -> String {
        shown(&CATALOGER, "app/Cargo.lock", text)
    }

    #[test]
    fn registry_git_and_own_packages_are_listed() {
        insta::assert_snapshot!(read(r#"
version = 4

[[package]]
name = "app"
version = "0.1.0"
dependencies = ["serde 1.0.229"]

[[package]]
name = "serde"
version = "1.0.229"
source = "registry+https://example.org/index"
checksum = "00"

[[package]]
name = "patched"
version = "2.0.0-rc.1+build"
source = "git+https://example.org/patched?rev=1#0123"
"#), @"
        cargo app 0.1.0
        cargo serde 1.0.229
        cargo patched 2.0.0-rc.1+build
        ");
        insta::assert_snapshot!(read("[root]\nname = \"app\"\nversion = \"0.1.0\"\n"), @"cargo app 0.1.0");
    }

    #[test]
    fn what_is_no_lock_file_is_an_error() {
        insta::assert_snapshot!(read("[[package]]\nname = \"a\"\n"), @r#"error: not valid TOML at line 1: "missing field `version`""#);
        insta::assert_snapshot!(read("[[package]]\nname = \"\"\nversion = \"1\"\n"), @"damage: a package without a name");
        insta::assert_snapshot!(read("<<<<<<< ours"), @r#"error: not valid TOML at line 1: "key with no value, expected `=`""#);
    }

    #[test]
    fn a_vendored_package_is_not_asked() {
        assert_eq!(shown(&CATALOGER, "app/vendor/a/Cargo.lock", "x"), "");
    }
}

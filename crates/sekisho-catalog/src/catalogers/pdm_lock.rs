//! Packages that a `pdm.lock` pins, without those of the group `dev` alone.
//!
//! Format: TOML, a table a package; pdm's `src/pdm/models/serializers.py` and
//! `src/pdm/project/lockfile`. Groups are named freely and the file does not tell which of them
//! serve development: only `dev`, the default name, is taken for such.

use sekisho_types::PackageKind;
use serde::Deserialize;

use crate::{CatalogError, Cataloged, Cataloger, File, Scope, Selects};

pub(super) const CATALOGER: Cataloger = Cataloger {
    id: "pdm-lock",
    version: 1,
    scope: Scope::Declared,
    selects: Selects::Paths(&["**/pdm.lock"]),
    parse,
};

#[derive(Deserialize)]
struct Lock {
    #[serde(default)]
    package: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    name: String,
    version: Option<String>,
    /// Of a package in a folder of the project.
    path: Option<String>,
    #[serde(default)]
    groups: Vec<String>,
}

fn parse(file: &mut File<'_>, out: &mut Cataloged) -> Result<(), CatalogError> {
    if file.is_of_installed_package() {
        return Ok(());
    }
    let lock: Lock = file.toml()?;
    for entry in lock.package {
        let is_for_development =
            !entry.groups.is_empty() && entry.groups.iter().all(|group| group == "dev");
        if !is_for_development && (entry.version.is_some() || entry.path.is_none()) {
            out.declare(PackageKind::Pypi, &entry.name, &entry.version.unwrap_or_default())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shown::shown;

    #[test]
    fn only_the_group_dev_is_left_out() {
        insta::assert_snapshot!(shown(&CATALOGER, "pdm.lock", r#"
[metadata]
groups = ["default", "dev"]
lock_version = "4.4"

[[package]]
name = "requests"
version = "2.31.0"
groups = ["default"]
dependencies = ["idna<4"]

[[package]]
name = "pytest"
version = "7.0.0"
groups = ["dev"]

[[package]]
name = "idna"
version = "3.4"

[[package]]
name = "own"
path = "./own"

[[package]]
name = "no-version"
"#), @r#"
        pypi requests 2.31.0
        pypi idna 3.4
        damage: no version of "no-version"
        "#);
    }
}

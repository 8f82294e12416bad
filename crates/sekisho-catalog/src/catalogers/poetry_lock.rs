//! Packages that a `poetry.lock` pins, without those of development groups.
//!
//! Format: TOML, a table a package; poetry's `src/poetry/packages/locker.py`. Until 1.4 each
//! package has a category, `main` or `dev`; since lock version 2.1 it has groups, of which only
//! `main` may hold what is needed to run.

use sekisho_types::PackageKind;
use serde::Deserialize;

use crate::{CatalogError, Cataloged, Cataloger, File, Scope, Selects};

pub(super) const CATALOGER: Cataloger = Cataloger {
    id: "poetry-lock",
    version: 1,
    scope: Scope::Declared,
    selects: Selects::Paths(&["**/poetry.lock"]),
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
    version: String,
    category: Option<String>,
    groups: Option<Vec<String>>,
}

impl Entry {
    fn is_needed_to_run(&self) -> bool {
        self.category.as_deref() != Some("dev")
            && self.groups.as_ref().is_none_or(|groups| groups.iter().any(|name| name == "main"))
    }
}

fn parse(file: &mut File<'_>, out: &mut Cataloged) -> Result<(), CatalogError> {
    if file.is_of_installed_package() {
        return Ok(());
    }
    let lock: Lock = file.toml()?;
    for entry in lock.package.iter().filter(|entry| entry.is_needed_to_run()) {
        out.declare(PackageKind::Pypi, &entry.name, &entry.version)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shown::shown;

    #[test]
    fn development_is_told_by_category_or_groups() {
        insta::assert_snapshot!(shown(&CATALOGER, "poetry.lock", r#"
[[package]]
name = "flask"
version = "2.0.1"
category = "main"
optional = false

[[package]]
name = "pytest"
version = "7.0.0"
category = "dev"

[[package]]
name = "requests"
version = "2.31.0"
groups = ["main", "test"]

[[package]]
name = "ruff"
version = "0.4.0"
groups = ["lint"]

[[package]]
name = "click"
version = "8.1.0"

[metadata]
lock-version = "2.1"
"#), @"
        pypi flask 2.0.1
        pypi requests 2.31.0
        pypi click 8.1.0
        ");
    }
}

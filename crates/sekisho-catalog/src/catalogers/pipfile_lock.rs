//! Packages that a `Pipfile.lock` pins, without those of `develop`.
//!
//! Format: JSON, a map of packages a category; pipenv's documentation, "Pipfile & Pipfile.lock".
//! A package from a repository or a folder has no version there.

use sekisho_archive::limits;
use sekisho_types::PackageKind;
use serde::Deserialize;

use crate::{CatalogError, Cataloged, Cataloger, File, Scope, Selects, json::Members};

pub(super) const CATALOGER: Cataloger = Cataloger {
    id: "pipfile-lock",
    version: 1,
    scope: Scope::Declared,
    selects: Selects::Paths(&["**/Pipfile.lock"]),
    parse,
};

#[derive(Deserialize)]
struct Lock {
    #[serde(default)]
    default: Members<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    version: Option<String>,
    /// Of a package in a folder of the project.
    path: Option<String>,
}

fn parse(file: &mut File<'_>, out: &mut Cataloged) -> Result<(), CatalogError> {
    if file.is_of_installed_package() {
        return Ok(());
    }
    let lock: Lock = file.json(limits::LOCK_FILE_BYTES)?;
    for (name, Entry { version, path }) in lock.default.0 {
        if version.is_none() && path.is_some() {
            continue;
        }
        let version = version.unwrap_or_default();
        out.declare(PackageKind::Pypi, &name, version.trim_start_matches('=').trim())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shown::shown;

    #[test]
    fn only_what_is_needed_to_run_is_listed() {
        let text = r#"{
            "_meta": {"hash": {"sha256": "00"}, "requires": {}},
            "default": {
                "flask": {"hashes": ["sha256:00"], "index": "pypi", "version": "==2.0.1"},
                "forked": {"git": "https://example.org/forked.git", "ref": "0123"},
                "own": {"editable": true, "path": "."}
            },
            "develop": {"pytest": {"version": "==7.0.0"}}
        }"#;
        insta::assert_snapshot!(shown(&CATALOGER, "Pipfile.lock", text), @r#"
        pypi flask 2.0.1
        damage: no version of "forked"
        "#);
        insta::assert_snapshot!(shown(&CATALOGER, "Pipfile.lock", r#"{"default": 1}"#), @"error: not valid JSON of the expected shape: invalid type: integer `1`, expected an object at line 1 column 13");
    }
}

//! Packages that a `packages.lock.json` of NuGet pins.
//!
//! Format: JSON, a map of packages a target framework; NuGet's wiki, "Enable repeatable package
//! restore using lock file". It does not tell which packages serve development only.

use std::collections::BTreeSet;

use sekisho_archive::limits;
use sekisho_types::PackageKind;
use serde::Deserialize;

use crate::{CatalogError, Cataloged, Cataloger, File, Scope, Selects, json::Members};

pub(super) const CATALOGER: Cataloger = Cataloger {
    id: "nuget-lock",
    version: 1,
    scope: Scope::Declared,
    selects: Selects::Paths(&["**/packages.lock.json"]),
    parse,
};

#[derive(Deserialize)]
struct Lock {
    #[serde(default)]
    dependencies: Members<Members<Entry>>,
}

#[derive(Deserialize)]
struct Entry {
    r#type: Option<String>,
    resolved: Option<String>,
}

fn parse(file: &mut File<'_>, out: &mut Cataloged) -> Result<(), CatalogError> {
    if file.is_of_installed_package() {
        return Ok(());
    }
    let lock: Lock = file.json(limits::LOCK_FILE_BYTES)?;
    // Most packages are the same in every framework.
    let mut seen = BTreeSet::new();
    for (name, Entry { r#type, resolved }) in lock.dependencies.0.into_iter().flat_map(|(_, e)| e.0)
    {
        let is_own = r#type.is_some_and(|kind| kind.eq_ignore_ascii_case("Project"));
        let version = resolved.unwrap_or_default();
        if !is_own && seen.insert((name.clone(), version.clone())) {
            out.declare(PackageKind::Nuget, &name, &version)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shown::shown;

    #[test]
    fn each_version_is_listed_once_and_own_projects_are_not() {
        let text = r#"{
            "version": 1,
            "dependencies": {
                "net6.0": {
                    "Newtonsoft.Json": {"type": "Direct", "requested": "[13.0.1, )", "resolved": "13.0.1", "contentHash": "AA=="},
                    "System.Text.Json": {"type": "Transitive", "resolved": "6.0.0"},
                    "app.core": {"type": "Project", "dependencies": {"System.Text.Json": "[6.0.0, )"}}
                },
                "net8.0": {
                    "Newtonsoft.Json": {"type": "Direct", "resolved": "13.0.1"},
                    "System.Text.Json": {"type": "Transitive", "resolved": "8.0.0"},
                    "Broken": {"type": "Direct"}
                }
            }
        }"#;
        insta::assert_snapshot!(shown(&CATALOGER, "packages.lock.json", text), @r#"
        nuget Newtonsoft.Json 13.0.1
        nuget System.Text.Json 6.0.0
        nuget System.Text.Json 8.0.0
        damage: no version of "Broken"
        "#);
    }
}

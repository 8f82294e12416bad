//! Packages that a `uv.lock` pins, without those that only development groups reach.
//!
//! Format: TOML, a table a package with the edges of the graph; uv's documentation, "Project
//! structure", and `crates/uv-resolver/src/lock`. Members of the workspace are `editable` or
//! `virtual`; their development groups stand apart from their dependencies.

use std::collections::BTreeMap;

use sekisho_types::PackageKind;
use serde::{Deserialize, de::IgnoredAny};

use crate::{
    CatalogError, Cataloged, Cataloger, File, Scope, Selects, json::Members, lock_file::reachable,
};

pub(super) const CATALOGER: Cataloger = Cataloger {
    id: "uv-lock",
    version: 1,
    scope: Scope::Declared,
    selects: Selects::Paths(&["**/uv.lock"]),
    parse,
};

#[derive(Deserialize)]
struct Lock {
    #[serde(default)]
    package: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Entry {
    name: String,
    version: Option<String>,
    #[serde(default)]
    source: Source,
    #[serde(default)]
    dependencies: Vec<Dependency>,
    #[serde(default)]
    optional_dependencies: Members<Vec<Dependency>>,
}

#[derive(Default, Deserialize)]
struct Source {
    editable: Option<IgnoredAny>,
    r#virtual: Option<IgnoredAny>,
    directory: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    /// Only where several versions of the package are locked.
    version: Option<String>,
}

impl Entry {
    fn is_member(&self) -> bool {
        self.source.editable.is_some() || self.source.r#virtual.is_some()
    }

    fn is_answer_to(&self, dependency: &Dependency) -> bool {
        dependency.version.is_none() || dependency.version == self.version
    }
}

fn parse(file: &mut File<'_>, out: &mut Cataloged) -> Result<(), CatalogError> {
    if file.is_of_installed_package() {
        return Ok(());
    }
    let packages = file.toml::<Lock>()?.package;
    let mut by_name: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, package) in packages.iter().enumerate() {
        by_name.entry(&package.name).or_default().push(index);
    }
    let members =
        (0..packages.len()).filter(|index| packages.get(*index).is_some_and(Entry::is_member));
    let reached = reachable(packages.len(), members, |index, open| {
        let Some(package) = packages.get(index) else { return };
        let optional = package.optional_dependencies.0.iter().flat_map(|(_, extra)| extra);
        for dependency in package.dependencies.iter().chain(optional) {
            let named = by_name.get(dependency.name.as_str()).into_iter().flatten().copied();
            open.extend(named.filter(|index| {
                packages.get(*index).is_some_and(|package| package.is_answer_to(dependency))
            }));
        }
    });
    // The lock of a script has no members: all of it is needed.
    let is_all = !packages.iter().any(Entry::is_member);
    for (package, is_reached) in packages.iter().zip(reached) {
        let is_local = package.source.directory.is_some() && package.version.is_none();
        if (is_reached || is_all) && !package.is_member() && !is_local {
            let version = package.version.as_deref().unwrap_or_default();
            out.declare(PackageKind::Pypi, &package.name, version)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shown::shown;

    #[test]
    fn what_only_development_groups_reach_is_left_out() {
        insta::assert_snapshot!(shown(&CATALOGER, "uv.lock", r#"
version = 1
requires-python = ">=3.8"

[[package]]
name = "app"
version = "0.1.0"
source = { virtual = "." }
dependencies = [{ name = "numpy", version = "1.24.4", source = { registry = "https://example.org/simple" }, marker = "python_full_version < '3.9'" }]

[package.optional-dependencies]
web = [{ name = "flask" }]

[package.dev-dependencies]
dev = [{ name = "pytest" }, { name = "numpy", version = "2.0.0" }]

[[package]]
name = "numpy"
version = "1.24.4"
source = { registry = "https://example.org/simple" }

[[package]]
name = "numpy"
version = "2.0.0"
source = { registry = "https://example.org/simple" }

[[package]]
name = "flask"
version = "3.0.0"
source = { registry = "https://example.org/simple" }
dependencies = [{ name = "click" }, { name = "flask" }]

[[package]]
name = "click"
version = "8.1.7"
source = { registry = "https://example.org/simple" }

[[package]]
name = "pytest"
version = "8.0.0"
source = { registry = "https://example.org/simple" }
"#), @"
        pypi numpy 1.24.4
        pypi flask 3.0.0
        pypi click 8.1.7
        ");
    }

    #[test]
    fn a_lock_without_members_is_needed_whole() {
        let text = "[[package]]\nname = \"a\"\nversion = \"1\"\n[[package]]\nname = \"b\"\n";
        insta::assert_snapshot!(shown(&CATALOGER, "uv.lock", text), @r#"
        pypi a 1
        damage: no version of "b"
        "#);
    }
}

//! Packages that a `package-lock.json` or `npm-shrinkwrap.json` pins, without those of
//! development.
//!
//! Format: JSON; npm's documentation, "package-lock.json". Since version 2 `packages` maps the
//! places in `node_modules`; version 1 has a tree of `dependencies`, in which the version also
//! says where a package comes from that is from no registry.

use sekisho_archive::limits;
use sekisho_types::PackageKind;
use serde::Deserialize;

use crate::{
    CatalogError, Cataloged, Cataloger, File, Record, Scope, Selects, identity,
    json::{Members, Strings},
};

pub(super) const CATALOGER: Cataloger = Cataloger {
    id: "npm-lock",
    version: 1,
    scope: Scope::Declared,
    selects: Selects::Paths(&["**/package-lock.json", "**/npm-shrinkwrap.json"]),
    parse,
};

#[derive(Deserialize)]
struct Lock {
    packages: Option<Members<Place>>,
    /// In version 2 for older clients, the same packages again.
    #[serde(default)]
    dependencies: Members<Dependency>,
}

#[derive(Deserialize)]
struct Place {
    /// Where it differs from the folder.
    name: Option<String>,
    version: Option<String>,
    resolved: Option<String>,
    #[serde(default)]
    license: Strings,
    #[serde(default)]
    dev: bool,
    /// To a folder of the project.
    #[serde(default)]
    link: bool,
}

#[derive(Deserialize)]
struct Dependency {
    version: Option<String>,
    #[serde(default)]
    dev: bool,
    #[serde(default)]
    dependencies: Members<Self>,
}

fn parse(file: &mut File<'_>, out: &mut Cataloged) -> Result<(), CatalogError> {
    if file.is_of_installed_package() {
        return Ok(());
    }
    let lock: Lock = file.json(limits::LOCK_FILE_BYTES)?;
    match lock.packages {
        Some(places) => add_places(places, out),
        None => add_dependencies(&lock.dependencies, out),
    }
}

fn add_places(places: Members<Place>, out: &mut Cataloged) -> Result<(), CatalogError> {
    for (path, place) in places.0 {
        // What lies elsewhere is a folder of the project itself.
        let Some((_, folder)) = path.rsplit_once("node_modules/") else { continue };
        if place.dev || place.link {
            continue;
        }
        let name = place.name.unwrap_or_else(|| folder.to_owned());
        let version = place.version.unwrap_or_default();
        if let Some(mut package) = identity::package(PackageKind::Npm, &name, &version) {
            for license in &place.license.0 {
                identity::add_license(&mut package, license);
            }
            out.add_record(Record { package, key: None, inner_path: None })?;
        } else if !place.resolved.is_some_and(|place| place.starts_with("file:")) {
            out.declare(PackageKind::Npm, &name, &version)?;
        }
    }
    Ok(())
}

/// Adds a tree; the JSON reader bounds how deep it is.
fn add_dependencies(
    dependencies: &Members<Dependency>,
    out: &mut Cataloged,
) -> Result<(), CatalogError> {
    for (name, dependency) in &dependencies.0 {
        if !dependency.dev {
            let version = dependency.version.as_deref().unwrap_or_default();
            if let Some((name, version)) =
                version.strip_prefix("npm:").and_then(|alias| alias.rsplit_once('@'))
            {
                out.declare(PackageKind::Npm, name, version)?;
            } else if version.contains(':') || version.contains('/') {
                if !version.starts_with("file:") {
                    out.damage(format!("no version of {name:?}, which is from no registry"));
                }
            } else {
                out.declare(PackageKind::Npm, name, version)?;
            }
        }
        add_dependencies(&dependency.dependencies, out)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shown::shown;

    fn read(text: &str) -> String {
        shown(&CATALOGER, "app/package-lock.json", text)
    }

    #[test]
    fn version_3_names_the_folders() {
        insta::assert_snapshot!(read(r#"{
            "name": "app", "version": "1.0.0", "lockfileVersion": 3, "requires": true,
            "packages": {
                "": {"name": "app", "version": "1.0.0", "workspaces": ["own"]},
                "node_modules/own": {"resolved": "own", "link": true},
                "own": {"version": "0.1.0"},
                "node_modules/@babel/core": {"version": "7.0.0", "license": "MIT", "optional": true},
                "node_modules/a/node_modules/b": {"version": "2.0.0-rc.1", "devOptional": true},
                "own/node_modules/c": {"version": "3.0.0"},
                "node_modules/renamed": {"name": "real", "version": "1.2.3"},
                "node_modules/jest": {"version": "29.0.0", "dev": true},
                "node_modules/lost": {"resolved": "https://example.org/lost.tgz"},
                "node_modules/near": {"resolved": "file:../near"},
                "node_modules/": {"version": "1"}
            }
        }"#), @r#"
        npm @babel/core 7.0.0 ["MIT"]
        npm b 2.0.0-rc.1
        npm c 3.0.0
        npm real 1.2.3
        damage: no version of "lost"
        damage: a package without a name
        "#);
    }

    #[test]
    fn version_2_is_listed_once() {
        insta::assert_snapshot!(read(r#"{
            "lockfileVersion": 2,
            "packages": {"": {}, "node_modules/a": {"version": "1.0.0"}},
            "dependencies": {"a": {"version": "1.0.0"}}
        }"#), @"npm a 1.0.0");
    }

    #[test]
    fn version_1_is_a_tree() {
        insta::assert_snapshot!(read(r#"{
            "lockfileVersion": 1,
            "dependencies": {
                "a": {"version": "1.0.0", "resolved": "https://example.org/a.tgz", "dependencies": {
                    "b": {"version": "2.0.0"}, "dev": {"version": "1.0.0", "dev": true}
                }},
                "renamed": {"version": "npm:@real/name@1.2.3"},
                "forked": {"version": "git+ssh://git@example.org/forked.git#0123"},
                "near": {"version": "file:../near"},
                "lost": {}
            }
        }"#), @r#"
        npm a 1.0.0
        npm b 2.0.0
        npm @real/name 1.2.3
        damage: no version of "forked", which is from no registry
        damage: no version of "lost"
        "#);
    }

    #[test]
    fn a_tree_without_end_is_an_error() {
        let text = r#"{"dependencies":{"a":"#.repeat(10_000);
        insta::assert_snapshot!(read(&text), @"error: not valid JSON of the expected shape: recursion limit exceeded at line 1 column 1340");
    }
}

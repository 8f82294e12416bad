//! Packages that a `pnpm-lock.yaml` pins, without those of development.
//!
//! Format: YAML; pnpm's `lockfile/types/src/index.ts`. A key is `/name/1.2.3_peers` up to
//! version 5, `/name@1.2.3(peers)` in version 6, and `name@1.2.3(peers)` since 9. Up to version
//! 6 a package says whether it is for development; since then the graph of `snapshots` tells.

use std::collections::{BTreeMap, BTreeSet};

use sekisho_types::PackageKind;
use serde::Deserialize;

use crate::{
    CatalogError, Cataloged, Cataloger, File, Scope, Selects, json::Members, lock_file::reachable,
};

pub(super) const CATALOGER: Cataloger = Cataloger {
    id: "pnpm-lock",
    version: 1,
    scope: Scope::Declared,
    selects: Selects::Paths(&["**/pnpm-lock.yaml"]),
    parse,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Lock {
    lockfile_version: String,
    #[serde(default)]
    importers: Members<Importer>,
    #[serde(default)]
    packages: Members<Option<Entry>>,
    #[serde(default)]
    snapshots: Members<Option<Snapshot>>,
}

/// A project of the workspace.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Importer {
    #[serde(default)]
    dependencies: Members<Wanted>,
    #[serde(default)]
    optional_dependencies: Members<Wanted>,
}

/// Up to version 5 the version alone, later a map. Only version 9 needs it.
#[derive(Deserialize)]
#[serde(untagged)]
enum Wanted {
    Version(String),
    Map { version: String },
}

#[derive(Default, Deserialize)]
struct Entry {
    /// These two where the key does not tell: of a package from no registry.
    name: Option<String>,
    version: Option<String>,
    #[serde(default)]
    dev: bool,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Snapshot {
    #[serde(default)]
    dependencies: Members<String>,
    #[serde(default)]
    optional_dependencies: Members<String>,
}

fn parse(file: &mut File<'_>, out: &mut Cataloged) -> Result<(), CatalogError> {
    if file.is_of_installed_package() {
        return Ok(());
    }
    let lock: Lock = file.yaml()?;
    let major = lock.lockfile_version.split('.').next().and_then(|major| major.parse::<u32>().ok());
    let needed = match major {
        Some(9..) => Some(needed(&lock)),
        Some(..9) => None,
        None => {
            let reason = format!("an unknown version of the format, {:?}", lock.lockfile_version);
            out.damage(reason);
            return Ok(());
        }
    };
    for (key, entry) in &lock.packages.0 {
        let entry = entry.as_ref();
        let is_needed = match &needed {
            Some(needed) => needed.contains(without_peers(key)),
            None => entry.is_none_or(|entry| !entry.dev),
        };
        if is_needed {
            let (name, version) = if major < Some(6) { split_slash(key) } else { split_at(key) };
            // Folders of the project.
            if ["file:", "link:"]
                .iter()
                .any(|place| name.starts_with(place) || version.starts_with(place))
            {
                continue;
            }
            let name = entry.and_then(|entry| entry.name.as_deref()).unwrap_or(name);
            let version = entry.and_then(|entry| entry.version.as_deref()).unwrap_or(version);
            add(name, version, out)?;
        }
    }
    Ok(())
}

fn add(name: &str, version: &str, out: &mut Cataloged) -> Result<(), CatalogError> {
    if version.contains(':') || version.contains('/') {
        out.damage(format!("no version of {name:?}, which is from no registry"));
        return Ok(());
    }
    out.declare(PackageKind::Npm, name, version)
}

/// Keys of the packages that some project needs to run.
fn needed(lock: &Lock) -> BTreeSet<&str> {
    let snapshots = &lock.snapshots.0;
    let indexes: BTreeMap<&str, usize> =
        snapshots.iter().zip(0..).map(|((key, _), index)| (key.as_str(), index)).collect();
    // A version that names a package is an alias, or the package is from no registry.
    let find = |name: &str, version: &str| {
        let found = indexes.get(format!("{name}@{version}").as_str());
        found.or_else(|| indexes.get(version)).copied()
    };
    let roots = lock.importers.0.iter().flat_map(|(_, importer)| {
        importer.dependencies.0.iter().chain(&importer.optional_dependencies.0)
    });
    let roots = roots.filter_map(|(name, wanted)| {
        let (Wanted::Version(version) | Wanted::Map { version }) = wanted;
        find(name, version)
    });
    let reached = reachable(snapshots.len(), roots, |index, open| {
        if let Some((_, Some(snapshot))) = snapshots.get(index) {
            let edges = snapshot.dependencies.0.iter().chain(&snapshot.optional_dependencies.0);
            open.extend(edges.filter_map(|(name, version)| find(name, version)));
        }
    });
    let keys = snapshots.iter().zip(reached).filter(|(_, is_reached)| *is_reached);
    keys.map(|((key, _), _)| without_peers(key)).collect()
}

fn without_peers(key: &str) -> &str {
    key.split_once('(').map_or(key, |(package, _)| package)
}

/// Name and version of `/@a/b@1.2.3(peers)`.
fn split_at(key: &str) -> (&str, &str) {
    let key = without_peers(key).trim_start_matches('/');
    // The `@` of a scope stands first; one in an address comes after that of the version.
    let (scope, rest) = match key.split_once('/') {
        Some((scope, rest)) if scope.starts_with('@') => (scope.len() + 1, rest),
        _ => (0, key),
    };
    let name_bytes = rest.find('@').map_or(key.len(), |at| scope + at);
    let (name, version) = key.split_at_checked(name_bytes).unwrap_or((key, ""));
    (name, version.trim_start_matches('@'))
}

/// Name and version of `/@a/b/1.2.3_peers` or `host/b/1.2.3`.
fn split_slash(key: &str) -> (&str, &str) {
    let Some((name, version)) = key.rsplit_once('/') else { return (key, "") };
    let version = version.split_once('_').map_or(version, |(version, _)| version);
    let name = match name.strip_prefix('/') {
        Some(name) => name,
        None => name.split_once('/').map_or(name, |(_, name)| name),
    };
    (name, version)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shown::shown;

    fn read(text: &str) -> String {
        shown(&CATALOGER, "pnpm-lock.yaml", text)
    }

    #[test]
    fn version_5_separates_by_slashes() {
        insta::assert_snapshot!(read("
lockfileVersion: 5.4
dependencies:
  a: 1.2.3
packages:
  /a/1.2.3:
    resolution: {integrity: sha512-AA==}
    dev: false
  /@b/c/2.0.0_react@17.0.0:
    dev: false
  /jest/29.0.0:
    dev: true
  registry.example.org/d/3.0.0:
    dev: false
  github.com/e/f/0123abc:
    resolution: {tarball: https://example.org/f.tgz}
    name: f
    version: 4.0.0
    dev: false
  file:../near:
    resolution: {directory: ../near, type: directory}
    name: near
    version: 0.1.0
    dev: false
"), @"
        npm a 1.2.3
        npm @b/c 2.0.0
        npm d 3.0.0
        npm f 4.0.0
        ");
    }

    #[test]
    fn version_6_separates_by_an_at_sign() {
        insta::assert_snapshot!(read("
lockfileVersion: '6.0'
dependencies:
  a:
    specifier: ^1.0.0
    version: 1.2.3
packages:

  /a@1.2.3:
    resolution: {integrity: sha512-AA==}
    dev: false

  /@b/c@2.0.0(@d/e@1.0.0):
    dev: false

  /jest@29.0.0:
    dev: true
"), @"
        npm a 1.2.3
        npm @b/c 2.0.0
        ");
    }

    #[test]
    fn version_9_tells_development_by_the_graph() {
        insta::assert_snapshot!(read("
lockfileVersion: '9.0'
importers:
  .:
    dependencies:
      '@a/b':
        specifier: ^1.0.0
        version: 1.2.3(react@18.0.0)
      renamed:
        specifier: npm:real@1
        version: real@1.0.0
      own:
        specifier: workspace:*
        version: link:packages/own
      forked:
        specifier: github:x/forked
        version: https://example.org/forked/tar.gz/0123
    devDependencies:
      jest:
        specifier: ^29.0.0
        version: 29.0.0
  packages/own:
    optionalDependencies:
      fsevents:
        specifier: ^2.0.0
        version: 2.3.3
packages:
  '@a/b@1.2.3':
    resolution: {integrity: sha512-AA==}
  real@1.0.0: {}
  react@18.0.0: {}
  forked@https://example.org/forked/tar.gz/0123:
    resolution: {tarball: https://example.org/forked/tar.gz/0123}
    version: 0.9.0
  fsevents@2.3.3: {}
  jest@29.0.0: {}
  only-of-jest@1.0.0: {}
snapshots:
  '@a/b@1.2.3(react@18.0.0)':
    dependencies:
      react: 18.0.0
  real@1.0.0: {}
  react@18.0.0: {}
  forked@https://example.org/forked/tar.gz/0123: {}
  fsevents@2.3.3:
    optional: true
  jest@29.0.0:
    dependencies:
      only-of-jest: 1.0.0
  only-of-jest@1.0.0: {}
"), @"
        npm @a/b 1.2.3
        npm real 1.0.0
        npm react 18.0.0
        npm forked 0.9.0
        npm fsevents 2.3.3
        ");
    }

    #[test]
    fn what_is_not_understood_is_named() {
        insta::assert_snapshot!(read("lockfileVersion: soon\n"), @r#"damage: an unknown version of the format, "soon""#);
        insta::assert_snapshot!(read("lockfileVersion: '6.0'\npackages:\n  /@: {}\n  /a@https://x/y: {}\n  '': {}\n"), @r#"
        damage: a package without a name
        damage: no version of "a", which is from no registry
        damage: a package without a name
        "#);
        insta::assert_snapshot!(read("packages: {}\n"), @r#"error: not valid YAML at line 1: "missing field `lockfileVersion` at line 1, column 1""#);
        insta::assert_snapshot!(read("lockfileVersion: 5.3\npackages:\n"), @"");
    }
}

//! Packages that a `bun.lock` pins, without those that only development needs.
//!
//! Format: JSON with commas after the last item, which is also YAML; bun's documentation,
//! "Lockfile", and `src/install/lockfile/bun.lock.zig`. `packages` maps the place in
//! `node_modules`, `a` or `b/a` for the one that `b` alone sees, to a list that starts with
//! `name@version`.

use std::collections::{BTreeMap, BTreeSet};

use sekisho_types::PackageKind;
use serde::{Deserialize, de::IgnoredAny};

use crate::{
    CatalogError, Cataloged, Cataloger, File, Scope, Selects,
    json::{List, Members},
    lock_file::reachable,
};

pub(super) const CATALOGER: Cataloger = Cataloger {
    id: "bun-lock",
    version: 1,
    scope: Scope::Declared,
    selects: Selects::Paths(&["**/bun.lock"]),
    parse,
};

#[derive(Deserialize)]
struct Lock {
    workspaces: Members<Edges>,
    #[serde(default)]
    packages: Members<Vec<Part>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Edges {
    #[serde(default)]
    dependencies: Members<IgnoredAny>,
    #[serde(default)]
    optional_dependencies: Members<IgnoredAny>,
    #[serde(default)]
    peer_dependencies: Members<IgnoredAny>,
    /// Those peers that are used where something else brings them.
    #[serde(default)]
    optional_peers: List<String>,
}

/// An item of the list that describes a package.
#[derive(Deserialize)]
#[serde(untagged)]
enum Part {
    Text(String),
    Edges(Edges),
    Other(IgnoredAny),
}

impl Edges {
    fn names(&self) -> Vec<&str> {
        let optional: BTreeSet<&str> = self.optional_peers.0.iter().map(String::as_str).collect();
        let peers = self.peer_dependencies.0.iter();
        let peers = peers.filter(|(name, _)| !optional.contains(name.as_str()));
        let others = self.dependencies.0.iter().chain(&self.optional_dependencies.0);
        others.chain(peers).map(|(name, _)| name.as_str()).collect()
    }
}

fn parse(file: &mut File<'_>, out: &mut Cataloged) -> Result<(), CatalogError> {
    if file.is_of_installed_package() {
        return Ok(());
    }
    let lock: Lock = file.yaml()?;
    let packages = &lock.packages.0;
    let indexes: BTreeMap<&str, usize> =
        packages.iter().zip(0..).map(|((place, _), index)| (place.as_str(), index)).collect();
    let roots = lock.workspaces.0.iter().flat_map(|(_, workspace)| workspace.names());
    let roots: Vec<usize> = roots.filter_map(|name| indexes.get(name).copied()).collect();
    let reached = reachable(packages.len(), roots, |index, open| {
        let Some((place, parts)) = packages.get(index) else { return };
        for part in parts {
            if let Part::Edges(edges) = part {
                open.extend(
                    edges.names().into_iter().filter_map(|name| find(&indexes, place, name)),
                );
            }
        }
    });
    for ((_, parts), is_reached) in packages.iter().zip(reached) {
        let Some(Part::Text(resolution)) = parts.first().filter(|_| is_reached) else { continue };
        let at = resolution.char_indices().skip(1).find(|(_, letter)| *letter == '@');
        let (name, version) = at
            .and_then(|(at, _)| resolution.split_at_checked(at))
            .map_or((resolution.as_str(), ""), |(name, rest)| (name, rest.trim_start_matches('@')));
        match version.split_once(':') {
            Some(("workspace" | "link" | "file" | "root", _)) => (),
            Some(_) => out.damage(format!("no version of {name:?}, which is from no registry")),
            None => out.declare(PackageKind::Npm, name, version)?,
        }
    }
    Ok(())
}

/// The package that `name` means to the one at `place`: the nearest above it.
fn find(indexes: &BTreeMap<&str, usize>, place: &str, name: &str) -> Option<usize> {
    let mut folder = place;
    loop {
        if let Some(index) = indexes.get(format!("{folder}/{name}").as_str()) {
            return Some(*index);
        }
        match folder.rsplit_once('/') {
            Some((above, _)) => folder = above,
            None => return indexes.get(name).copied(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shown::shown;

    #[test]
    fn what_only_development_needs_is_left_out() {
        insta::assert_snapshot!(shown(&CATALOGER, "bun.lock", r#"{
  "lockfileVersion": 1,
  "workspaces": {
    "": {
      "name": "app",
      "dependencies": { "@a/b": "^1.0.0", "own": "workspace:*", "forked": "github:x/forked", },
      "devDependencies": { "jest": "^29.0.0", },
    },
    "packages/own": { "name": "own", "dependencies": { "c": "2", }, },
  },
  "packages": {
    "@a/b": ["@a/b@1.2.3", "", { "dependencies": { "c": "^1.0.0" }, "peerDependencies": { "only-of-jest": "*", "peer": "1" }, "optionalPeers": ["only-of-jest"] }, "sha512-AA=="],
    "@a/b/c": ["c@1.0.0", "", {}, "sha512-AA=="],
    "c": ["c@2.0.0", "", { "bin": { "c": "c.js" } }, "sha512-AA=="],
    "forked": ["forked@github:x/forked#0123", {}, "x-forked-0123"],
    "jest": ["jest@29.0.0", "", { "dependencies": { "only-of-jest": "1" } }, "sha512-AA=="],
    "only-of-jest": ["only-of-jest@1.0.0", "", {}, "sha512-AA=="],
    "peer": ["peer@1.0.0", "", {}, "sha512-AA=="],
    "own": ["own@workspace:packages/own"],
  }
}
"#), @r#"
        npm @a/b 1.2.3
        npm c 1.0.0
        npm c 2.0.0
        npm peer 1.0.0
        damage: no version of "forked", which is from no registry
        "#);
    }

    #[test]
    fn nonsense_is_an_error() {
        insta::assert_snapshot!(shown(&CATALOGER, "bun.lock", r#"{"workspaces": [], }"#), @r#"error: not valid YAML at line 1: "invalid type: sequence, expected an object at line 1, column 2""#);
    }
}

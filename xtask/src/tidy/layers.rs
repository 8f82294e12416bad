//! The layers of crates, kept by reading what each one depends on.

use std::collections::BTreeMap;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};

use super::assert_none;
use crate::root;

/// A crate may use crates of the layers before its own, and of no other. This table is the only
/// place where a new edge is allowed; ARCHITECTURE.md says what each crate is for.
const LAYERS: &[(&str, &[&str])] = &[
    ("words", &["sekisho-types"]),
    (
        "tools",
        &[
            "sekisho-archive",
            "sekisho-builtin",
            "sekisho-check",
            "sekisho-filter",
            "sekisho-sbom",
            "sekisho-version",
        ],
    ),
    (
        "sources",
        &[
            "sekisho-advisory",
            "sekisho-bpf",
            "sekisho-engine",
            "sekisho-image",
            "sekisho-mirror",
            "sekisho-registry",
        ],
    ),
    ("runners", &["sekisho-container"]),
    (
        "judges",
        &[
            "sekisho-catalog",
            "sekisho-dockerfile",
            "sekisho-deploy",
            "sekisho-enforce",
            "sekisho-host",
            "sekisho-imagecheck",
            "sekisho-imagetest",
            "sekisho-match",
            "sekisho-policy",
            "sekisho-profile",
            "sekisho-rules",
            "sekisho-secret",
            "sekisho-sensor",
        ],
    ),
    ("joins", &["sekisho-agent", "sekisho-bus", "sekisho-report", "sekisho-scan", "sekisho-store"]),
    ("server", &["sekisho-console"]),
    ("binary", &["sekisho"]),
];

/// Builders for tests and the demo: a dev-dependency of any crate, a dependency of xtask alone.
const DEVELOPMENT: &[&str] = &["sekisho-testkit"];

/// The crate of chores, outside the layers.
const CHORES: &str = "xtask";

fn metadata() -> Metadata {
    MetadataCommand::new().current_dir(root()).no_deps().exec().unwrap()
}

fn layer_of(name: &str) -> Option<usize> {
    LAYERS.iter().position(|(_, crates)| crates.contains(&name))
}

/// The edges that point up or sideways, and the crates in no layer.
fn wrong_edges(edges: &BTreeMap<String, Vec<String>>) -> Vec<String> {
    let mut wrong = Vec::new();
    for (user, used) in edges {
        if user == CHORES {
            continue;
        }
        let user_layer = layer_of(user);
        if user_layer.is_none() && !DEVELOPMENT.contains(&user.as_str()) {
            wrong.push(format!("{user} is in no layer"));
        }
        for used in used {
            // What is for development only stands above everything that is shipped.
            let is_below = match (layer_of(used), user_layer) {
                (Some(used), Some(user)) => used < user,
                (Some(_), None) => true,
                (None, _) => false,
            };
            if !is_below {
                wrong.push(format!("{user} -> {used}"));
            }
        }
    }
    wrong
}

#[test]
fn crates_use_lower_layers_only() {
    let metadata = metadata();
    let ours: Vec<&str> = metadata.packages.iter().map(|package| package.name.as_str()).collect();
    let edges = metadata.packages.iter().map(|package| {
        let used = package
            .dependencies
            .iter()
            .filter(|used| used.kind != DependencyKind::Development)
            .filter(|used| ours.contains(&used.name.as_str()))
            .map(|used| used.name.clone())
            .collect();
        (package.name.to_string(), used)
    });
    assert_none(&wrong_edges(&edges.collect()), "dependencies that point up or sideways");
}

#[test]
fn an_edge_up_or_sideways_is_found() {
    let edge = |user: &str, used: &str| (user.to_owned(), vec![used.to_owned()]);
    let edges = BTreeMap::from([
        edge("sekisho-archive", "sekisho-sbom"),
        edge("sekisho-catalog", "sekisho-types"),
        edge("sekisho-image", "sekisho-testkit"),
        edge("sekisho-nobody", "sekisho-types"),
        edge("sekisho-testkit", "sekisho-archive"),
        edge("sekisho-types", "sekisho"),
        edge("xtask", "sekisho-testkit"),
    ]);
    insta::assert_snapshot!(wrong_edges(&edges).join("\n"), @"
    sekisho-archive -> sekisho-sbom
    sekisho-image -> sekisho-testkit
    sekisho-nobody is in no layer
    sekisho-types -> sekisho
    ");
}

#[test]
fn the_table_and_the_folders_agree() {
    let mut wrong = Vec::new();
    for entry in fs_err::read_dir(root().join("crates")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if layer_of(&name).is_none() && !DEVELOPMENT.contains(&name.as_str()) {
            wrong.push(format!("crates/{name} is in no layer of xtask/src/tidy/layers.rs"));
        }
        let manifest = root().join("crates").join(&name).join("Cargo.toml");
        if !fs_err::read_to_string(manifest).unwrap().contains(&format!("name = \"{name}\"\n")) {
            wrong.push(format!("crates/{name} holds a crate of another name"));
        }
    }
    assert_none(&wrong, "folders of crates");
}

//! Names, lengths and forbidden texts of source files.

use super::{assert_none, sources};
use crate::root;

const MAX_LINES: usize = 500;

/// Files that may be longer, each with its reason: tables and suites of test data only.
const LONG_FILES: &[(&str, &str)] = &[];

/// Names that say nothing about what a file holds.
const EMPTY_NAMES: &[&str] = &["common", "core", "handler", "helpers", "manager", "misc", "utils"];

/// Hosts of package registries. Test data names `registry.example` instead: no reader and no
/// test may be sent to a real one.
const REGISTRY_HOSTS: &[&str] = &[
    concat!("static.", "crates.io"),
    concat!("index.", "crates.io"),
    concat!("registry.", "npmjs.org"),
    concat!("registry.", "yarnpkg.com"),
    concat!("pypi", ".org"),
    concat!("files.", "pythonhosted.org"),
    concat!("proxy.", "golang.org"),
    concat!("rubygems", ".org"),
    concat!("packagist", ".org"),
    concat!("repo1.maven", ".org"),
    concat!("repo.maven", ".apache.org"),
    concat!("api.nuget", ".org"),
];

/// Rust that is not written here, and what is written instead.
const FORBIDDEN_RUST: &[(&str, &str)] = &[
    (concat!("#[", "allow("), "#[expect(…, reason = \"…\")]"),
    (concat!("#[", "ignore"), "a test that prints `skipped: needs …`"),
    (concat!("#[", "should_panic"), "an assertion on the value"),
];

#[test]
fn files_are_short_enough_to_be_read() {
    let mut wrong = Vec::new();
    for file in sources().iter().filter(|file| file.has_extension("rs")) {
        let is_listed = LONG_FILES.iter().any(|(path, _)| *path == file.path);
        let n_lines = file.n_lines();
        if MAX_LINES < n_lines && !is_listed {
            wrong.push(format!("{}: {n_lines} lines, split it by noun", file.path));
        }
        if n_lines <= MAX_LINES && is_listed {
            wrong.push(format!("{}: {n_lines} lines, take it off LONG_FILES", file.path));
        }
    }
    assert_none(&wrong, &format!("files are at most {MAX_LINES} lines long"));
}

#[test]
fn names_say_what_a_file_holds() {
    let mut wrong = Vec::new();
    for file in sources().iter().filter(|file| file.has_extension("rs")) {
        if file.stem() == "mod" {
            wrong.push(format!("{}: `foo.rs` beside `foo/` instead", file.path));
        }
        // Folders and files are modules alike.
        for part in file.path.split('/').chain([file.stem()]) {
            if EMPTY_NAMES.contains(&part) {
                wrong.push(format!("{}: {part:?} says nothing", file.path));
            }
        }
    }
    assert_none(&wrong, "names of modules");
}

#[test]
fn crates_say_what_they_are_for() {
    let mut wrong = Vec::new();
    for file in sources() {
        let is_root = file.path.ends_with("/src/lib.rs") || file.path.ends_with("/src/main.rs");
        if is_root && !file.text.starts_with("//! ") {
            wrong.push(format!("{} starts without `//!`", file.path));
        }
    }
    assert_none(&wrong, "module documentation");
}

#[test]
fn forbidden_rust_is_not_written() {
    let mut wrong = Vec::new();
    for file in sources().iter().filter(|file| file.has_extension("rs")) {
        for (number, line) in (1..).zip(file.text.lines()) {
            for (text, instead) in FORBIDDEN_RUST {
                if line.contains(text) {
                    wrong.push(format!("{}:{number}: {text}: write {instead}", file.path));
                }
            }
        }
    }
    assert_none(&wrong, "forbidden Rust");
}

#[test]
fn nothing_names_a_machine_or_a_package_registry() {
    let checkout = root().to_str().unwrap();
    let mut wrong = Vec::new();
    for file in sources() {
        for (number, line) in (1..).zip(file.text.lines()) {
            let is_machine = checkout.len() > "/root".len() && line.contains(checkout);
            if is_machine || REGISTRY_HOSTS.iter().any(|host| line.contains(host)) {
                wrong.push(format!("{}:{number}: {}", file.path, line.trim()));
            }
        }
    }
    assert_none(&wrong, "paths of a machine and hosts of package registries");
}

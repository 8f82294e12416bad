//! What the manifest of every crate says.

use toml::{Table, Value};

use super::{assert_none, sources};

/// The value at a dotted path of keys.
fn value<'a>(manifest: &'a Table, path: &str) -> Option<&'a Value> {
    let mut keys = path.split('.');
    let first = manifest.get(keys.next()?)?;
    keys.try_fold(first, |value, key| value.get(key))
}

#[test]
fn every_crate_follows_the_workspace() {
    let mut wrong = Vec::new();
    for file in sources() {
        let folder = file.path.strip_suffix("/Cargo.toml").unwrap_or_default();
        let is_library = folder.starts_with("crates/");
        if !is_library && folder != "xtask" {
            continue;
        }
        let manifest: Table = file.text.parse().unwrap();
        let is_true = |path: &str| value(&manifest, path).and_then(Value::as_bool) == Some(true);
        for key in ["version", "edition", "rust-version", "license", "publish"] {
            if !is_true(&format!("package.{key}.workspace")) {
                wrong.push(format!("{}: no `{key}.workspace = true`", file.path));
            }
        }
        if !is_true("lints.workspace") {
            wrong.push(format!("{}: no `lints.workspace = true`", file.path));
        }
        if value(&manifest, "package.description").is_none() {
            wrong.push(format!("{}: no description", file.path));
        }
        if is_library && value(&manifest, "lib.doctest").and_then(Value::as_bool) != Some(false) {
            wrong.push(format!("{}: no `lib.doctest = false`", file.path));
        }
        for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let Some(dependencies) = value(&manifest, section).and_then(Value::as_table) else {
                continue;
            };
            for (name, dependency) in dependencies {
                if dependency.get("workspace").and_then(Value::as_bool) != Some(true) {
                    wrong.push(format!("{}: {name} without `workspace = true`", file.path));
                }
            }
        }
    }
    assert_none(&wrong, "manifests that leave the workspace");
}

//! The rules of STYLE.md that a machine can check, as tests.
//!
//! Each test gathers everything that is wrong before it fails, and says what to do.

mod checks;
mod documents;
mod files;
mod layers;
mod manifests;

use std::path::{Path, PathBuf};

use crate::root;

/// A text file of the repository.
struct SourceFile {
    /// From the folder of the workspace, with `/`.
    path: String,
    text: String,
}

impl SourceFile {
    fn has_extension(&self, extension: &str) -> bool {
        Path::new(&self.path).extension().is_some_and(|found| found == extension)
    }

    fn stem(&self) -> &str {
        Path::new(&self.path).file_stem().and_then(|stem| stem.to_str()).unwrap_or_default()
    }

    fn n_lines(&self) -> usize {
        self.text.lines().count()
    }
}

/// Every text file of the repository, by path; what `.gitignore` names is left out.
fn sources() -> Vec<SourceFile> {
    let ignored: Vec<PathBuf> = fs_err::read_to_string(root().join(".gitignore"))
        .unwrap()
        .lines()
        .filter_map(|line| line.strip_prefix('/'))
        .map(|line| root().join(line))
        .collect();
    let mut found = Vec::new();
    walk(root(), &ignored, &mut found);
    assert!(!found.is_empty());
    found.sort_unstable_by(|a, b| a.path.cmp(&b.path));
    found
}

fn walk(folder: &Path, ignored: &[PathBuf], found: &mut Vec<SourceFile>) {
    for entry in fs_err::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let path = entry.path();
        if entry.file_name() == ".git" || ignored.contains(&path) {
            continue;
        }
        if entry.file_type().unwrap().is_dir() {
            walk(&path, ignored, found);
        } else if let Ok(text) = String::from_utf8(fs_err::read(&path).unwrap()) {
            let path = path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
            found.push(SourceFile { path, text });
        }
    }
}

/// Fails with every complaint, a line each.
#[track_caller]
fn assert_none(complaints: &[String], rule: &str) {
    assert!(complaints.is_empty(), "{rule}:\n  {}", complaints.join("\n  "));
}

//! Length and links of the documents.

use std::path::Path;

use super::{SourceFile, assert_none, sources};
use crate::root;

/// Most lines of documents that are read from start to end.
const LINE_BUDGETS: &[(&str, usize)] =
    &[("README.md", 120), ("ARCHITECTURE.md", 300), ("CONTRIBUTING.md", 120), ("STYLE.md", 250)];

/// What the name of a file in changelog.d may end in.
const CHANGE_KINDS: &[&str] = &["added", "changed", "fixed", "security"];

fn documents() -> Vec<SourceFile> {
    let mut sources = sources();
    sources.retain(|file| file.has_extension("md"));
    sources
}

#[test]
fn documents_keep_to_their_length() {
    let documents = documents();
    let mut wrong = Vec::new();
    for (path, budget) in LINE_BUDGETS {
        let document = documents.iter().find(|file| file.path == *path).unwrap();
        let n_lines = document.n_lines();
        if *budget < n_lines {
            wrong.push(format!("{path}: {n_lines} lines of at most {budget}"));
        }
    }
    assert_none(&wrong, "documents that are too long");
}

/// The targets of inline links, outside blocks of code.
fn links(text: &str) -> Vec<&str> {
    let mut is_code = false;
    let mut links = Vec::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            is_code = !is_code;
        }
        if !is_code {
            let rest = line.split("](").skip(1);
            links.extend(rest.filter_map(|rest| rest.split_once(')')).map(|(target, _)| target));
        }
    }
    links
}

#[test]
fn links_lead_somewhere() {
    let mut wrong = Vec::new();
    for file in documents() {
        let path = root().join(&file.path);
        let folder = path.parent().unwrap();
        for link in links(&file.text) {
            let target = link.split('#').next().unwrap_or_default();
            if target.contains("://") || target.is_empty() {
                continue;
            }
            if !folder.join(target).exists() {
                wrong.push(format!("{}: {link}", file.path));
            }
        }
    }
    assert_none(&wrong, "links to files that are not there");
}

/// What stands in blocks of code.
fn blocks(text: &str) -> Vec<&str> {
    let mut is_code = false;
    let mut blocks = Vec::new();
    for line in text.lines() {
        if line.starts_with("```") {
            is_code = !is_code;
        }
        if is_code {
            blocks.push(line);
        }
    }
    blocks
}

#[test]
fn guides_say_the_same_in_both_languages() {
    let documents = documents();
    let guides = |folder: &str| -> Vec<(String, &SourceFile)> {
        documents
            .iter()
            .filter_map(|file| Some((file.path.strip_prefix(folder)?.to_owned(), file)))
            .collect()
    };
    let (english, japanese) = (guides("docs/guides/"), guides("docs/ja/"));
    let mut wrong = Vec::new();
    for (name, guide) in &english {
        match japanese.iter().find(|(other, _)| other == name) {
            None => wrong.push(format!("docs/ja/{name} is missing")),
            Some((_, mirror)) if blocks(&guide.text) != blocks(&mirror.text) => {
                wrong.push(format!("docs/ja/{name} has other commands than {}", guide.path));
            }
            Some(_) => (),
        }
    }
    for (name, mirror) in &japanese {
        if !english.iter().any(|(other, _)| other == name) {
            wrong.push(format!("{} mirrors nothing", mirror.path));
        }
    }
    assert_none(&wrong, "guides in English and in Japanese");
}

#[test]
fn links_in_code_are_not_links() {
    let text = "See [a](a.md) and [b](b/c.md#d).\n```text\n[x](y)\n```\n[e](https://e.example)\n";
    assert_eq!(links(text), ["a.md", "b/c.md#d", "https://e.example"]);
}

#[test]
fn changes_are_named_by_their_kind() {
    let mut wrong = Vec::new();
    for file in documents() {
        let Some(name) = file.path.strip_prefix("changelog.d/") else { continue };
        let kind = Path::new(file.stem()).extension().and_then(|kind| kind.to_str());
        if !kind.is_some_and(|kind| CHANGE_KINDS.contains(&kind)) && name != "README.md" {
            wrong.push(format!("{}: <slug>.<{}>.md", file.path, CHANGE_KINDS.join("|")));
        }
    }
    assert_none(&wrong, "fragments of the changelog");
}

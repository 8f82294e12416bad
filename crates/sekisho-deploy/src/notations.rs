//! The notations, a file each. A reader adds what it finds to the deployment.

mod cloudformation;
mod task_definition;
mod terraform;

use crate::{
    Deployment, json,
    node::{HOLE, Node, Value},
    problem::Problem,
    yaml,
};

pub(crate) use terraform::is_block;

/// Reads every source of the deployment.
pub(crate) fn read(deployment: &mut Deployment) {
    terraform::read(deployment);
    for file in 0..deployment.sources.len() {
        let Some(source) = deployment.sources.get(file) else { continue };
        if terraform::is_terraform(source) {
            continue;
        }
        let (is_json, text) = (is_json(source.text()), source.text());
        let documents = if is_json {
            json::read(file, text).map(|it| vec![it])
        } else {
            yaml::read(file, text)
        };
        match documents {
            Ok(documents) => {
                for document in documents {
                    read_document(deployment, document, is_json);
                }
            }
            Err(problem) => deployment.problems.push(problem),
        }
    }
}

fn read_document(deployment: &mut Deployment, mut document: Node, is_json: bool) {
    if cloudformation::read(deployment, &document) {
        return;
    }
    if !is_json {
        fill_placeholders(&mut document);
    }
    if !task_definition::read(deployment, &document) {
        let (en, ja) = ("nothing that can be checked", "検査できるものがない");
        deployment.problems.push(Problem::new(document.place, en, ja));
    }
}

/// Whether a text is JSON, comments before it left out.
fn is_json(text: &str) -> bool {
    let mut rest = text.trim_start_matches('\u{FEFF}').trim_start();
    while rest.starts_with("//") || rest.starts_with("/*") {
        let end = if rest.starts_with("//") { "\n" } else { "*/" };
        rest = rest.split_once(end).map_or("", |(_, rest)| rest).trim_start();
    }
    rest.starts_with(['{', '['])
}

/// Makes what a pipeline fills in unknown; JSON is read so.
fn fill_placeholders(node: &mut Node) {
    match &mut node.value {
        Value::Text(text) => {
            if let Some(filled) = with_holes(text) {
                *text = filled;
            }
        }
        Value::List(items) => items.iter_mut().for_each(fill_placeholders),
        Value::Map(entries) => {
            for entry in entries {
                fill_placeholders(&mut entry.value);
            }
        }
        _ => (),
    }
}

/// The text with a hole for each placeholder; none where it has none.
fn with_holes(text: &str) -> Option<String> {
    let mut filled = String::new();
    let mut rest = text;
    let mut is_changed = false;
    while let Some(char) = rest.chars().next() {
        if let Some((_, after)) = json::placeholder(rest).and_then(|end| rest.split_at_checked(end))
        {
            filled.push(HOLE);
            is_changed = true;
            rest = after;
        } else {
            filled.push(char);
            rest = rest.get(char.len_utf8()..).unwrap_or_default();
        }
    }
    is_changed.then_some(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_in_texts_become_holes() {
        assert_eq!(with_holes("r/{{ tag }}:${V}"), Some("r/\u{FFFC}:\u{FFFC}".to_owned()));
        assert_eq!(with_holes("plain"), None);
    }

    #[test]
    fn json_may_start_with_a_comment() {
        assert!(is_json("// c\n/* d */ {}"));
        assert!(!is_json("a: {}"));
    }
}

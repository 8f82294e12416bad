//! Every built-in rule is read, its examples are run, and its text is looked over.

use std::collections::BTreeSet;

use crate::rule::Rule;

fn rules() -> Vec<(String, Rule)> {
    let (mut rules, mut wrong) = (Vec::new(), Vec::new());
    for file in sekisho_builtin::files("secret") {
        match Rule::parse_checked(&file.path(), file.text) {
            Ok(rule) => rules.push((file.name.to_owned(), rule)),
            Err(err) => wrong.push(err.to_string()),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    rules
}

#[test]
fn every_example_of_every_rule_holds() {
    let mut failed = Vec::new();
    for (name, rule) in rules() {
        failed.extend(rule.failed_examples().into_iter().map(|text| format!("{name}: {text}")));
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn every_rule_says_what_it_must() {
    let mut wrong = Vec::new();
    let mut ids = BTreeSet::new();
    for (name, rule) in rules() {
        let mut complain = |text: &str| wrong.push(format!("{name}: {text}"));
        if rule.name != name {
            complain("the file is not named after the rule");
        }
        let number = rule.id.strip_prefix("SEK-SECRET-").unwrap_or_default();
        if number.len() != 4 || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            complain("the id is not SEK-SECRET-<4 digits>");
        }
        if !ids.insert(rule.id.clone()) {
            complain("the id is used twice");
        }
        if rule.title.en.chars().count() > 60 || rule.title.en.ends_with('.') {
            complain("a title has at most 60 characters and no full stop");
        }
        if rule.references.is_empty() {
            complain("there is no reference");
        }
        for (text, ja) in [
            (&rule.title.en, &rule.title.ja),
            (&rule.rationale.en, &rule.rationale.ja),
            (&rule.remediation.en, &rule.remediation.ja),
        ] {
            if text.is_empty() || !text.is_ascii() {
                complain("an English text is empty or not in ASCII");
            }
            if !ja.chars().any(|char| ('\u{3040}'..='\u{9fff}').contains(&char)) {
                complain("a text has no Japanese");
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(ids.len() >= 120, "{} rules", ids.len());
}

#[test]
fn the_schema_for_editors_knows_every_rule() {
    let schema = serde_json::from_str(include_str!("../../../rules/schema/secret.json")).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let mut wrong = Vec::new();
    for file in sekisho_builtin::files("secret") {
        let rule: serde_json::Value = serde_saphyr::from_str(file.text).unwrap();
        let errors = schema.iter_errors(&rule);
        wrong.extend(errors.map(|err| format!("{}: {err}", file.path())));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

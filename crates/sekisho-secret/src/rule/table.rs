//! The built-in rules as they are read at every start.
//!
//! `rules/secret` is what people write, one file a rule. To read a few hundred files of YAML takes
//! longer than to scan a small image, so `cargo xtask codegen` writes what a scan needs of them
//! into one file: a rule a line, in JSON. Examples stay where they are.

use std::{borrow::Cow, sync::OnceLock};

use sekisho_check::Message;
use sekisho_types::{Confidence, Severity};
use serde::{Deserialize, Serialize};

use super::{Examples, Rule};
use crate::{Mistakes, check::Check, rule_error::Mistake};

/// Where the table lies in the repository.
const PATH: &str = "crates/sekisho-secret/src/builtin_rules.jsonl";

/// What is read at every start.
pub(crate) const TEXT: &str = include_str!("../builtin_rules.jsonl");

/// One line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is a field of a rule's file")]
struct Row<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    name: Cow<'a, str>,
    severity: Severity,
    confidence: Confidence,
    title: Pair<'a>,
    rationale: Pair<'a>,
    remediation: Pair<'a>,
    references: Vec<Cow<'a, str>>,
    keywords: Vec<Cow<'a, str>>,
    ignores_case: bool,
    pattern: Cow<'a, str>,
    before_bytes: usize,
    is_whole: bool,
    entropy: f64,
    check: Check,
    files: Vec<Cow<'a, str>>,
    is_guessable: bool,
    is_published: bool,
    in_binaries: bool,
    allow: Vec<Cow<'a, str>>,
    allow_pattern: Cow<'a, str>,
}

/// In English and Japanese.
#[derive(Debug, Serialize, Deserialize)]
struct Pair<'a>(#[serde(borrow)] Cow<'a, str>, #[serde(borrow)] Cow<'a, str>);

/// Every built-in rule as its own file has it, examples included.
///
/// # Errors
///
/// The mistakes of every file that has one.
pub fn builtin_rules() -> Result<Vec<Rule>, Vec<Mistakes>> {
    let (mut rules, mut wrong) = (Vec::new(), Vec::new());
    for file in sekisho_builtin::files("secret") {
        match Rule::parse(&file.path(), file.text) {
            Ok(rule) => rules.push(rule),
            Err(mistakes) => wrong.push(mistakes),
        }
    }
    if wrong.is_empty() { Ok(rules) } else { Err(wrong) }
}

/// The path and the text of the table that follows from the files of the rules.
///
/// # Errors
///
/// As [`builtin_rules`].
pub fn builtin_table() -> Result<(&'static str, String), Vec<Mistakes>> {
    let mut text = String::new();
    for rule in builtin_rules()? {
        let row = serde_json::to_string(&Row::of(&rule)).expect("texts and numbers become JSON");
        text.push_str(&row);
        text.push('\n');
    }
    Ok((PATH, text))
}

/// The rules of the table.
pub(crate) fn rules() -> Result<Vec<Rule>, Mistakes> {
    let mut rules = Vec::new();
    for (number, line) in (1..).zip(TEXT.lines()) {
        match serde_json::from_str::<Row<'_>>(line) {
            Ok(row) => rules.push(row.into_rule()),
            Err(err) => {
                let mistake = Mistake::new((number, 1), err.to_string());
                return Err(Mistakes::one(PATH, TEXT, mistake));
            }
        }
    }
    Ok(rules)
}

impl<'a> Row<'a> {
    fn of(rule: &'a Rule) -> Self {
        let text = |text: &'a String| Cow::Borrowed(text.as_str());
        let pair = |message: &'a Message| Pair(text(&message.en), text(&message.ja));
        let list = |list: &'a [String]| list.iter().map(text).collect();
        Self {
            id: text(&rule.id),
            name: text(&rule.name),
            severity: rule.severity,
            confidence: rule.confidence,
            title: pair(&rule.title),
            rationale: pair(&rule.rationale),
            remediation: pair(&rule.remediation),
            references: list(&rule.references),
            keywords: list(&rule.keywords),
            ignores_case: rule.ignores_case,
            pattern: text(&rule.pattern),
            before_bytes: rule.before_bytes,
            is_whole: rule.is_whole,
            entropy: rule.entropy,
            check: rule.check,
            files: list(&rule.files),
            is_guessable: rule.is_guessable,
            is_published: rule.is_published,
            in_binaries: rule.in_binaries,
            allow: list(&rule.allow),
            allow_pattern: text(&rule.allow_pattern),
        }
    }

    fn into_rule(self) -> Rule {
        let list = |list: Vec<Cow<'_, str>>| list.into_iter().map(Cow::into_owned).collect();
        let message = |Pair(en, ja)| Message::new(en, ja);
        Rule {
            id: self.id.into_owned(),
            name: self.name.into_owned(),
            severity: self.severity,
            confidence: self.confidence,
            title: message(self.title),
            rationale: message(self.rationale),
            remediation: message(self.remediation),
            references: list(self.references),
            keywords: list(self.keywords),
            ignores_case: self.ignores_case,
            pattern: self.pattern.into_owned(),
            before_bytes: self.before_bytes,
            is_whole: self.is_whole,
            entropy: self.entropy,
            check: self.check,
            files: list(self.files),
            is_guessable: self.is_guessable,
            is_published: self.is_published,
            in_binaries: self.in_binaries,
            allow: list(self.allow),
            allow_pattern: self.allow_pattern.into_owned(),
            examples: Examples::default(),
            source: String::new(),
            compiled: OnceLock::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_reads_as_the_files_of_the_rules() {
        let (path, text) = builtin_table().unwrap();
        assert!(text == TEXT, "{path} is stale, run `cargo xtask codegen`");
        let again: Vec<String> = rules()
            .unwrap()
            .iter()
            .map(|rule| serde_json::to_string(&Row::of(rule)).unwrap())
            .collect();
        assert_eq!(again, TEXT.lines().collect::<Vec<_>>());
    }
}

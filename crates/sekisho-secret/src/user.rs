//! What a user says of secrets in `sekisho.yaml`.

use crate::{
    rule::{Rule, compile},
    rule_error::{Mistake, Mistakes},
    rule_set::Allow,
};

/// A file with one rule, and where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleSource {
    pub path: String,
    pub text: String,
}

/// A setting, and the line and column that it stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    pub value: String,
    pub line: u64,
    pub column: u64,
}

/// The settings, with the text they stand in for messages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserRules {
    pub files: Vec<RuleSource>,
    /// Ids or names of rules that are not asked.
    pub disable: Vec<Setting>,
    /// Values that are no secret.
    pub allow_values: Vec<Setting>,
    /// Patterns; a secret in which one matches is none.
    pub allow_patterns: Vec<Setting>,
    /// Ends of paths, as in a rule's `files`, that are not looked into.
    pub allow_paths: Vec<Setting>,
    /// Of the settings.
    pub path: String,
    pub text: String,
}

impl UserRules {
    pub(crate) fn allow(&self, wrong: &mut Vec<Mistakes>) -> Allow {
        let mut allow = Allow::default();
        let mut mistakes = Vec::new();
        for Setting { value, line, column } in &self.allow_patterns {
            match compile(value) {
                Ok(pattern) => allow.patterns.push(pattern),
                Err(text) => mistakes.push(Mistake::new((*line, *column), text)),
            }
        }
        if !mistakes.is_empty() {
            wrong.push(Mistakes::new(&self.path, &self.text, mistakes));
        }
        allow.values.extend(self.allow_values.iter().map(|it| it.value.clone().into_bytes()));
        allow.paths.extend(self.allow_paths.iter().map(|it| it.value.clone()));
        allow
    }

    pub(crate) fn is_disabled(&self, rule: &Rule) -> bool {
        self.disable.iter().any(|it| it.value == rule.id || it.value == rule.name)
    }

    /// A rule that does not exist cannot be disabled: the name has a mistake.
    pub(crate) fn check_disabled(&self, rules: &[Rule], wrong: &mut Vec<Mistakes>) {
        let is_known =
            |value: &str| rules.iter().any(|rule| rule.id == value || rule.name == value);
        let unknown = self.disable.iter().filter(|it| !is_known(&it.value));
        let mistakes: Vec<Mistake> = unknown
            .map(|it| {
                let text = format!("there is no rule {:?}", it.value);
                Mistake::new((it.line, it.column), text)
            })
            .collect();
        if !mistakes.is_empty() {
            wrong.push(Mistakes::new(&self.path, &self.text, mistakes));
        }
    }

    /// Everything that changes what is found, besides the rules.
    pub(crate) fn parts(&self) -> impl Iterator<Item = &str> {
        let lists = [&self.disable, &self.allow_values, &self.allow_patterns, &self.allow_paths];
        lists.into_iter().flat_map(|list| list.iter().map(|it| it.value.as_str()).chain(["\n"]))
    }
}

//! The rules of one scan, ready for search.

use std::{collections::BTreeSet, fmt};

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use regex_automata::Input;
use sha2::{Digest as _, Sha256};

use crate::{
    keywords::{Keywords, KeywordsBuilder},
    rule::{self, Rule},
    rule_error::{Mistake, Mistakes},
    user::{RuleSource, UserRules},
};

/// Raised when the same rules find other things than before.
const ENGINE_VERSION: u32 = 1;

/// Starts of documents that hold secrets themselves, in base64 in other documents.
const WRAPPED_DOCUMENTS: &[&str] = &["{\"auths\"", "-----BEGIN ", "apiVersion: v1\n"];

/// What an occurrence of a keyword asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asks {
    /// To try the rule of this index.
    Rule(usize),
    /// To undo base64 and look again.
    Unwrap,
}

/// A set of rules.
pub struct RuleSet {
    pub(crate) rules: Vec<Rule>,
    pub(crate) keywords: Keywords,
    /// By number of the keyword.
    pub(crate) asks: Vec<Vec<Asks>>,
    /// Rules without keywords, which look at the start of certain files.
    pub(crate) of_files: Vec<usize>,
    pub(crate) allow: Allow,
    fingerprint: String,
    /// Names of built-in rules that the user's rules took the place of.
    replaced: Vec<String>,
}

/// What the user says is no secret.
#[derive(Debug, Default)]
pub(crate) struct Allow {
    pub(crate) values: BTreeSet<Vec<u8>>,
    pub(crate) patterns: Vec<regex_automata::meta::Regex>,
    pub(crate) paths: Vec<String>,
}

impl fmt::Debug for RuleSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RuleSet({} rules)", self.rules.len())
    }
}

impl RuleSet {
    /// The built-in rules alone.
    pub fn builtin() -> Self {
        match Self::new(&UserRules::default()) {
            Ok(rules) => rules,
            Err(_) => unreachable!("a test reads the table of the built-in rules"),
        }
    }

    /// The built-in rules with what the user says of them.
    ///
    /// # Errors
    ///
    /// Every mistake in the user's files, each on its own line.
    pub fn new(user: &UserRules) -> Result<Self, Vec<Mistakes>> {
        let mut wrong = Vec::new();
        let mut hash = Sha256::new();
        hash.update(ENGINE_VERSION.to_le_bytes());
        hash.update(env!("CARGO_PKG_VERSION"));
        hash.update(rule::TEXT);
        let mut rules = rule::rules().map_err(|mistakes| vec![mistakes])?;
        let mut replaced = Vec::new();
        for RuleSource { path, text } in &user.files {
            match Rule::parse_checked(path, text) {
                Ok(rule) => {
                    if let Some(mistake) = failed_example(&rule) {
                        wrong.push(Mistakes::one(path, text, mistake));
                    }
                    if rules.iter().any(|other| other.name == rule.name) {
                        rules.retain(|other| other.name != rule.name);
                        replaced.push(rule.name.clone());
                    }
                    rules.push(rule);
                }
                Err(mistakes) => wrong.push(mistakes),
            }
            hash_part(&mut hash, text.as_bytes());
        }
        let allow = user.allow(&mut wrong);
        user.check_disabled(&rules, &mut wrong);
        if !wrong.is_empty() {
            return Err(wrong);
        }
        rules.retain(|rule| !user.is_disabled(rule));
        for part in user.parts() {
            hash_part(&mut hash, part.as_bytes());
        }
        let digest = sekisho_types::Digest::Sha256(hash.finalize().into());
        Ok(Self::build(rules, allow, digest.to_hex(), replaced))
    }

    pub(crate) fn of_rule(rule: Rule) -> Self {
        Self::build(vec![rule], Allow::default(), String::new(), Vec::new())
    }

    fn build(
        mut rules: Vec<Rule>,
        allow: Allow,
        fingerprint: String,
        replaced: Vec<String>,
    ) -> Self {
        rules.sort_by(|a, b| a.id.cmp(&b.id));
        let mut builder = KeywordsBuilder::default();
        let mut asks: Vec<Vec<Asks>> = Vec::new();
        let mut of_files = Vec::new();
        let mut ask = |keyword: &[u8], ignores_case: bool, what: Asks| {
            let Some(number) = builder.add(keyword, ignores_case) else { return };
            if asks.len() <= usize::from(number) {
                asks.push(Vec::new());
            }
            if let Some(asks) = asks.get_mut(usize::from(number))
                && !asks.contains(&what)
            {
                asks.push(what);
            }
        };
        for (index, rule) in rules.iter().enumerate() {
            if rule.keywords.is_empty() {
                of_files.push(index);
            }
            for keyword in &rule.keywords {
                ask(keyword.as_bytes(), rule.ignores_case, Asks::Rule(index));
                if rule.is_whole && !rule.ignores_case && rule.before_bytes == 0 {
                    ask(wrapped(keyword).as_bytes(), false, Asks::Unwrap);
                }
            }
        }
        for start in WRAPPED_DOCUMENTS {
            ask(wrapped(start).as_bytes(), false, Asks::Unwrap);
        }
        Self { rules, keywords: builder.finish(), asks, of_files, allow, fingerprint, replaced }
    }

    /// Changes whenever other secrets may be found in the same bytes.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// All rules, by id.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The rule of an id or a name.
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == id || rule.name == id)
    }

    /// Names of built-in rules that rules of the user took the place of.
    pub fn replaced(&self) -> &[String] {
        &self.replaced
    }

    pub(crate) fn is_allowed(&self, rule: &Rule, secret: &[u8]) -> bool {
        let input = || Input::new(secret);
        rule.allow.iter().any(|value| value.as_bytes() == secret)
            || rule.allow_regex().is_some_and(|allow| allow.is_match(input()))
            || self.allow.values.contains(secret)
            || self.allow.patterns.iter().any(|allow| allow.is_match(input()))
    }
}

/// What base64 starts with when the text does with `start`.
fn wrapped(start: &str) -> String {
    let mut text = STANDARD_NO_PAD.encode(start);
    // The last character may hold bits of what follows.
    text.truncate(start.len() * 8 / 6);
    text
}

/// Parts of different lists do not run together.
fn hash_part(hash: &mut Sha256, part: &[u8]) {
    hash.update((part.len() as u64).to_le_bytes());
    hash.update(part);
}

/// The first of a rule's own examples that it gets wrong.
fn failed_example(rule: &Rule) -> Option<Mistake> {
    let failed = rule.failed_examples();
    failed.into_iter().next().map(|text| Mistake::new((1, 1), text))
}

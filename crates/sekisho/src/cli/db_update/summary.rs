use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use sekisho_advisory::{BuildSummary, Manifest, Skipped, Source};
use sekisho_report::Language;
use serde_json::{Value, json};

use crate::cli::db_options::{columns, safe};

/// Most records of one feed that are named when they are left out; the others are counted.
const MAX_NAMED: usize = 100_000;

/// What became of one feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    Fetched,
    Unchanged,
    /// What was there before stays; why, with all causes.
    Failed(String),
}

impl Outcome {
    pub(super) fn failed(err: &anyhow::Error) -> Self {
        Self::Failed(format!("{err:#}"))
    }
}

/// What an update did, for whoever asked for it.
#[derive(Debug)]
pub(super) struct Summary {
    database: String,
    outcomes: BTreeMap<String, Outcome>,
    left_out: BTreeMap<String, LeftOut>,
    built: Option<(Manifest, Vec<String>)>,
}

#[derive(Debug, Default)]
struct LeftOut {
    named: Vec<Skipped>,
    by_reason: BTreeMap<String, u64>,
}

impl Summary {
    pub(super) fn new(database: &Path) -> Self {
        Self {
            database: database.display().to_string(),
            outcomes: BTreeMap::new(),
            left_out: BTreeMap::new(),
            built: None,
        }
    }

    pub(super) fn note(&mut self, feed: &str, outcome: Outcome) {
        self.outcomes.insert(feed.to_owned(), outcome);
    }

    pub(super) fn outcome(&self, feed: &str) -> Option<&Outcome> {
        self.outcomes.get(feed)
    }

    pub(super) fn has_failed(&self) -> bool {
        self.outcomes.values().any(|outcome| matches!(outcome, Outcome::Failed(_)))
    }

    pub(super) fn skipped(&mut self, feed: &str, record: &Skipped) {
        let left_out = self.left_out.entry(feed.to_owned()).or_default();
        *left_out.by_reason.entry(kind(&record.reason)).or_default() += 1;
        if left_out.named.len() < MAX_NAMED {
            left_out.named.push(record.clone());
        }
    }

    /// Forgets records of a build that came to nothing.
    pub(super) fn forget_records(&mut self) {
        self.left_out.clear();
    }

    pub(super) fn built(&mut self, summary: BuildSummary) {
        self.built = Some((summary.manifest, summary.rebuilt));
    }

    /// Tells what failed, on standard error.
    pub(super) fn warn(&self) {
        for (feed, outcome) in &self.outcomes {
            if let Outcome::Failed(reason) = outcome {
                tracing::error!(
                    "the feed {feed} stays as it was, for it could not be brought up to date: {}",
                    safe(reason)
                );
            }
        }
        if self.built.is_none() {
            tracing::error!("there is no feed to make a database of");
        }
    }

    pub(super) fn table(&self, language: Language, is_verbose: bool) -> String {
        let heads = match language {
            Language::English => ["source", "records", "imported", "left out", "updated", ""],
            Language::Japanese => ["情報源", "レコード", "取り込み", "除外", "更新日時", ""],
        };
        let mut rows = vec![heads.map(str::to_owned).to_vec()];
        for name in self.names() {
            let mut row = vec![safe(name)];
            row.extend(match self.source(name) {
                Some(source) => [
                    (source.advisories + source.skipped).to_string(),
                    source.advisories.to_string(),
                    source.skipped.to_string(),
                    safe(&source.updated),
                ],
                None => ["-"; 4].map(str::to_owned),
            });
            row.push(word(self.outcomes.get(name), language).to_owned());
            rows.push(row);
        }
        let mut text = columns(&rows, &[false, true, true, true, false, false]);
        for (feed, left_out) in &self.left_out {
            text.push('\n');
            for (reason, n) in &left_out.by_reason {
                text.extend([safe(feed), format!(": {n} × "), safe(reason), "\n".to_owned()]);
            }
            for Skipped { name, reason } in left_out.named.iter().filter(|_| is_verbose) {
                text.extend(["  ", &safe(name), ": ", &safe(reason), "\n"]);
            }
        }
        text
    }

    pub(super) fn json(&self) -> Value {
        let feeds: Vec<Value> = self.names().map(|name| self.feed_json(name)).collect();
        let manifest = self.built.as_ref().map(|(manifest, _)| manifest);
        json!({
            "database": self.database,
            "serial": manifest.map(|manifest| manifest.serial),
            "fetched": manifest.map(|manifest| manifest.fetched),
            "feeds": feeds,
        })
    }

    fn feed_json(&self, name: &str) -> Value {
        let source = self.source(name);
        let error = match self.outcomes.get(name) {
            Some(Outcome::Failed(reason)) => Some(reason),
            _ => None,
        };
        let left_out = self.left_out.get(name);
        let named: Vec<Value> = left_out
            .into_iter()
            .flat_map(|left_out| &left_out.named)
            .map(|Skipped { name, reason }| json!({ "name": name, "reason": reason }))
            .collect();
        let is_read = self.built.as_ref().is_some_and(|(_, read)| read.iter().any(|it| it == name));
        json!({
            "name": name,
            "records": source.map(|source| source.advisories + source.skipped),
            "imported": source.map(|source| source.advisories),
            "skipped": source.map(|source| source.skipped),
            "updated": source.map(|source| &source.updated),
            "fetched": self.outcomes.get(name) == Some(&Outcome::Fetched),
            "read": is_read,
            "error": error,
            "left_out": named,
        })
    }

    /// The feeds that were asked for and those of the database.
    fn names(&self) -> impl Iterator<Item = &str> {
        let of_database = self.built.iter().flat_map(|(manifest, _)| &manifest.sources);
        let names: BTreeSet<&str> = of_database
            .map(|source| source.name.as_str())
            .chain(self.outcomes.keys().map(String::as_str))
            .collect();
        names.into_iter()
    }

    fn source(&self, name: &str) -> Option<&Source> {
        let (manifest, _) = self.built.as_ref()?;
        manifest.sources.iter().find(|source| source.name == name)
    }
}

fn word(outcome: Option<&Outcome>, language: Language) -> &'static str {
    match (outcome, language) {
        (None, _) => "",
        (Some(Outcome::Fetched), Language::English) => "fetched",
        (Some(Outcome::Fetched), Language::Japanese) => "取得",
        (Some(Outcome::Unchanged), Language::English) => "unchanged",
        (Some(Outcome::Unchanged), Language::Japanese) => "変更なし",
        (Some(Outcome::Failed(_)), Language::English) => "FAILED",
        (Some(Outcome::Failed(_)), Language::Japanese) => "失敗",
    }
}

/// A reason without what it quotes, so that alike ones are counted together.
fn kind(reason: &str) -> String {
    let mut kind = String::new();
    for (index, part) in reason.split('"').enumerate() {
        kind.push_str(if index % 2 == 0 { part } else { "…" });
    }
    kind
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_that_differ_in_a_name_are_one_kind() {
        assert_eq!(kind("a range ends early: \"rails\""), "a range ends early: …");
        assert_eq!(kind("\"a\" and \"b\""), "… and …");
        assert_eq!(kind("the name is odd"), "the name is odd");
    }
}

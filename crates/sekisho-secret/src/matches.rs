//! Which of the matches of one file are kept.

use std::{cmp::Reverse, collections::BTreeSet};

use crate::{rule_set::RuleSet, sighting::Sighting};

/// A match that was verified, and where it stands in the file.
#[derive(Debug)]
pub(crate) struct Match {
    /// Index of the rule.
    pub(crate) rule: usize,
    pub(crate) start: u64,
    pub(crate) end: u64,
    /// Tells the same value from others of this file; never leaves it.
    pub(crate) value: [u8; 16],
    pub(crate) sighting: Sighting,
}

/// Of matches that overlap, the one of the surest rule; of equal values, the first.
pub(crate) fn best(rules: &RuleSet, mut matches: Vec<Match>) -> Vec<Match> {
    let rank = |found: &Match| {
        let rule = rules.rules.get(found.rule);
        let sure = rule.map(|rule| (rule.confidence, rule.severity));
        (Reverse(sure), found.rule, found.start)
    };
    matches.sort_by_key(rank);
    let mut kept: Vec<Match> = Vec::new();
    // Places of what is kept, and of what says the same again.
    let mut taken: Vec<(u64, u64, bool)> = Vec::new();
    let mut values = BTreeSet::new();
    for found in matches {
        let is_wrapped = found.sighting.is_wrapped;
        let overlaps = |&(start, end, other_is_wrapped): &(u64, u64, bool)| {
            let is_apart = end <= found.start || found.end <= start;
            // What one base64 text holds has one place, and is not the same.
            let are_wrapped = is_wrapped && other_is_wrapped;
            !is_apart && !are_wrapped
        };
        if !taken.iter().any(overlaps) {
            taken.push((found.start, found.end, is_wrapped));
            if values.insert((found.rule, found.value)) {
                kept.push(found);
            }
        }
    }
    kept
}

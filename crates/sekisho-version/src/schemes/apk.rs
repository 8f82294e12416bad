//! Versions of Alpine packages: `1.2.3b_rc1_p2~1a2b-r4`.
//!
//! # Source
//!
//! apk-package(5), "PACKAGE VERSION"; the order of apk-tools 2, whose releases are in use.

use std::cmp::Ordering;

use crate::digits;

/// Suffixes before the release, and behind it.
const BEFORE: [&str; 4] = ["alpha", "beta", "pre", "rc"];
const BEHIND: [&str; 5] = ["cvs", "svn", "git", "hg", "p"];

pub(crate) fn compare(a: &str, b: &str) -> Option<Ordering> {
    let (a, b) = (Version::parse(a)?, Version::parse(b)?);
    Some(
        compare_numbers(&a.numbers, &b.numbers)
            .then_with(|| a.letter.cmp(&b.letter))
            .then_with(|| digits::compare(a.patch, b.patch))
            .then_with(|| compare_suffixes(&a.suffixes, &b.suffixes))
            .then_with(|| digits::compare(a.revision, b.revision)),
    )
}

struct Version<'a> {
    numbers: Vec<&'a str>,
    letter: Option<char>,
    /// Digits behind the letter.
    patch: &'a str,
    /// Rank, negative before the release, and number.
    suffixes: Vec<(i8, &'a str)>,
    revision: &'a str,
}

impl<'a> Version<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let mut numbers = Vec::new();
        let mut rest = text;
        loop {
            let (number, next) = digits::split(rest);
            if number.is_empty() {
                return None;
            }
            numbers.push(number);
            rest = next;
            let Some(next) = rest.strip_prefix('.') else { break };
            rest = next;
        }
        let letter = rest.chars().next().filter(char::is_ascii_lowercase);
        let mut patch = "";
        if letter.is_some() {
            // `1.9.5p1`, against the manual, but older releases take it.
            (patch, rest) = digits::split(rest.get(1..)?);
        }
        let mut suffixes = Vec::new();
        while let Some(next) = rest.strip_prefix('_') {
            let (name, next) = digits::split_while(next, |char| char.is_ascii_lowercase());
            let (number, next) = digits::split(next);
            suffixes.push((rank(name)?, number));
            rest = next;
        }
        if let Some(next) = rest.strip_prefix('~') {
            rest = digits::split_while(next, |char| char.is_ascii_hexdigit()).1;
        }
        let revision = match rest.strip_prefix("-r") {
            Some(revision) => revision,
            None if rest.is_empty() => "",
            None => return None,
        };
        let is_sound = revision.is_empty() || digits::are_digits(revision);
        is_sound.then_some(Self { numbers, letter, patch, suffixes, revision })
    }
}

fn rank(suffix: &str) -> Option<i8> {
    let position = |suffixes: &[&str]| {
        let index = suffixes.iter().position(|known| *known == suffix)?;
        i8::try_from(index).ok()
    };
    match position(&BEFORE) {
        Some(index) => Some(index - 4),
        None => Some(position(&BEHIND)? + 1),
    }
}

/// The first number by its value; a later one that starts with a zero as a fraction.
fn compare_numbers(a: &[&str], b: &[&str]) -> Ordering {
    let is_fraction = |text: &str| text.starts_with('0') && text.len() > 1;
    for (index, (x, y)) in a.iter().zip(b).enumerate() {
        let order = if index > 0 && (is_fraction(x) || is_fraction(y)) {
            x.cmp(y)
        } else {
            digits::compare(x, y)
        };
        if order.is_ne() {
            return order;
        }
    }
    a.len().cmp(&b.len())
}

fn compare_suffixes(a: &[(i8, &str)], b: &[(i8, &str)]) -> Ordering {
    for index in 0..a.len().max(b.len()) {
        // No suffix is the release, of rank 0.
        let (rank_a, number_a) = a.get(index).copied().unwrap_or((0, ""));
        let (rank_b, number_b) = b.get(index).copied().unwrap_or((0, ""));
        let order = rank_a.cmp(&rank_b).then_with(|| digits::compare(number_a, number_b));
        if order.is_ne() {
            return order;
        }
    }
    Ordering::Equal
}

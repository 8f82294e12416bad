//! Versions of Composer packages.
//!
//! # Source
//!
//! Composer documentation, "Versions and constraints"; the PHP manual, `version_compare`.

use std::cmp::Ordering;

use crate::digits;

pub(crate) fn compare(a: &str, b: &str) -> Option<Ordering> {
    let (a, b) = (normalized(a), normalized(b));
    // Branches have names and no order among releases.
    if a.starts_with("dev-") || b.starts_with("dev-") {
        return (a == b).then_some(Ordering::Equal);
    }
    let (a, b) = (parts(&a), parts(&b));
    let mut order = Ordering::Equal;
    for index in 0..a.len().max(b.len()) {
        order = match (a.get(index), b.get(index)) {
            (Some(a), Some(b)) => compare_parts(a, b),
            // What has more is later where that is a number, and where the word says so.
            (Some(a), None) => compare_with_end(a),
            (None, Some(b)) => compare_with_end(b).reverse(),
            (None, None) => Ordering::Equal,
        };
        if order.is_ne() {
            break;
        }
    }
    Some(order)
}

fn normalized(text: &str) -> String {
    let text = text.split([' ', '+']).next().unwrap_or(text).to_ascii_lowercase();
    let text = text.strip_prefix('v').map_or_else(|| text.clone(), str::to_owned);
    text.trim_end_matches("-stable").to_owned()
}

/// Runs of digits and of letters.
fn parts(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (part, next) = if first.is_ascii_digit() {
            digits::split(rest)
        } else {
            digits::split_while(rest, char::is_alphabetic)
        };
        if part.is_empty() {
            // A separator.
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
        } else {
            parts.push(part);
            rest = next;
        }
    }
    parts
}

fn compare_parts(a: &str, b: &str) -> Ordering {
    match (digits::are_digits(a), digits::are_digits(b)) {
        (true, true) => digits::compare(a, b),
        (false, false) => rank(a).cmp(&rank(b)),
        (true, false) => NUMBER.cmp(&rank(b)),
        (false, true) => rank(a).cmp(&NUMBER),
    }
}

fn compare_with_end(part: &str) -> Ordering {
    if digits::are_digits(part) {
        // Composer fills up with zeros, so only a number says more.
        return digits::compare(part, "0");
    }
    rank(part).cmp(&NUMBER)
}

/// Where a number stands among the words.
const NUMBER: i8 = 4;

fn rank(word: &str) -> i8 {
    match word {
        "dev" => 0,
        "alpha" | "a" => 1,
        "beta" | "b" => 2,
        "rc" => 3,
        "pl" | "p" | "patch" => 5,
        _ => -1,
    }
}

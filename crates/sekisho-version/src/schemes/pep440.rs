//! Versions of Python packages.
//!
//! # Source
//!
//! `PyPA` specifications, "Version specifiers", "Version scheme" and appendix "Parsing version
//! strings with regular expressions". Texts that are older than that scheme come before all
//! others, in the order of the tools of their time.

use std::cmp::Ordering;

use crate::{digits, schemes::semver::compare_numbers};

pub(crate) fn compare(a: &str, b: &str) -> Ordering {
    match (Version::parse(a), Version::parse(b)) {
        (Some(a), Some(b)) => a.compare(&b),
        (Some(_), None) => Ordering::Greater,
        (None, Some(_)) => Ordering::Less,
        (None, None) => compare_legacy(a, b),
    }
}

#[derive(Default)]
struct Version {
    epoch: String,
    release: String,
    /// `a`, `b` or `rc`, and a number.
    pre: Option<(char, String)>,
    post: Option<String>,
    dev: Option<String>,
    local: Vec<String>,
}

impl Version {
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_lowercase();
        let text = text.strip_prefix('v').unwrap_or(&text);
        let (public, local) = match text.split_once('+') {
            Some((public, local)) => (public, Some(local)),
            None => (text, None),
        };
        let mut version = Self::default();
        let (epoch, rest) = public.split_once('!').unwrap_or(("0", public));
        epoch.clone_into(&mut version.epoch);
        let (release, mut rest) =
            digits::split_while(rest, |char| char.is_ascii_digit() || char == '.');
        // The dot may belong to what follows: `1.0.dev1`.
        let release = release.strip_suffix('.').unwrap_or(release);
        release.clone_into(&mut version.release);
        if !digits::are_digits(epoch) || !release.split('.').all(digits::are_digits) {
            return None;
        }
        if let Some((letter, number, next)) = pre(rest) {
            version.pre = Some((letter, number.to_owned()));
            rest = next;
        }
        if let Some((number, next)) = post(rest) {
            version.post = Some(number.to_owned());
            rest = next;
        }
        if let Some((number, next)) = numbered(rest, &["dev"]) {
            version.dev = Some(number.to_owned());
            rest = next;
        }
        if !rest.is_empty() {
            return None;
        }
        if let Some(local) = local {
            version.local = local.split(['.', '-', '_']).map(str::to_owned).collect();
            let is_sound = |part: &String| {
                !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
            };
            if !version.local.iter().all(is_sound) {
                return None;
            }
        }
        Some(version)
    }

    fn compare(&self, other: &Self) -> Ordering {
        digits::compare(&self.epoch, &other.epoch)
            .then_with(|| compare_numbers(&self.release, &other.release))
            .then_with(|| self.pre_rank().cmp(&other.pre_rank()))
            .then_with(|| compare_optional(self.pre_number(), other.pre_number(), false))
            .then_with(|| compare_optional(self.post.as_deref(), other.post.as_deref(), false))
            .then_with(|| compare_optional(self.dev.as_deref(), other.dev.as_deref(), true))
            .then_with(|| compare_local(&self.local, &other.local))
    }

    /// A development release of nothing else comes before all pre-releases.
    fn pre_rank(&self) -> char {
        match &self.pre {
            Some((letter, _)) => *letter,
            None if self.post.is_none() && self.dev.is_some() => '\0',
            None => 'z',
        }
    }

    fn pre_number(&self) -> Option<&str> {
        self.pre.as_ref().map(|(_, number)| number.as_str())
    }
}

fn pre(text: &str) -> Option<(char, &str, &str)> {
    let words: [(&[&str], char); 3] =
        [(&["alpha", "a"], 'a'), (&["beta", "b"], 'b'), (&["preview", "pre", "rc", "c"], 'c')];
    words.into_iter().find_map(|(words, letter)| {
        let (number, next) = numbered(text, words)?;
        Some((letter, number, next))
    })
}

fn post(text: &str) -> Option<(&str, &str)> {
    if let Some(rest) = text.strip_prefix('-') {
        let (number, next) = digits::split(rest);
        if !number.is_empty() {
            return Some((number, next));
        }
    }
    numbered(text, &["post", "rev", "r"])
}

/// A word with an optional separator before and behind it, and its number, 0 where it has none.
fn numbered<'a>(text: &'a str, words: &[&str]) -> Option<(&'a str, &'a str)> {
    let is_separator = |char: char| matches!(char, '.' | '-' | '_');
    let start = text.strip_prefix(is_separator).unwrap_or(text);
    let rest = words.iter().find_map(|word| start.strip_prefix(word))?;
    let behind = rest.strip_prefix(is_separator).unwrap_or(rest);
    let (number, next) = digits::split(behind);
    Some(if number.is_empty() { ("0", rest) } else { (number, next) })
}

/// Compares numbers of which either may be missing; `is_last` says where a missing one stands.
fn compare_optional(a: Option<&str>, b: Option<&str>, is_last: bool) -> Ordering {
    let missing = if is_last { Ordering::Greater } else { Ordering::Less };
    match (a, b) {
        (Some(a), Some(b)) => digits::compare(a, b),
        (None, Some(_)) => missing,
        (Some(_), None) => missing.reverse(),
        (None, None) => Ordering::Equal,
    }
}

fn compare_local(a: &[String], b: &[String]) -> Ordering {
    for (x, y) in a.iter().zip(b) {
        let order = match (digits::are_digits(x), digits::are_digits(y)) {
            (true, true) => digits::compare(x, y),
            (true, false) => Ordering::Greater,
            (false, true) => Ordering::Less,
            (false, false) => x.cmp(y),
        };
        if order.is_ne() {
            return order;
        }
    }
    a.len().cmp(&b.len())
}

/// Runs of digits and letters; words that come before a release sort before its end.
fn compare_legacy(a: &str, b: &str) -> Ordering {
    legacy_parts(a).cmp(&legacy_parts(b))
}

fn legacy_parts(text: &str) -> Vec<String> {
    let text = text.to_ascii_lowercase();
    let mut parts: Vec<String> = Vec::new();
    let mut rest = text.as_str();
    while let Some(first) = rest.chars().next() {
        let is_digit = first.is_ascii_digit();
        let is_letter = first.is_ascii_alphabetic();
        let (part, next) = if is_digit || is_letter {
            digits::split_while(rest, |char| {
                if is_digit { char.is_ascii_digit() } else { char.is_ascii_alphabetic() }
            })
        } else {
            rest.split_at(first.len_utf8())
        };
        rest = next;
        let part = match part {
            "." => continue,
            "pre" | "preview" | "rc" => "c",
            "-" => "final-",
            "dev" => "@",
            part => part,
        };
        if is_digit {
            parts.push(format!("{part:0>8}"));
            continue;
        }
        let part = format!("*{part}");
        if part.as_str() < "*final" {
            while parts.last().is_some_and(|last| last == "*final-") {
                parts.pop();
            }
        }
        while parts.last().is_some_and(|last| last == "00000000") {
            parts.pop();
        }
        parts.push(part);
    }
    parts.push("*final".to_owned());
    parts
}

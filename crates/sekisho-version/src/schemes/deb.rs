//! Versions of Debian packages.
//!
//! # Source
//!
//! Debian Policy 5.6.12, deb-version(7).

use std::cmp::Ordering;

use crate::digits;

pub(crate) fn compare(a: &str, b: &str) -> Option<Ordering> {
    let (a, b) = (Version::parse(a)?, Version::parse(b)?);
    Some(
        digits::compare(a.epoch, b.epoch)
            .then_with(|| compare_part(a.upstream, b.upstream))
            .then_with(|| compare_part(a.revision, b.revision)),
    )
}

struct Version<'a> {
    epoch: &'a str,
    upstream: &'a str,
    revision: &'a str,
}

impl<'a> Version<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let (epoch, rest) = text.split_once(':').unwrap_or(("0", text));
        let (upstream, revision) = rest.rsplit_once('-').unwrap_or((rest, ""));
        let is_sound = digits::are_digits(epoch) && !rest.contains(char::is_whitespace);
        is_sound.then_some(Self { epoch, upstream, revision })
    }
}

/// Compares parts of non-digits and digits in turn.
fn compare_part(mut a: &str, mut b: &str) -> Ordering {
    loop {
        let (text_a, rest_a) = digits::split_while(a, |char| !char.is_ascii_digit());
        let (text_b, rest_b) = digits::split_while(b, |char| !char.is_ascii_digit());
        let (number_a, next_a) = digits::split(rest_a);
        let (number_b, next_b) = digits::split(rest_b);
        let order = compare_text(text_a, text_b).then_with(|| digits::compare(number_a, number_b));
        if order.is_ne() || (next_a.is_empty() && next_b.is_empty()) {
            return order;
        }
        (a, b) = (next_a, next_b);
    }
}

fn compare_text(a: &str, b: &str) -> Ordering {
    let ends = std::iter::repeat(None);
    let length = a.chars().count().max(b.chars().count());
    a.chars()
        .map(Some)
        .chain(ends.clone())
        .zip(b.chars().map(Some).chain(ends))
        .take(length)
        .map(|(a, b)| weight(a).cmp(&weight(b)))
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}

/// A tilde stands before the end, the end before letters, letters before all else.
fn weight(char: Option<char>) -> (u8, char) {
    match char {
        Some('~') => (0, '~'),
        None => (1, '\0'),
        Some(char) if char.is_ascii_alphabetic() => (2, char),
        Some(char) => (3, char),
    }
}

//! Semantic versions, read as generously as npm and old registries do: a leading `v` or `=`, one
//! to many numbers, and numbers of any length.
//!
//! # Source
//!
//! Semantic Versioning 2.0.0, item 11.

use std::cmp::Ordering;

use crate::digits;

pub(crate) fn compare(a: &str, b: &str) -> Option<Ordering> {
    let (a, b) = (Version::parse(a)?, Version::parse(b)?);
    Some(a.compare(&b))
}

pub(crate) struct Version<'a> {
    numbers: &'a str,
    prerelease: Option<&'a str>,
}

impl<'a> Version<'a> {
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let text = text.trim_start_matches(['v', 'V', '=', ' ']);
        let text = text.split('+').next().unwrap_or(text);
        let (numbers, prerelease) = match text.split_once('-') {
            Some((numbers, prerelease)) => (numbers, Some(prerelease)),
            // `1.0.0beta`, as npm reads it when it is generous.
            None => {
                let (numbers, rest) =
                    digits::split_while(text, |char| char.is_ascii_digit() || char == '.');
                (numbers, (!rest.is_empty()).then_some(rest))
            }
        };
        let numbers = numbers.trim_end_matches('.');
        let is_sound = numbers.split('.').all(digits::are_digits)
            && prerelease.is_none_or(|text| !text.is_empty() && text.bytes().all(is_word));
        is_sound.then_some(Self { numbers, prerelease })
    }

    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        compare_numbers(self.numbers, other.numbers).then_with(|| {
            match (self.prerelease, other.prerelease) {
                (None, None) => Ordering::Equal,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(a), Some(b)) => compare_prerelease(a, b),
            }
        })
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_')
}

/// Numbers with dots between; those that are not there are 0.
pub(crate) fn compare_numbers(a: &str, b: &str) -> Ordering {
    let zeros = std::iter::repeat("0");
    let length = a.split('.').count().max(b.split('.').count());
    a.split('.')
        .chain(zeros.clone())
        .zip(b.split('.').chain(zeros))
        .take(length)
        .map(|(a, b)| digits::compare(a, b))
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}

/// Identifiers with dots between: numbers before words, and the shorter list first.
pub(crate) fn compare_prerelease(a: &str, b: &str) -> Ordering {
    let mut parts = (a.split('.'), b.split('.'));
    loop {
        let order = match (parts.0.next(), parts.1.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(a), Some(b)) => match (digits::are_digits(a), digits::are_digits(b)) {
                (true, true) => digits::compare(a, b),
                (true, false) => Ordering::Less,
                (false, true) => Ordering::Greater,
                (false, false) => a.cmp(b),
            },
        };
        if order.is_ne() {
            return order;
        }
    }
}

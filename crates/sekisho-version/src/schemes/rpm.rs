//! Versions of rpm packages: `[epoch:]version[-release]`.
//!
//! # Source
//!
//! rpm-version(7) and the manual of rpm, "Dependencies", "Versioning".

use std::cmp::Ordering;

use crate::digits;

pub(crate) fn compare(a: &str, b: &str) -> Option<Ordering> {
    let (epoch_a, rest_a) = a.split_once(':').unwrap_or(("0", a));
    let (epoch_b, rest_b) = b.split_once(':').unwrap_or(("0", b));
    if !digits::are_digits(epoch_a) || !digits::are_digits(epoch_b) {
        return None;
    }
    let (version_a, release_a) = split_release(rest_a);
    let (version_b, release_b) = split_release(rest_b);
    let by_release = || match (release_a, release_b) {
        (Some(a), Some(b)) => compare_part(a, b),
        // A version without a release stands for all of its releases.
        _ => Ordering::Equal,
    };
    Some(
        digits::compare(epoch_a, epoch_b)
            .then_with(|| compare_part(version_a, version_b))
            .then_with(by_release),
    )
}

fn split_release(text: &str) -> (&str, Option<&str>) {
    text.rsplit_once('-').map_or((text, None), |(version, release)| (version, Some(release)))
}

/// Compares runs of digits and of letters; what lies between them only parts them.
fn compare_part(mut a: &str, mut b: &str) -> Ordering {
    let is_separator = |char: char| !char.is_ascii_alphanumeric() && char != '~' && char != '^';
    loop {
        a = a.trim_start_matches(is_separator);
        b = b.trim_start_matches(is_separator);
        // A tilde stands before everything, the end included.
        match (a.strip_prefix('~'), b.strip_prefix('~')) {
            (Some(next_a), Some(next_b)) => {
                (a, b) = (next_a, next_b);
                continue;
            }
            (Some(_), None) => return Ordering::Less,
            (None, Some(_)) => return Ordering::Greater,
            (None, None) => (),
        }
        // A caret stands behind the end, and before everything else.
        match (a.strip_prefix('^'), b.strip_prefix('^')) {
            (Some(next_a), Some(next_b)) => {
                (a, b) = (next_a, next_b);
                continue;
            }
            (Some(_), None) => {
                return if b.is_empty() { Ordering::Greater } else { Ordering::Less };
            }
            (None, Some(_)) => {
                return if a.is_empty() { Ordering::Less } else { Ordering::Greater };
            }
            (None, None) => (),
        }
        if a.is_empty() || b.is_empty() {
            return a.len().cmp(&b.len());
        }
        let is_number = |text: &str| text.starts_with(|char: char| char.is_ascii_digit());
        let order = match (is_number(a), is_number(b)) {
            (true, true) => {
                let ((number_a, next_a), (number_b, next_b)) = (digits::split(a), digits::split(b));
                (a, b) = (next_a, next_b);
                digits::compare(number_a, number_b)
            }
            (false, false) => {
                let is_letter = |char: char| char.is_ascii_alphabetic();
                let (word_a, next_a) = digits::split_while(a, is_letter);
                let (word_b, next_b) = digits::split_while(b, is_letter);
                (a, b) = (next_a, next_b);
                word_a.cmp(word_b)
            }
            (true, false) => Ordering::Greater,
            (false, true) => Ordering::Less,
        };
        if order.is_ne() {
            return order;
        }
    }
}

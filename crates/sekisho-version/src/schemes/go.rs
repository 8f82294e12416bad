//! Versions of Go modules and of Go itself.
//!
//! # Source
//!
//! Go Modules Reference, "Versions" and "Pseudo-versions"; the names of Go's own releases,
//! `go1.22.3` and `go1.22rc1`, in go/version.

use std::cmp::Ordering;

use crate::{digits, schemes::semver};

pub(crate) fn compare(a: &str, b: &str) -> Option<Ordering> {
    let (a, b) = (normalized(a), normalized(b));
    semver::compare(&a, &b)
}

/// A release of Go as a semantic version: `go1.22rc1` is 1.22.0-rc.1.
fn normalized(text: &str) -> String {
    let text = text.strip_prefix("go").unwrap_or(text);
    // `go1.22.3 X:boringcrypto`, `go1.22.3-custom`.
    let text = text.split(' ').next().unwrap_or(text);
    let (numbers, rest) = digits::split_while(text, |char| char.is_ascii_digit() || char == '.');
    for word in ["rc", "beta"] {
        if let Some(number) = rest.strip_prefix(word).filter(|rest| digits::are_digits(rest)) {
            return format!("{numbers}-{word}.{number}");
        }
    }
    text.to_owned()
}

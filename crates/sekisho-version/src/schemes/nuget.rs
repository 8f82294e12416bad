//! Versions of NuGet packages: up to four numbers, and labels whose case does not count.
//!
//! # Source
//!
//! NuGet documentation, "Package versioning", "Normalized version numbers".

use std::cmp::Ordering;

use crate::schemes::semver;

pub(crate) fn compare(a: &str, b: &str) -> Option<Ordering> {
    semver::compare(&a.to_ascii_lowercase(), &b.to_ascii_lowercase())
}

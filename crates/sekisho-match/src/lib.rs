//! Packages and advisories: which vulnerabilities a subject has, and what clears them.
//!
//! # Invariants
//!
//! * A question without an answer is an unknown: a distribution that nobody reports on, a version
//!   that cannot be compared. Silence of the database is never taken for "not vulnerable" where
//!   the database does not hold what was asked.
//! * One finding for each package and weakness, however many numbers and advisories it has.
//! * The order of packages and of advisories changes nothing.
//!
//! What is in an image is not known here, and neither are policies.

mod advice;
mod command;
mod decision;
mod distribution;
mod finding;
mod fix;
mod judge;
mod question;
mod severity;
mod stream;
mod supplier;
#[cfg(test)]
mod testing;
mod weakness;

pub use advice::{PackageUpgrade, advise};
pub use judge::{Matched, Options, judge};

//! Finds secrets in bytes.
//!
//! A [`Rule`] is data in `rules/secret`: keywords, a pattern, and how a match is verified. A
//! [`RuleSet`] finds the keywords of all rules in one pass over a file and tries the patterns
//! only there.
//!
//! # Invariants
//!
//! * The value of a secret never leaves this crate: what comes out is a [`Sighting`].
//! * Where the bytes of a file are cut into chunks changes nothing of what is found.
//! * Memory does not depend on the size of a file, and time is linear in it, whatever it holds:
//!   what would take longer is given up, and a [`Note`] says so.
//!
//! Layers, packages and reports are not known here.

mod check;
mod content;
mod example;
mod file_name;
mod keywords;
mod matches;
mod noise;
mod redact;
mod redacted;
mod rule;
mod rule_error;
mod rule_set;
mod scanner;
mod sighting;
mod user;
mod word;
mod work;

#[cfg(test)]
mod builtin_tests;
#[cfg(test)]
mod scanner_tests;

pub use redacted::Redacted;
pub use rule::{Examples, Rule, builtin_rules, builtin_table};
pub use rule_error::Mistakes;
pub use rule_set::RuleSet;
pub use scanner::Scanner;
pub use sighting::{Mark, Note, Sighting, Sightings};
pub use user::{RuleSource, Setting, UserRules};

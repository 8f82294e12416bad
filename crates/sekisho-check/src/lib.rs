//! What a check is, and running a set of them.
//!
//! A check asks one question about a subject and has four answers: yes, no, the question makes
//! no sense here, and nobody can tell. The last is never counted as the first. What is said of a
//! check, in every language, stands beside the function that asks.
//!
//! What the subjects are is not known here; neither are policies and exceptions.

mod about;
mod check;
mod fingerprint;
mod text;

pub use about::{About, Explanation};
pub use check::{Check, Failure, Judgement, Outcome, finding, judge};
pub use fingerprint::fingerprint;
pub use text::{Message, Text};

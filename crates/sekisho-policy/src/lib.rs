//! From findings to a verdict with reasons.
//!
//! A [`Policy`] is what a team writes down: from which severity on a finding fails, what an
//! image must and must not have, and which findings are accepted, by whom, why and until when.
//! Applying it adds findings of its own, marks the accepted ones, and decides.
//!
//! # Invariants
//!
//! * Nothing is taken out of a report: an accepted finding stays in it, with its reason.
//! * An exception that has expired accepts nothing.
//! * What could not be read is never a pass.
//!
//! Where findings come from is not known here.

mod about;
mod apply;
mod document;
mod exception;
#[cfg(test)]
mod guides;
mod pattern;
mod requirement;
mod verdict;
mod vulnerability;

pub use about::ALL as CHECKS;
pub use apply::{Judged, apply};
pub use document::{KindPolicy, PathPolicy, Policy, PolicyError, Threshold};
pub use exception::Exception;
pub use pattern::Pattern;
pub use requirement::{Choice, Requirements, Rule};
pub use vulnerability::VulnerabilityPolicy;

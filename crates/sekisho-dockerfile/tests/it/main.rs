//! The parser and the checks on whole files: written, generated and hostile ones.
#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod corpus;
mod hadolint;
mod hostile;
mod properties;

//! The public face of the crate.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod corpus;

//! What every cataloger promises, asked from outside.
#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod hostile;
mod languages;

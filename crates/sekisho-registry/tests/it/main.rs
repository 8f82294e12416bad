//! A client against registries: a scripted one for what goes wrong, and a real one.
#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod attached;
mod real;
mod scripted;

//! A client against registries: a scripted one for what goes wrong, and a real one.
#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]
#![expect(clippy::print_stdout, reason = "a test that is skipped says so")]

mod real;
mod scripted;
mod server;

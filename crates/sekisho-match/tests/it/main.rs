//! Packages looked up in a database, as whoever scans sees it.
#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod advice;
mod judge;
mod sample;

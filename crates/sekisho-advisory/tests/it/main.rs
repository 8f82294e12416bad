//! Feeds as their publishers write them.
#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod shared;

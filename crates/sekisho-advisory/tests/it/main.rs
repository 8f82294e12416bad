//! Feeds as their publishers write them, and the store.
#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod build;
mod damage;
mod damaged_feeds;
mod look_up;
mod sample;
mod shared;

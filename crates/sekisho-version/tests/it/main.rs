//! The order of versions, by cases that are easily got wrong and by the laws of an order.
#![expect(clippy::panic, reason = "a panic is how a test fails")]

mod cases;
mod laws;

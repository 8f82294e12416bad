//! Scans of images where they really lie: engines, run from their packages for a test each.
#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]
#![expect(clippy::print_stdout, reason = "a test that is skipped says so")]

mod advisories;
mod containerd;
mod docker;
mod images;
mod podman;
mod secrets;

use sekisho_testkit::daemon;

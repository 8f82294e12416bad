//! Results as the peer writes them.

mod json;
mod junit;
mod text;

pub use json::write_json;
pub use junit::{DEFAULT_SUITE_NAME, write_junit};
pub use text::write_text;

use crate::TestResult;

/// The results of one file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileResults {
    /// As it was given.
    pub file: String,
    pub results: Vec<TestResult>,
}

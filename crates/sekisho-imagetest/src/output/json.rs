use serde::Serialize;

use crate::{FileResults, Summary, TestResult};

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Document<'a> {
    pass: usize,
    fail: usize,
    total: usize,
    /// Nanoseconds.
    duration: u128,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    results: Vec<Result<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Result<'a> {
    name: &'a str,
    pass: bool,
    #[serde(skip_serializing_if = "str::is_empty")]
    stdout: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    stderr: &'a str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    errors: &'a [String],
    duration: u128,
}

impl<'a> From<&'a TestResult> for Result<'a> {
    fn from(result: &'a TestResult) -> Self {
        Self {
            name: &result.name,
            pass: result.passed,
            stdout: &result.stdout,
            stderr: &result.stderr,
            errors: &result.errors,
            duration: result.duration.as_nanos(),
        }
    }
}

/// One object on one line, with the fields of the peer.
pub fn write_json(files: &[FileResults]) -> String {
    let results = || files.iter().flat_map(|file| &file.results);
    let summary = Summary::of(results());
    let document = Document {
        pass: summary.n_passed,
        fail: summary.n_failed,
        total: summary.n_tests(),
        duration: summary.duration.as_nanos(),
        results: results().map(Result::from).collect(),
    };
    let mut text = serde_json::to_string(&document).expect("texts and numbers are JSON");
    text.push('\n');
    text
}

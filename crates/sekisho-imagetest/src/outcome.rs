use std::time::Duration;

use crate::Place;

/// What one test came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TestResult {
    /// With the kind of test before it, as the peer calls it.
    pub name: String,
    pub passed: bool,
    pub errors: Vec<String>,
    /// Whether a failure only means that the question could not be answered.
    pub is_unanswered: bool,
    /// What a command wrote.
    pub stdout: String,
    pub stderr: String,
    /// How long a command took; zero for everything else.
    pub duration: Duration,
    /// Where the test stands in its file.
    pub place: Place,
}

impl TestResult {
    pub(crate) fn new(name: impl Into<String>, place: Place) -> Self {
        Self { name: name.into(), passed: true, place, ..Self::default() }
    }

    pub(crate) fn fail(&mut self, error: impl Into<String>) {
        self.passed = false;
        self.errors.push(error.into());
    }

    /// A test that could not be done at all.
    pub fn failed(name: impl Into<String>, error: impl Into<String>) -> Self {
        Self { name: name.into(), errors: vec![error.into()], ..Self::default() }
    }
}

/// How often each came out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    pub n_passed: usize,
    pub n_failed: usize,
    /// Of the failed ones.
    pub n_unanswered: usize,
    pub duration: Duration,
}

impl Summary {
    pub fn of<'a>(results: impl IntoIterator<Item = &'a TestResult>) -> Self {
        let mut summary = Self::default();
        for result in results {
            summary.n_passed += usize::from(result.passed);
            summary.n_failed += usize::from(!result.passed);
            summary.n_unanswered += usize::from(!result.passed && result.is_unanswered);
            summary.duration += result.duration;
        }
        summary
    }

    pub fn n_tests(&self) -> usize {
        self.n_passed + self.n_failed
    }

    /// Whether something was tested, and all of it passed.
    pub fn is_pass(&self) -> bool {
        self.n_failed == 0 && self.n_passed > 0
    }
}

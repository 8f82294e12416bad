//! What suites say of a view.

mod command;
mod file;
mod license;
mod metadata;

pub(crate) use license::judge as judge_license;

use crate::{
    CommandFailure, CommandRun, Compat, Mistake, Pattern, TestResult, View, Wanted,
    suite::{Expectations, Suite},
};

/// Most characters of a text that a message shows.
const SHOWN_CHARS: usize = 400;

/// What ran for a command test; none where the test itself is wrong.
pub type Ran = Option<Result<CommandRun, CommandFailure>>;

impl Suite {
    /// The files whose content the tests ask for. A licence test of Debian wants every file of
    /// one name.
    pub fn want(&self, wanted: &mut Wanted) {
        for test in &self.contents {
            wanted.add_path(&test.path);
        }
        for test in &self.licenses {
            test.want(wanted);
        }
    }

    /// Every test with what came of it: commands first, then content, existence, licences and
    /// metadata, as the peer goes through them. `ran` has an entry a command test.
    pub fn judge(&self, view: &View, ran: Vec<Ran>, compat: Compat) -> Vec<TestResult> {
        let mut results = Vec::new();
        for (test, ran) in self.commands.iter().zip(ran) {
            results.push(command::judge(test, ran, compat));
        }
        for test in &self.contents {
            results.push(file::judge_content(test, view, compat));
        }
        let variables = self.path_variables(view, compat);
        for test in &self.existence {
            results.push(file::judge_existence(test, view, &variables, compat));
        }
        for test in &self.licenses {
            results.push(license::judge(test, view));
        }
        if !self.metadata.is_empty() {
            results.push(metadata::judge(&self.metadata, view, compat));
        }
        results
    }

    pub fn lints(&self) -> &[Mistake] {
        &self.lints
    }
}

/// Words of a message about a text that is searched.
pub(crate) struct Words<'a> {
    /// `output`, `error`, `file content string`.
    pub(crate) what: &'a str,
    pub(crate) text: &'a str,
}

/// Tests a text; an expression that is none fails in both directions.
pub(crate) fn expect(result: &mut TestResult, expectations: &Expectations, words: &Words<'_>) {
    let Words { what, text } = words;
    for (patterns, is_expected) in [(&expectations.expected, true), (&expectations.excluded, false)]
    {
        for pattern in patterns {
            let pattern = &pattern.value;
            match Pattern::parse(pattern) {
                Ok(parsed) if parsed.is_match(text) == is_expected => (),
                parsed => {
                    let text = shortened(text);
                    result.fail(if is_expected {
                        format!("Expected string '{pattern}' not found in {what} '{text}'")
                    } else {
                        format!("Excluded string '{pattern}' found in {what} '{text}'")
                    });
                    if let Err(err) = parsed {
                        result.errors.push(format!("'{pattern}' is no regular expression: {err}"));
                    }
                }
            }
        }
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN_CHARS) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}

//! How the tests of checks ask.

use std::fmt::Write as _;

use sekisho_check::Outcome;

use crate::{Context, DockerfileCheck, Settings, Subject, fix};

/// What a check says of a file: its answer in a word, or each failure with its place.
pub(crate) fn ask(check: &DockerfileCheck, text: &str) -> String {
    show(check, &Subject::new("Dockerfile", text.as_bytes()))
}

/// The same with a `.dockerignore` beside the file; none where there is no such file.
pub(crate) fn ask_beside(check: &DockerfileCheck, ignore: Option<&str>, text: &str) -> String {
    let mut subject = Subject::new("Dockerfile", text.as_bytes());
    subject.context = ignore.map_or(Context::Everything, |text| Context::Ignores(text.to_owned()));
    show(check, &subject)
}

/// The same with registries that are trusted.
pub(crate) fn ask_trusting(check: &DockerfileCheck, registries: &[&str], text: &str) -> String {
    let mut subject = Subject::new("Dockerfile", text.as_bytes());
    subject.settings =
        Settings { trusted_registries: registries.iter().map(|&it| it.to_owned()).collect() };
    show(check, &subject)
}

fn show(check: &DockerfileCheck, subject: &Subject) -> String {
    match (check.run)(subject) {
        Outcome::Pass => "pass".to_owned(),
        Outcome::NotApplicable { because } => format!("not applicable: {}", because.en),
        Outcome::Unknown { because } => format!("unknown: {}", because.en),
        Outcome::Fail(failures) => {
            let mut shown = String::new();
            for failure in failures {
                assert!(!failure.message.ja.is_empty());
                let location = failure.location.unwrap();
                let (line, column) = (location.line.unwrap(), location.column.unwrap());
                writeln!(shown, "{line}:{column} {}", failure.message.en).unwrap();
            }
            shown.trim_end().to_owned()
        }
    }
}

/// The file after its fix, which leaves nothing to find and nothing to fix again.
pub(crate) fn fixed(check: &DockerfileCheck, text: &str) -> String {
    let subject = Subject::new("Dockerfile", text.as_bytes());
    let fixed = fix(&[check], &subject).unwrap();
    let again = Subject::new("Dockerfile", fixed.as_bytes());
    assert_eq!(fix(&[check], &again), None);
    fixed
}

use std::fmt;

use sekisho_types::{
    Confidence, Severity,
    report::{CheckOutcome, CheckResult, Finding, FindingPackage, Location, Translation},
};

use crate::{About, Message, Text, fingerprint};

/// One question about a subject of type `S`: data and a function.
pub struct Check<S: ?Sized> {
    pub about: About,
    pub run: fn(&S) -> Outcome,
}

impl<S: ?Sized> fmt::Debug for Check<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Check({} {})", self.about.id, self.about.name)
    }
}

/// The answer to one question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Pass,
    /// At least one place where it is so.
    Fail(Vec<Failure>),
    NotApplicable {
        because: Text,
    },
    Unknown {
        because: Message,
    },
}

/// One place where a check fails.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Failure {
    pub message: Message,
    /// Tells this failure from others of the same check, in every later scan: a path, a user
    /// name, a variable. Never a line number, a count or a date, which change by themselves.
    pub key: String,
    pub location: Option<Location>,
    pub package: Option<FindingPackage>,
    /// Where it is not what the check says in general.
    pub severity: Option<Severity>,
    pub confidence: Option<Confidence>,
}

impl Failure {
    pub fn new(key: impl Into<String>, message: Message) -> Self {
        Self { message, key: key.into(), ..Self::default() }
    }

    #[must_use]
    pub fn at(self, location: Location) -> Self {
        Self { location: Some(location), ..self }
    }
}

impl Outcome {
    /// A single failure of a subject as a whole.
    pub fn fail(en: impl Into<String>, ja: impl Into<String>) -> Self {
        Self::Fail(vec![Failure::new("", Message::new(en, ja))])
    }

    /// Passes when nothing failed.
    pub fn of(failures: Vec<Failure>) -> Self {
        if failures.is_empty() { Self::Pass } else { Self::Fail(failures) }
    }
}

/// What a set of checks says of a subject.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Judgement {
    /// One for each check, in the order of the set.
    pub results: Vec<CheckResult>,
    pub findings: Vec<Finding>,
}

/// Asks every check of `checks` about `subject`.
pub fn judge<S: ?Sized>(checks: &[&Check<S>], subject: &S) -> Judgement {
    let mut judgement = Judgement::default();
    for check in checks {
        let about = &check.about;
        let (outcome, message) = match (check.run)(subject) {
            Outcome::Pass => (CheckOutcome::Pass, Message::default()),
            Outcome::NotApplicable { because } => (CheckOutcome::NotApplicable, because.into()),
            Outcome::Unknown { because } => (CheckOutcome::Unknown, because),
            Outcome::Fail(failures) => {
                let message = summary(&failures);
                judgement.findings.extend(failures.into_iter().map(|it| finding(about, it)));
                (CheckOutcome::Fail, message)
            }
        };
        judgement.results.push(CheckResult {
            check: about.id.to_owned(),
            outcome,
            message: message.en,
            japanese: Some(message.ja),
        });
    }
    judgement
}

fn summary(failures: &[Failure]) -> Message {
    match failures {
        [] => Message::default(),
        [only] => only.message.clone(),
        [Failure { message: Message { en, ja }, .. }, rest @ ..] => {
            let n_more = rest.len();
            Message::new(format!("{en}, and {n_more} more"), format!("{ja}、ほか {n_more} 件"))
        }
    }
}

/// The finding that a failure of the check `about` is.
pub fn finding(about: &About, failure: Failure) -> Finding {
    let Failure { message, key, location, package, severity, confidence } = failure;
    Finding {
        id: fingerprint(&[about.id, &key]),
        kind: about.kind,
        check: about.id.to_owned(),
        aliases: Vec::new(),
        severity: severity.unwrap_or(about.severity),
        confidence: confidence.unwrap_or(about.confidence),
        title: about.title.en.to_owned(),
        message: message.en,
        remediation: about.remediation.en.to_owned(),
        references: about.references.iter().map(|&reference| reference.to_owned()).collect(),
        package,
        location,
        vulnerability: None,
        suppressed: None,
        origin: None,
        japanese: Some(Translation {
            title: about.title.ja.to_owned(),
            message: message.ja,
            remediation: about.remediation.ja.to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use sekisho_types::report::FindingKind;

    use super::*;

    const LETTERS: Check<str> = Check {
        about: About {
            id: "SEK-TEXT-0001",
            name: "digit",
            kind: FindingKind::Configuration,
            title: Text { en: "The text holds a digit", ja: "テキストに数字がある" },
            severity: Severity::Low,
            confidence: Confidence::High,
            rationale: Text {
                en: "Digits are for numbers.", ja: "数字は数のためにある。"
            },
            remediation: Text { en: "Write it out.", ja: "文字で書く。" },
            references: &["https://standard.example/text"],
            benchmark: None,
        },
        run: |text| {
            if text.is_empty() {
                let because = Text { en: "there is no text", ja: "テキストがない" };
                return Outcome::NotApplicable { because };
            }
            let digits = text.chars().filter(char::is_ascii_digit);
            Outcome::of(
                digits
                    .map(|digit| {
                        let message =
                            Message::new(format!("{digit} is one"), format!("{digit} がある"));
                        Failure::new(digit, message)
                    })
                    .collect(),
            )
        },
    };

    fn shown(text: &str) -> String {
        let Judgement { results, findings } = judge(&[&LETTERS], text);
        let mut shown = String::new();
        for CheckResult { check, outcome, message, .. } in results {
            writeln!(shown, "{check} {outcome:?} {message}").unwrap();
        }
        for finding in findings {
            writeln!(shown, "{:?} {}: {}", finding.severity, finding.title, finding.message)
                .unwrap();
        }
        shown
    }

    #[test]
    fn every_failure_is_a_finding_and_every_check_a_result() {
        insta::assert_snapshot!(shown("a1b2"), @"
        SEK-TEXT-0001 Fail 1 is one, and 1 more
        Low The text holds a digit: 1 is one
        Low The text holds a digit: 2 is one
        ");
        insta::assert_snapshot!(shown("ab"), @"SEK-TEXT-0001 Pass");
        insta::assert_snapshot!(shown(""), @"SEK-TEXT-0001 NotApplicable there is no text");
    }

    #[test]
    fn a_finding_is_the_same_wherever_its_place_moves_to() {
        let id = |text: &str| judge(&[&LETTERS], text).findings[0].id.clone();
        assert_eq!(id("1"), id("xx1"));
        assert_ne!(id("1"), id("2"));
    }
}

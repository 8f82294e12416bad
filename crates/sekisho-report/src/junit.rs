//! A report as test suites: one for each kind of finding, one for checks, one for what was not
//! read.

#[cfg(test)]
mod tests;

use std::fmt::Write as _;

use sekisho_types::report::{CheckOutcome, Finding, Report};

use crate::{
    locale::Language,
    summary::{LayerNumbers, groups, kind_text, kind_word, package_line, severity_text},
    terminal::is_unsafe,
};

/// What became of one test.
enum Outcome {
    Passed,
    Failed {
        kind: &'static str,
        message: String,
        text: String,
    },
    /// The question was not answered.
    Errored {
        message: String,
    },
    Skipped {
        message: String,
    },
}

struct Case {
    class: String,
    name: String,
    outcome: Outcome,
}

struct Suite {
    name: &'static str,
    cases: Vec<Case>,
}

impl Suite {
    fn count(&self, is_counted: impl Fn(&Outcome) -> bool) -> usize {
        self.cases.iter().filter(|case| is_counted(&case.outcome)).count()
    }

    /// Tests, failures, errors and skipped ones.
    fn counts(&self) -> [usize; 4] {
        [
            self.cases.len(),
            self.count(|outcome| matches!(outcome, Outcome::Failed { .. })),
            self.count(|outcome| matches!(outcome, Outcome::Errored { .. })),
            self.count(|outcome| matches!(outcome, Outcome::Skipped { .. })),
        ]
    }
}

pub(crate) fn document(report: &Report) -> String {
    let suites = suites(report);
    // The schema of Jenkins has no number of skipped tests here.
    let mut totals = [0; 3];
    for suite in &suites {
        for (total, n) in totals.iter_mut().zip(suite.counts()) {
            *total += n;
        }
    }
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let name = format!("sekisho {}", report.subject.name);
    open(&mut xml, "testsuites", &name, &totals);
    for suite in &suites {
        xml.push_str("  ");
        open(&mut xml, "testsuite", suite.name, &suite.counts());
        suite.cases.iter().for_each(|case| write_case(&mut xml, case));
        xml.push_str("  </testsuite>\n");
    }
    xml.push_str("</testsuites>\n");
    xml
}

fn suites(report: &Report) -> Vec<Suite> {
    let layers = LayerNumbers::new(report);
    let mut suites: Vec<Suite> = groups(report)
        .iter()
        .map(|group| Suite {
            name: Language::English.say(kind_text(group.kind)),
            cases: group
                .findings
                .iter()
                .chain(&group.suppressed)
                .map(|finding| finding_case(finding, &layers))
                .collect(),
        })
        .collect();
    for (name, cases) in [("Checks", check_cases(report)), ("Not readable", unread_cases(report))] {
        if !cases.is_empty() {
            suites.push(Suite { name, cases });
        }
    }
    if suites.is_empty() {
        // A file without a test reads as a run that did not happen.
        let case = Case {
            class: "sekisho".to_owned(),
            name: "nothing was found".to_owned(),
            outcome: Outcome::Passed,
        };
        suites.push(Suite { name: "Findings", cases: vec![case] });
    }
    suites
}

/// Checks without findings: those that failed are told by what they found.
fn check_cases(report: &Report) -> Vec<Case> {
    let case = |check: &str, outcome| Case {
        class: "sekisho.check".to_owned(),
        name: check.to_owned(),
        outcome,
    };
    report
        .checks
        .iter()
        .filter_map(|check| {
            let message = check.message.clone();
            let outcome = match check.outcome {
                CheckOutcome::Pass => Outcome::Passed,
                CheckOutcome::NotApplicable => Outcome::Skipped { message },
                CheckOutcome::Unknown => Outcome::Errored { message },
                CheckOutcome::Fail => return None,
            };
            Some(case(&check.check, outcome))
        })
        .collect()
}

fn unread_cases(report: &Report) -> Vec<Case> {
    report
        .unknowns
        .iter()
        .map(|unknown| Case {
            class: "sekisho.unread".to_owned(),
            name: unknown.path.to_str_lossy().into_owned(),
            outcome: Outcome::Errored { message: unknown.reason.clone() },
        })
        .collect()
}

fn finding_case(finding: &Finding, layers: &LayerNumbers) -> Case {
    let package = package_line(finding, Language::English);
    let place = finding.location.as_ref().map(|location| {
        layers.place(Language::English, location.layer, &location.path, location.line)
    });
    let mut name = finding.check.clone();
    for part in package.iter().chain(&place) {
        write!(name, " ({part})").expect("a String takes everything");
    }
    let outcome = match &finding.suppressed {
        Some(suppressed) => Outcome::Skipped {
            message: format!("excepted by {}: {}", suppressed.by, suppressed.reason),
        },
        None => Outcome::Failed {
            kind: Language::English.say(severity_text(finding.severity)),
            message: finding.title.clone(),
            text: body(finding),
        },
    };
    Case { class: format!("sekisho.{}", kind_word(finding.kind)), name, outcome }
}

fn body(finding: &Finding) -> String {
    let mut lines = vec![finding.message.as_str(), finding.remediation.as_str()];
    lines.extend(finding.references.iter().map(String::as_str));
    lines.retain(|line| !line.is_empty());
    lines.join("\n")
}

fn open(xml: &mut String, element: &str, name: &str, counts: &[usize]) {
    write!(xml, "<{element}").expect("a String takes everything");
    attribute(xml, "name", name);
    for (name, n) in ["tests", "failures", "errors", "skipped"].iter().zip(counts) {
        attribute(xml, name, &n.to_string());
    }
    xml.push_str(">\n");
}

fn write_case(xml: &mut String, case: &Case) {
    xml.push_str("    <testcase");
    attribute(xml, "classname", &case.class);
    attribute(xml, "name", &case.name);
    match &case.outcome {
        Outcome::Passed => {
            xml.push_str("/>\n");
            return;
        }
        Outcome::Failed { kind, message, text } => {
            xml.push_str(">\n      <failure");
            attribute(xml, "type", kind);
            attribute(xml, "message", message);
            xml.push('>');
            escape(xml, text);
            xml.push_str("</failure>\n");
        }
        Outcome::Errored { message } => {
            xml.push_str(">\n      <error type=\"unknown\"");
            attribute(xml, "message", message);
            xml.push_str("/>\n");
        }
        Outcome::Skipped { message } => {
            // The schema of Jenkins has no attribute here, and later ones take both.
            xml.push_str(">\n      <skipped>");
            escape(xml, message);
            xml.push_str("</skipped>\n");
        }
    }
    xml.push_str("    </testcase>\n");
}

fn attribute(xml: &mut String, name: &str, value: &str) {
    write!(xml, " {name}=\"").expect("a String takes everything");
    escape(xml, value);
    xml.push('"');
}

/// Writes a text so that it is text wherever it stands. Characters that XML does not allow, and
/// those that hide or reorder others, are shown by number.
///
/// # Source
///
/// XML 1.0, section 2.2 (`Char`) and 2.4.
fn escape(xml: &mut String, text: &str) {
    for char in text.chars() {
        match char {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            '"' => xml.push_str("&quot;"),
            '\n' => xml.push_str("&#10;"),
            '\t' => xml.push_str("&#9;"),
            char if is_unsafe(char) || matches!(char, '\u{fffe}' | '\u{ffff}') => {
                xml.extend(char.escape_unicode());
            }
            char => xml.push(char),
        }
    }
}

//! Findings by what in the file is meant: a list for each container instead of a page for each
//! finding.

use std::{collections::BTreeMap, fmt::Write as _};

use anstyle::{AnsiColor, Style};
use sekisho_report::Language;
use sekisho_types::{Severity, report::Finding};

use super::{
    StaticFile,
    snippet::{mask, words},
};

/// Longest line that is shown.
const MAX_LINE_CHARS: usize = 100;

/// Writes the findings of a file, a list for each subject, worst first; then what is excused.
pub(super) fn show(
    file: &StaticFile,
    findings: &[&Finding],
    language: Language,
    color: bool,
) -> String {
    let text = String::from_utf8_lossy(&file.bytes);
    let lines = mask(&text, findings);
    let mut groups: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in findings.iter().copied().filter(|it| it.suppressed.is_none()) {
        let subject = finding.location.as_ref().and_then(|it| it.subject.as_deref());
        groups.entry(subject.unwrap_or_default()).or_default().push(finding);
    }
    let mut shown = String::new();
    let bold = if color { Style::new().bold() } else { Style::new() };
    for (subject, mut group) in groups {
        group.sort_by_key(|it| {
            (std::cmp::Reverse(it.severity), it.location.as_ref().and_then(|it| it.line))
        });
        writeln!(shown, "{bold}{}{bold:#} in {}", subject.escape_debug(), file.name)
            .expect("a String takes everything");
        for finding in group {
            one(finding, &lines, language, color, &mut shown);
        }
        shown.push('\n');
    }
    for finding in findings {
        let (Some(suppressed), Some(location)) = (&finding.suppressed, &finding.location) else {
            continue;
        };
        writeln!(
            shown,
            "excused: {} at {}:{} ({}): {}\n",
            finding.check,
            file.name,
            location.line.unwrap_or_default(),
            suppressed.by,
            suppressed.reason.escape_debug()
        )
        .expect("a String takes everything");
    }
    shown
}

fn one(finding: &Finding, lines: &[String], language: Language, color: bool, shown: &mut String) {
    let words = words(finding, language);
    let style = if color { style(finding.severity) } else { Style::new() };
    let severity = finding.severity.as_str();
    let number = finding.location.as_ref().and_then(|it| it.line).unwrap_or_default();
    let line = usize::try_from(number).ok().and_then(|it| lines.get(it.checked_sub(1)?));
    let line: String =
        line.map(|line| line.trim()).unwrap_or_default().chars().take(MAX_LINE_CHARS).collect();
    writeln!(
        shown,
        "  {style}{severity:8}{style:#} {}  {}\n  {number:>8} | {}\n           = {}",
        finding.check,
        words.title,
        line.escape_debug().to_string().replace("\\\"", "\"").replace("\\'", "'"),
        words.message,
    )
    .expect("a String takes everything");
}

fn style(severity: Severity) -> Style {
    match severity {
        Severity::Critical | Severity::High => AnsiColor::Red.on_default().bold(),
        Severity::Medium | Severity::Low => AnsiColor::Yellow.on_default(),
        Severity::Info | Severity::Unknown => AnsiColor::Blue.on_default(),
    }
}

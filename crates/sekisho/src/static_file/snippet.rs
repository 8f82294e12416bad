//! Findings on the user's own lines, as compilers show them.

use std::fmt::Write as _;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet, renderer::DecorStyle};
use sekisho_report::Language;
use sekisho_types::{
    Severity,
    report::{Finding, FindingKind, Location, Translation},
};

use super::StaticFile;

/// Longest line that is shown.
const MAX_LINE_CHARS: usize = 400;

/// Writes every finding of `file` with the line it is about, worst first, then what a comment
/// excuses.
pub(super) fn show(
    file: &StaticFile,
    findings: &[&Finding],
    language: Language,
    color: bool,
) -> String {
    let text = String::from_utf8_lossy(&file.bytes);
    let lines: Vec<String> = mask(&text, findings);
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.decor_style(DecorStyle::Ascii);
    let mut shown = String::new();
    let mut open: Vec<&Finding> =
        findings.iter().copied().filter(|it| it.suppressed.is_none()).collect();
    open.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    for finding in open {
        let level = level(finding.severity);
        let words = words(finding, language);
        let title = level.primary_title(words.title).id(&finding.check);
        let mut group = Group::with_title(title);
        let line = finding.location.as_ref().and_then(|it| place(it, &lines));
        if let Some((number, line, range)) = &line {
            group = group.element(
                Snippet::source(line.as_str())
                    .line_start(*number)
                    .path(&file.name)
                    .annotation(AnnotationKind::Primary.span(range.clone()).label(words.message)),
            );
        } else {
            group = group.element(Level::NOTE.message(words.message));
        }
        group = group.element(Level::HELP.message(words.remediation));
        writeln!(shown, "{}\n", renderer.render(&[group])).expect("a String takes everything");
    }
    for finding in findings {
        let Some(suppressed) = &finding.suppressed else { continue };
        let line = finding.location.as_ref().and_then(|it| it.line).unwrap_or_default();
        writeln!(
            shown,
            "excused: {} at {}:{line} ({}): {}\n",
            finding.check,
            file.name,
            suppressed.by,
            suppressed.reason.escape_debug()
        )
        .expect("a String takes everything");
    }
    shown
}

/// What is said of a finding, in one language.
pub(super) struct Words<'a> {
    pub(super) title: &'a str,
    pub(super) message: &'a str,
    pub(super) remediation: &'a str,
}

pub(super) fn words(finding: &Finding, language: Language) -> Words<'_> {
    match (language, &finding.japanese) {
        (Language::Japanese, Some(Translation { title, message, remediation })) => {
            Words { title, message, remediation }
        }
        (Language::English | Language::Japanese, _) => Words {
            title: &finding.title,
            message: &finding.message,
            remediation: &finding.remediation,
        },
    }
}

/// The word of the contract for each severity, in the colour of its weight.
fn level(severity: Severity) -> Level<'static> {
    match severity {
        Severity::Critical => Level::ERROR.with_name("critical"),
        Severity::High => Level::ERROR.with_name("high"),
        Severity::Medium => Level::WARNING.with_name("medium"),
        Severity::Low => Level::WARNING.with_name("low"),
        Severity::Info => Level::INFO.with_name("info"),
        Severity::Unknown => Level::NOTE.with_name("unknown"),
    }
}

/// The lines of the text, with stars where a secret is.
pub(super) fn mask(text: &str, findings: &[&Finding]) -> Vec<String> {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for finding in findings.iter().filter(|finding| finding.kind == FindingKind::Secret) {
        let Some(location) = &finding.location else { continue };
        let (Some(first), Some(last)) = (location.line, location.end_line) else { continue };
        for number in first..=last {
            let index = usize::try_from(number).unwrap_or(usize::MAX).saturating_sub(1);
            let Some(line) = lines.get_mut(index) else { continue };
            let from = if number == first { location.column.unwrap_or(1) } else { 1 };
            let to = if number == last { location.end_column } else { None };
            *line = (1_u64..)
                .zip(line.chars())
                .map(|(column, char)| {
                    let is_inside = from <= column && to.is_none_or(|to| column < to);
                    if is_inside && !char.is_whitespace() { '*' } else { char }
                })
                .collect();
        }
    }
    lines
}

/// Number and text of the first line of a place, and the bytes of it that are meant.
fn place(location: &Location, lines: &[String]) -> Option<(usize, String, std::ops::Range<usize>)> {
    let number = usize::try_from(location.line?).ok()?;
    let line = lines.get(number.checked_sub(1)?)?;
    let line: String = line.chars().take(MAX_LINE_CHARS).collect();
    let byte = |column: u64| {
        let index = usize::try_from(column).unwrap_or(usize::MAX).saturating_sub(1);
        line.char_indices().nth(index).map_or(line.len(), |(at, _)| at)
    };
    let start = location.column.map_or(0, byte);
    let end = match location.end_line {
        Some(end) if Some(end) == location.line => location.end_column.map_or(start, byte),
        _ => line.len(),
    };
    Some((number, line.clone(), start..end.max(start)))
}

use std::{fmt::Write as _, io};

use anstyle::Style;
use sekisho_types::{
    Confidence,
    report::{CheckOutcome, Finding, FindingKind},
};

use super::{DIM, INDENT, PLAIN, Table, severity_style};
use crate::{
    locale::Text,
    summary::{
        self, Group, SEVERITIES, Words, alike, groups, kind_text, package_line, severity_counts,
        severity_text, suppression_line,
    },
    terminal::{pad, width},
};

/// Most checks of one kind whose findings are told; the rest is counted.
const MAX_FINDINGS: usize = 100;

/// Most findings of one check that are told.
const MAX_PLACES: usize = 10;

/// Most suppressed findings of one kind that are named.
const MAX_SUPPRESSED: usize = 20;

impl Table<'_> {
    pub(super) fn findings(&mut self) -> io::Result<()> {
        let groups = groups(self.report);
        let note = severity_counts(self.report, self.language);
        self.section(Text::Findings, &note)?;
        if groups.is_empty() {
            self.out.line(&[INDENT, (PLAIN, self.say(Text::NoFindings))])?;
        }
        for group in &groups {
            self.group(group)?;
        }
        self.unanswered()
    }

    fn group(&mut self, group: &Group<'_>) -> io::Result<()> {
        let n = group.findings.len().to_string();
        self.out.blank()?;
        self.out.line(&[(super::BOLD, self.say(kind_text(group.kind))), (DIM, " "), (DIM, &n)])?;
        let n_shown = if group.kind == FindingKind::Vulnerability {
            self.weak_packages(&group.findings)?
        } else {
            let alike = alike(&group.findings);
            for findings in alike.iter().take(MAX_FINDINGS) {
                self.alike(findings)?;
            }
            alike.iter().take(MAX_FINDINGS).map(|findings| findings.len()).sum()
        };
        self.more(group.findings.len(), n_shown)?;
        for finding in group.suppressed.iter().take(MAX_SUPPRESSED) {
            let title = Words::of(finding, self.language).title;
            self.out.hanging(&[INDENT, (DIM, &finding.check), INDENT], DIM, title)?;
            if let Some(line) = suppression_line(finding, self.language) {
                self.out.hanging(&[INDENT, INDENT], DIM, &line)?;
            }
        }
        self.more(group.suppressed.len(), MAX_SUPPRESSED)
    }

    fn more(&mut self, n: usize, n_shown: usize) -> io::Result<()> {
        if n <= n_shown {
            return Ok(());
        }
        let n_more = (n - n_shown).to_string();
        let more = self.language.fill(Text::MoreFindings, &[("n", &n_more)]);
        self.out.line(&[INDENT, (DIM, "… "), (DIM, &more)])
    }

    /// One finding in full, or all of a check with what they have in common said once.
    fn alike(&mut self, findings: &[&Finding]) -> io::Result<()> {
        let Some(finding) = findings.first() else { return Ok(()) };
        let words = Words::of(finding, self.language);
        let columns = SEVERITIES.map(|severity| width(self.say(severity_text(severity))));
        let columns = columns.into_iter().max().unwrap_or(0);
        let severity = self.say(severity_text(finding.severity));
        let gap = pad("", columns.saturating_sub(width(severity)) + 2);
        let head = [
            INDENT,
            (severity_style(finding.severity), severity),
            (PLAIN, &gap),
            (super::BOLD, &finding.check),
            INDENT,
        ];
        let indent = pad("", columns + 4);
        let is_said = |text: fn(&Words<'_>) -> String| {
            let first = text(&words);
            findings.iter().all(|other| text(&Words::of(other, self.language)) == first)
        };
        let has_message = is_said(|words| words.message.to_owned());
        let has_remediation = is_said(|words| words.remediation.to_owned());
        let mut title = words.title.to_owned();
        if findings.len() > 1 {
            write!(title, " ×{}", findings.len()).expect("a String takes everything");
        }
        if findings.iter().all(|finding| finding.confidence == Confidence::Low) {
            title.extend([" ", self.say(Text::LowConfidence)]);
        }
        self.out.hanging(&head, PLAIN, &title)?;
        if let [_] = findings
            && let Some(package) = package_line(finding, self.language)
        {
            self.out.hanging(&[(PLAIN, &indent)], PLAIN, &package)?;
        }
        if has_message && !words.message.is_empty() {
            self.out.hanging(&[(PLAIN, &indent)], PLAIN, words.message)?;
        }
        if let [_] = findings {
            if let Some(place) = self.place(finding) {
                self.labelled(&indent, Text::Where, PLAIN, &place)?;
            }
        } else {
            for finding in findings.iter().take(MAX_PLACES) {
                self.item(&indent, finding, has_message, has_remediation)?;
            }
            if findings.len() > MAX_PLACES {
                let n_more = (findings.len() - MAX_PLACES).to_string();
                let more = self.language.fill(Text::MoreFindings, &[("n", &n_more)]);
                self.out.line(&[(PLAIN, &indent), (DIM, "… "), (DIM, &more)])?;
            }
        }
        if has_remediation && !words.remediation.is_empty() {
            self.labelled(&indent, Text::Do, PLAIN, words.remediation)?;
        }
        if let Some(reference) = finding.references.first() {
            // An address that is broken cannot be followed.
            let label = self.label(Text::See);
            self.out.whole(&[(PLAIN, &indent), (DIM, &label), (DIM, reference)])?;
        }
        Ok(())
    }

    /// What tells a finding from the others of its check.
    fn item(
        &mut self,
        indent: &str,
        finding: &Finding,
        has_message: bool,
        has_remediation: bool,
    ) -> io::Result<()> {
        let words = Words::of(finding, self.language);
        let message = if has_message { "" } else { words.message };
        let parts: Vec<String> = [self.place(finding), Some(message.to_owned())]
            .into_iter()
            .flatten()
            .filter(|part| !part.is_empty())
            .collect();
        self.out.hanging(&[(PLAIN, indent), (DIM, "- ")], PLAIN, &parts.join(": "))?;
        if !has_remediation && !words.remediation.is_empty() {
            let indent = format!("{indent}  ");
            self.labelled(&indent, Text::Do, PLAIN, words.remediation)?;
        }
        Ok(())
    }

    pub(super) fn place(&self, finding: &Finding) -> Option<String> {
        let location = finding.location.as_ref()?;
        let path = &location.path;
        Some(self.layers.place(self.language, location.layer, path, location.line))
    }

    fn labelled(&mut self, indent: &str, label: Text, style: Style, text: &str) -> io::Result<()> {
        let label = self.label(label);
        self.out.hanging(&[(PLAIN, indent), (DIM, &label)], style, text)
    }

    fn label(&self, label: Text) -> String {
        let labels = [Text::Where, Text::Do, Text::See].map(|label| width(self.say(label)));
        let columns = labels.into_iter().max().unwrap_or(0);
        pad(self.say(label), columns + 2)
    }

    /// Checks without an answer: none of them is a pass.
    fn unanswered(&mut self) -> io::Result<()> {
        let report = self.report;
        let unanswered = report.checks.iter().filter(|c| c.outcome == CheckOutcome::Unknown);
        let n = unanswered.clone().count();
        if n == 0 {
            return Ok(());
        }
        self.out.blank()?;
        let title = self.say(Text::UnansweredChecks);
        self.out.line(&[(super::BOLD, title), (DIM, " "), (DIM, &n.to_string())])?;
        for check in unanswered.take(MAX_FINDINGS) {
            self.out.hanging(
                &[INDENT, (super::BOLD, &check.check), INDENT],
                PLAIN,
                summary::answer(check, self.language),
            )?;
        }
        self.more(n, MAX_FINDINGS)
    }
}

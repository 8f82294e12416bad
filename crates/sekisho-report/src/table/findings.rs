use std::io;

use anstyle::Style;
use sekisho_types::report::{CheckOutcome, Finding};

use super::{DIM, INDENT, PLAIN, Table, severity_style};
use crate::{
    locale::Text,
    summary::{
        self, Group, SEVERITIES, Words, groups, kind_text, package_line, severity_counts,
        severity_text, suppression_line,
    },
    terminal::{pad, width},
};

/// Most findings of one kind that are told in full; the rest is counted.
const MAX_FINDINGS: usize = 100;

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
        for finding in group.findings.iter().take(MAX_FINDINGS) {
            self.finding(finding)?;
        }
        self.more(group.findings.len(), MAX_FINDINGS)?;
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

    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        let words = Words::of(finding, self.language);
        let columns = SEVERITIES.map(|severity| width(self.say(severity_text(severity))));
        let columns = columns.into_iter().max().unwrap_or(0);
        let severity = self.say(severity_text(finding.severity));
        let gap = pad("", columns.saturating_sub(width(severity)) + 2);
        self.out.hanging(
            &[
                INDENT,
                (severity_style(finding.severity), severity),
                (PLAIN, &gap),
                (super::BOLD, &finding.check),
                INDENT,
            ],
            PLAIN,
            words.title,
        )?;
        let indent = pad("", columns + 4);
        if let Some(package) = package_line(finding, self.language) {
            self.out.hanging(&[(PLAIN, &indent)], PLAIN, &package)?;
        }
        if !words.message.is_empty() {
            self.out.hanging(&[(PLAIN, &indent)], PLAIN, words.message)?;
        }
        if let Some(location) = &finding.location {
            let place =
                self.layers.place(self.language, location.layer, &location.path, location.line);
            self.labelled(&indent, Text::Where, PLAIN, &place)?;
        }
        if !words.remediation.is_empty() {
            self.labelled(&indent, Text::Do, PLAIN, words.remediation)?;
        }
        if let Some(reference) = finding.references.first() {
            self.labelled(&indent, Text::See, DIM, reference)?;
        }
        Ok(())
    }

    fn labelled(&mut self, indent: &str, label: Text, style: Style, text: &str) -> io::Result<()> {
        let labels = [Text::Where, Text::Do, Text::See].map(|label| width(self.say(label)));
        let columns = labels.into_iter().max().unwrap_or(0);
        let label = pad(self.say(label), columns + 2);
        self.out.hanging(&[(PLAIN, indent), (DIM, &label)], style, text)
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

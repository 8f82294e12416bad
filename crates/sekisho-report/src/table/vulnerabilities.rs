use std::io;

use anstyle::AnsiColor;
use sekisho_types::report::Finding;

use super::{BOLD, DIM, INDENT, PLAIN, Table, severity_style};
use crate::{
    locale::Text,
    summary::{SEVERITIES, Words, severity_text},
    terminal::{pad, width},
    vulnerabilities::{Weak, by_package, command_note, fix, marks, omitted, upgrade},
};

/// After so many vulnerabilities no further package is told; the rest is counted.
const MAX_VULNERABILITIES: usize = 200;

/// Most vulnerabilities of one package that are told.
const MAX_OF_PACKAGE: usize = 20;

/// Most commands that are told.
const MAX_COMMANDS: usize = 10;

impl Table<'_> {
    /// The packages with what is wrong with each; gives how many findings were told or counted.
    pub(super) fn weak_packages(&mut self, findings: &[&Finding]) -> io::Result<usize> {
        let mut n_shown = 0;
        for weak in by_package(self.report, findings) {
            if n_shown >= MAX_VULNERABILITIES {
                break;
            }
            self.weak_package(&weak)?;
            for finding in weak.findings.iter().take(MAX_OF_PACKAGE) {
                self.vulnerability(finding)?;
            }
            let n_more = weak.findings.len().saturating_sub(MAX_OF_PACKAGE);
            if n_more > 0 {
                let more = self.language.fill(Text::MoreFindings, &[("n", &n_more.to_string())]);
                self.out.line(&[INDENT, INDENT, (DIM, "… "), (DIM, &more)])?;
            }
            n_shown += weak.findings.len();
        }
        Ok(n_shown)
    }

    fn weak_package(&mut self, weak: &Weak<'_>) -> io::Result<()> {
        let name = weak.package.map(|it| format!("{} {}", it.name, it.version)).unwrap_or_default();
        let place = weak.findings.first().and_then(|finding| self.place(finding));
        let place = place.unwrap_or_default();
        self.out.hanging(&[INDENT, (BOLD, &name), INDENT], DIM, &place)?;
        if let Some(fix) = weak.fix {
            let fix = upgrade(fix, self.language);
            self.out.hanging(&[INDENT, INDENT], AnsiColor::Green.on_default(), &fix)?;
        }
        Ok(())
    }

    fn vulnerability(&mut self, finding: &Finding) -> io::Result<()> {
        let columns = SEVERITIES.map(|severity| width(self.say(severity_text(severity))));
        let columns = columns.into_iter().max().unwrap_or(0);
        let severity = self.say(severity_text(finding.severity));
        let gap = pad("", columns.saturating_sub(width(severity)) + 2);
        let head = [
            INDENT,
            INDENT,
            (severity_style(finding.severity), severity),
            (PLAIN, &gap),
            (BOLD, &finding.check),
            INDENT,
        ];
        self.out.hanging(&head, PLAIN, Words::of(finding, self.language).title)?;
        let indent = pad("", columns + 6);
        let mut parts = marks(finding, self.language);
        let is_exploited =
            finding.vulnerability.as_ref().is_some_and(|facts| facts.known_exploited.is_some());
        parts.insert(0, fix(finding, self.language));
        let line = parts.join(self.say(Text::Separator));
        let style = if is_exploited { AnsiColor::Red.on_default() } else { DIM };
        self.out.hanging(&[(PLAIN, &indent)], style, &line)
    }

    /// What to type to be rid of most of it.
    pub(super) fn fixes(&mut self) -> io::Result<()> {
        let report = self.report;
        let Some(fixes) = report.fixes.as_ref().filter(|fixes| !fixes.commands.is_empty()) else {
            return Ok(());
        };
        self.section(Text::Fixes, "")?;
        for command in fixes.commands.iter().take(MAX_COMMANDS) {
            self.out.whole(&[INDENT, (AnsiColor::Cyan.on_default(), &command.command)])?;
            let note = command_note(command, self.language);
            self.out.line(&[INDENT, INDENT, (DIM, &note)])?;
        }
        let n_more = fixes.commands.len().saturating_sub(MAX_COMMANDS);
        if n_more > 0 {
            let more = self.language.fill(Text::CutShort, &[("n", &n_more.to_string())]);
            self.out.line(&[INDENT, (DIM, &more)])?;
        }
        Ok(())
    }

    /// Packages of which the advisories were not asked.
    pub(super) fn omitted(&mut self) -> io::Result<()> {
        let lines = omitted(self.report, self.language);
        if lines.is_empty() {
            return Ok(());
        }
        self.section(Text::NotLookedUp, "")?;
        for line in lines {
            self.out.hanging(&[INDENT], PLAIN, &line)?;
        }
        Ok(())
    }
}

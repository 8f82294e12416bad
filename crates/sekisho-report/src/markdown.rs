//! A report in GitHub Flavored Markdown, short enough for a comment.

#[cfg(test)]
mod tests;

use std::fmt::Write as _;

use sekisho_types::{
    Severity,
    report::{Finding, Report, SubjectKind, VerdictResult},
};

use crate::{
    Options,
    lineage::lineage,
    locale::{Language, Text},
    summary::{
        self, Group, LayerNumbers, Programs, Words, ecosystems, groups, kind_text, package_line,
        severity_counts, severity_text, suppression_line,
    },
    table,
    terminal::clean,
    vulnerabilities,
    web::is_web_address,
};

/// Most characters of the findings: GitHub takes 65,536 in a comment, and the rest needs some.
const MAX_FINDINGS_BYTES: usize = 40_000;

/// Most lines of each list.
const MAX_LINES: usize = 30;

/// Most characters of one text from outside.
const MAX_CHARS: usize = 300;

pub(crate) fn document(report: &Report, options: &Options) -> String {
    let document = Document {
        report,
        options,
        language: options.language,
        layers: LayerNumbers::new(report),
        text: String::new(),
    };
    document.write()
}

struct Document<'a> {
    report: &'a Report,
    options: &'a Options,
    language: Language,
    layers: LayerNumbers,
    text: String,
}

impl Document<'_> {
    fn write(mut self) -> String {
        self.header();
        for group in groups(self.report) {
            self.group(&group);
        }
        self.fixes();
        if self.report.subject.kind != SubjectKind::File {
            self.packages();
            self.programs();
        }
        self.unread();
        self.text
    }

    fn say(&self, text: Text) -> &'static str {
        self.language.say(text)
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// A row of cells that are Markdown already.
    fn row(&mut self, cells: &[String]) {
        self.line(&format!("| {} |", cells.join(" | ")));
    }

    fn table_head(&mut self, titles: &[Text]) {
        let cells: Vec<String> = titles.iter().map(|title| self.say(*title).to_owned()).collect();
        self.row(&cells);
        self.row(&vec!["---".to_owned(); titles.len()]);
    }

    fn header(&mut self) {
        let report = self.report;
        let (sign, word) = match report.verdict.result {
            VerdictResult::Pass => ("✅", Text::Pass),
            VerdictResult::Fail => ("❌", Text::Fail),
            VerdictResult::Unknown => ("⚠️", Text::Unanswered),
        };
        let name = code(&report.subject.name);
        self.line(&format!("## {sign} {}: {name}\n", self.say(word)));
        let counts = severity_counts(report, self.language);
        if counts.is_empty() {
            self.line(self.say(Text::NoFindings));
        } else {
            self.line(&format!("**{}**: {counts}", self.say(Text::Findings)));
        }
        self.line("");
        for reason in summary::reasons(&report.verdict, self.language).iter().take(MAX_LINES) {
            self.line(&format!("- {}", escaped(reason)));
        }
        for note in report.notes.iter().take(MAX_LINES) {
            self.line(&format!("- {}", escaped(summary::note(note, self.language))));
        }
        let subject = &report.subject;
        let mut facts = Vec::new();
        if subject.kind != SubjectKind::File {
            facts.push(escaped(&table::system(report, self.language)));
        }
        if let Some(created) = &subject.created {
            let created = summary::created(created, self.options.now, self.language);
            facts.push(format!("{} {}", self.say(Text::Created), escaped(&created)));
        }
        for (label, value) in lineage(report, self.language) {
            facts.push(format!("{} {}", self.say(label), escaped(&value)));
        }
        if !subject.layers.is_empty() && subject.document.is_none() {
            let layers = table::layers(report, self.language);
            facts.push(format!("{} {}", self.say(Text::Layers), escaped(&layers)));
        }
        facts.push(format!("{} {}", self.say(Text::Source), subject.source.as_str()));
        if let Some(digest) = subject.digest {
            facts.push(code(&digest.to_string()));
        }
        self.line(&format!("- {}", facts.join(" · ")));
    }

    fn group(&mut self, group: &Group<'_>) {
        let n = group.findings.len();
        self.line(&format!("\n### {} ({n})\n", self.say(kind_text(group.kind))));
        if n > 0 {
            self.table_head(&[
                Text::Severity,
                Text::Check,
                Text::Finding,
                Text::Place,
                Text::Remedy,
            ]);
        }
        let mut n_shown = 0;
        for finding in &group.findings {
            if self.text.len() > MAX_FINDINGS_BYTES {
                break;
            }
            self.finding(finding);
            n_shown += 1;
        }
        self.more(n, n_shown);
        if group.suppressed.is_empty() {
            return;
        }
        self.line("");
        for finding in group.suppressed.iter().take(MAX_LINES) {
            let reason = suppression_line(finding, self.language).unwrap_or_default();
            self.line(&format!("- {} {}", check(finding), escaped(&reason)));
        }
        self.more(group.suppressed.len(), MAX_LINES);
    }

    fn more(&mut self, n: usize, n_shown: usize) {
        if n > n_shown {
            let n_more = (n - n_shown).to_string();
            let more = self.language.fill(Text::MoreFindings, &[("n", &n_more)]);
            self.line(&format!("\n… {more}"));
        }
    }

    fn finding(&mut self, finding: &Finding) {
        let words = Words::of(finding, self.language);
        let severity = self.say(severity_text(finding.severity));
        let package = package_line(finding, self.language).map(|line| code(&line));
        let place = finding.location.as_ref().map(|location| {
            let (layer, path) = (location.layer, location.path.as_str());
            code(&self.layers.place(self.language, layer, path, location.line))
        });
        let place: Vec<String> = package.into_iter().chain(place).collect();
        let mut message: Vec<String> = [words.title, words.message].map(escaped).into();
        message.retain(|text| !text.is_empty());
        let marks = vulnerabilities::marks(finding, self.language);
        message.extend(marks.iter().map(|mark| format!("**{}**", escaped(mark))));
        self.row(&[
            format!("{} {severity}", sign(finding.severity)),
            check(finding),
            message.join("<br>"),
            place.join("<br>"),
            escaped(words.remediation),
        ]);
    }

    fn fixes(&mut self) {
        let Some(fixes) = &self.report.fixes else { return };
        self.line(&format!("\n### {}\n", self.say(Text::Fixes)));
        for command in fixes.commands.iter().take(MAX_LINES) {
            let note = vulnerabilities::command_note(command, self.language);
            self.line(&format!("- {}: {}", code(&command.command), escaped(&note)));
        }
        self.more(fixes.commands.len(), MAX_LINES);
    }

    fn packages(&mut self) {
        let (ecosystems, _) = ecosystems(self.report, &self.layers);
        let n: usize = ecosystems.iter().map(|ecosystem| ecosystem.n_packages).sum();
        self.line(&format!("\n### {} ({n})\n", self.say(Text::Packages)));
        if n == 0 {
            self.line(self.say(Text::NoPackages));
            return;
        }
        let parts: Vec<String> = ecosystems
            .iter()
            .map(|ecosystem| format!("{} {}", ecosystem.kind, ecosystem.n_packages))
            .collect();
        self.line(&parts.join(" · "));
        for line in vulnerabilities::omitted(self.report, self.language) {
            self.line(&format!("\n{}: {}", self.say(Text::NotLookedUp), escaped(&line)));
        }
    }

    fn programs(&mut self) {
        let programs = Programs::of(self.report);
        if programs.is_empty() {
            return;
        }
        let n = programs.n_elf + programs.n_scripts;
        self.line(&format!("\n### {} ({n})\n", self.say(Text::Executables)));
        for (label, named) in programs.rows().iter().filter(|(_, named)| !named.is_empty()) {
            let mut line = format!("- {} {}: ", self.say(*label), named.len());
            if *label == Text::Unneeded {
                let bytes = summary::size(programs.unneeded_bytes());
                line.push_str(&self.language.fill(Text::UnneededBytes, &[("size", &bytes)]));
            } else {
                let shown: Vec<String> = named.iter().take(3).map(|(path, _)| code(path)).collect();
                line.push_str(&shown.join(" "));
            }
            self.line(&line);
        }
    }

    fn unread(&mut self) {
        let unknowns = &self.report.unknowns;
        if unknowns.is_empty() {
            return;
        }
        self.line(&format!("\n### {} ({})\n", self.say(Text::Unread), unknowns.len()));
        for unknown in unknowns.iter().take(MAX_LINES) {
            let path = unknown.path.to_str_lossy();
            let place = self.layers.place(self.language, unknown.layer, &path, None);
            let reason = summary::reason(unknown, self.language);
            self.line(&format!("- {}: {}", code(&place), escaped(&reason)));
        }
        self.more(unknowns.len(), MAX_LINES);
    }
}

/// The name of a check, as a link where a page explains it.
fn check(finding: &Finding) -> String {
    let name = escaped(&finding.check);
    // Brackets and parentheses would end the link; an address can do without them.
    let is_plain = |url: &&String| {
        is_web_address(url) && !url.contains(['(', ')', '[', ']']) && url.len() <= MAX_CHARS
    };
    match finding.references.iter().find(is_plain) {
        Some(url) => format!("[{name}]({url})"),
        None => name,
    }
}

fn sign(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "🟥",
        Severity::High => "🟧",
        Severity::Medium => "🟨",
        Severity::Low => "🟦",
        Severity::Info | Severity::Unknown => "⬜",
    }
}

/// Text as text: a mark that Markdown or HTML gives a meaning, or that would make an addressee, an
/// issue or a link of what follows, is written by its number.
///
/// # Source
///
/// GitHub Flavored Markdown, 6.2 (numeric character references are not markup) and 6.9.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for char in clean(text).chars().take(MAX_CHARS) {
        match char {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            // GitHub looks for mentions and issues after references are resolved: an element
            // between the mark and the name keeps it from seeing one.
            '@' | '#' => {
                write!(escaped, "&#{};<span></span>", u32::from(char))
                    .expect("a String takes everything");
            }
            '\\' | '`' | '*' | '_' | '[' | ']' | '!' | '|' | '~' | '$' => {
                write!(escaped, "&#{};", u32::from(char)).expect("a String takes everything");
            }
            char => escaped.push(char),
        }
    }
    // What looks like an address is made a link where nothing else is.
    escaped.replace("://", ":<span></span>//").replace("www.", "www<span></span>.")
}

/// Text as code, which no cell, tag or tick ends.
fn code(text: &str) -> String {
    format!("<code>{}</code>", escaped(text))
}

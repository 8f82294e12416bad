//! The parts of the report on a terminal, from top to bottom.

mod findings;
mod inventory;
#[cfg(test)]
mod tests;
mod vulnerabilities;

use std::io;

use anstyle::{AnsiColor, Style};
use jiff::Timestamp;
use sekisho_types::{
    Severity,
    report::{Report, SubjectKind, VerdictResult},
};

use crate::{
    Options,
    lineage::lineage,
    locale::{Language, Text},
    summary::{self, Ecosystem, LayerNumbers},
    terminal::{Terminal, pad, width},
};

const PLAIN: Style = Style::new();
const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const INDENT: (Style, &str) = (PLAIN, "  ");

/// Most places that are named as not readable.
const MAX_UNKNOWNS: usize = 20;

/// Most notes that are shown.
const MAX_NOTES: usize = 20;

pub(crate) struct Table<'a> {
    report: &'a Report,
    language: Language,
    now: Option<Timestamp>,
    layers: LayerNumbers,
    out: Terminal<'a>,
}

impl<'a> Table<'a> {
    pub(crate) fn new(report: &'a Report, options: &Options, out: &'a mut dyn io::Write) -> Self {
        Self {
            report,
            language: options.language,
            now: options.now,
            layers: LayerNumbers::new(report),
            out: Terminal::new(out, options.color, options.width),
        }
    }

    pub(crate) fn write(&mut self) -> io::Result<()> {
        self.header()?;
        self.verdict()?;
        self.findings()?;
        self.fixes()?;
        if self.report.subject.kind != SubjectKind::File {
            self.packages()?;
            self.omitted()?;
            self.layer_table()?;
            self.programs()?;
        }
        self.unread()?;
        self.next_steps()
    }

    fn say(&self, text: Text) -> &'static str {
        self.language.say(text)
    }

    /// A blank line and the name of what follows.
    fn section(&mut self, title: Text, note: &str) -> io::Result<()> {
        self.out.blank()?;
        let title = self.say(title);
        self.out.line(&[(BOLD.underline(), title), (PLAIN, "  "), (DIM, note)])
    }

    fn header(&mut self) -> io::Result<()> {
        let facts = facts(self.report, self.now, self.language);
        let columns = facts.iter().map(|(label, _)| width(self.say(*label))).max().unwrap_or(0);
        for (index, (label, value)) in facts.iter().enumerate() {
            let label = pad(self.say(*label), columns + 2);
            let style = if index == 0 { BOLD } else { PLAIN };
            self.out.hanging(&[(DIM, &label)], style, value)?;
        }
        Ok(())
    }

    fn verdict(&mut self) -> io::Result<()> {
        let verdict = &self.report.verdict;
        let (word, color) = match verdict.result {
            VerdictResult::Pass => (Text::Pass, AnsiColor::Green),
            VerdictResult::Fail => (Text::Fail, AnsiColor::Red),
            VerdictResult::Unknown => (Text::Unanswered, AnsiColor::Yellow),
        };
        let policy = self.language.fill(Text::ByPolicy, &[("policy", &verdict.policy)]);
        self.out.blank()?;
        self.out.line(&[
            (BOLD, self.say(Text::Verdict)),
            INDENT,
            (color.on_default().bold(), self.say(word)),
            INDENT,
            (DIM, &policy),
        ])?;
        for reason in summary::reasons(verdict, self.language) {
            self.out.hanging(&[INDENT, (DIM, "- ")], PLAIN, reason)?;
        }
        for note in self.report.notes.iter().take(MAX_NOTES) {
            let note = summary::note(note, self.language);
            self.out.hanging(&[INDENT, (DIM, "- ")], DIM, note)?;
        }
        Ok(())
    }

    fn unread(&mut self) -> io::Result<()> {
        let unknowns = &self.report.unknowns;
        if unknowns.is_empty() {
            return Ok(());
        }
        self.section(Text::Unread, &unknowns.len().to_string())?;
        for unknown in unknowns.iter().take(MAX_UNKNOWNS) {
            let path = unknown.path.to_str_lossy();
            let place = self.layers.place(self.language, unknown.layer, &path, None);
            self.out.hanging(&[INDENT], PLAIN, &place)?;
            let reason = summary::reason(unknown, self.language);
            self.out.hanging(&[INDENT, INDENT], DIM, &reason)?;
        }
        let n_more = unknowns.len().saturating_sub(MAX_UNKNOWNS);
        if n_more > 0 {
            let more = self.language.fill(Text::MoreUnread, &[("n", &n_more.to_string())]);
            self.out.line(&[INDENT, (DIM, "… "), (DIM, &more)])?;
        }
        Ok(())
    }

    fn next_steps(&mut self) -> io::Result<()> {
        let commands = summary::next_commands(self.report);
        if commands.is_empty() {
            return Ok(());
        }
        self.section(Text::Next, "")?;
        for (command, why) in commands {
            // Never broken or cut: it is there to be copied.
            self.out.whole(&[INDENT, (AnsiColor::Cyan.on_default(), &command)])?;
            self.out.line(&[INDENT, INDENT, (DIM, self.say(why))])?;
        }
        Ok(())
    }
}

/// What the subject is, with the name of each fact.
pub(crate) fn facts(
    report: &Report,
    now: Option<Timestamp>,
    language: Language,
) -> Vec<(Text, String)> {
    let subject = &report.subject;
    let kind = match subject.kind {
        SubjectKind::Image => Text::Image,
        SubjectKind::Directory => Text::Directory,
        SubjectKind::File => Text::File,
    };
    let source = match &subject.document {
        Some(document) => {
            let parts = [&document.path, &document.format, &document.tool];
            let parts: Vec<&str> = parts.into_iter().map(String::as_str).collect();
            let shown: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
            format!("{}:{}", subject.source.as_str(), shown.join(", "))
        }
        None => subject.source.as_str().to_owned(),
    };
    let mut facts = vec![(kind, subject.name.clone()), (Text::Source, source)];
    if let Some(digest) = subject.digest {
        facts.push((Text::Digest, digest.to_string()));
    }
    if subject.kind != SubjectKind::File {
        facts.push((Text::System, system(report, language)));
    }
    if let Some(created) = &subject.created {
        facts.push((Text::Created, summary::created(created, now, language)));
    }
    if let Some(base) = &subject.base {
        facts.push((Text::Base, summary::base(base, now, language)));
    }
    facts.extend(lineage(report, language));
    if let Some(platform) = &subject.platform {
        facts.push((Text::Platform, platform.clone()));
    }
    // A bill of materials names layers, and not what is in them.
    if !subject.layers.is_empty() && subject.document.is_none() {
        facts.push((Text::Layers, layers(report, language)));
    }
    if let Some(database) = &report.database {
        let updated = summary::created(&database.updated, now, language);
        let values = [("revision", database.revision.as_str()), ("updated", updated.as_str())];
        facts.push((Text::Database, language.fill(Text::DatabaseLine, &values)));
    }
    facts
}

/// `layer 1: 88, layer 3: 2`.
pub(crate) fn by_layer(ecosystem: &Ecosystem, language: Language) -> String {
    let parts: Vec<String> = ecosystem
        .by_layer
        .iter()
        .filter_map(|(layer, n)| {
            let values = [("n", &*(*layer)?.to_string())];
            Some(format!("{}: {n}", language.fill(Text::LayerNumber, &values)))
        })
        .collect();
    parts.join(language.say(Text::Separator))
}

pub(crate) fn system(report: &Report, language: Language) -> String {
    match &report.subject.os {
        None => language.say(Text::UnknownSystem).to_owned(),
        Some(os) => os.pretty_name.clone().unwrap_or_else(|| format!("{} {}", os.id, os.version)),
    }
}

pub(crate) fn layers(report: &Report, language: Language) -> String {
    let layers = &report.subject.layers;
    let bytes = layers.iter().fold(0_u64, |sum, layer| sum.saturating_add(layer.size_bytes));
    let n_files = layers.iter().fold(0_u64, |sum, layer| sum.saturating_add(layer.n_files));
    language.fill(
        Text::LayersAndSize,
        &[
            ("n", &layers.len().to_string()),
            ("size", &summary::size(bytes)),
            ("files", &n_files.to_string()),
        ],
    )
}

fn severity_style(severity: Severity) -> Style {
    match severity {
        Severity::Critical => AnsiColor::Red.on_default().bold().invert(),
        Severity::High => AnsiColor::Red.on_default().bold(),
        Severity::Medium => AnsiColor::Yellow.on_default(),
        Severity::Low => AnsiColor::Blue.on_default(),
        Severity::Info | Severity::Unknown => DIM,
    }
}

//! What the page of a report shows. Escaping is the template's, for every text; what would hide or
//! reorder text is taken out before.

mod svg;
#[cfg(test)]
mod tests;

use std::fmt;

use sekisho_types::{
    FixCommand, Severity,
    report::{Finding, FindingKind, Report, SubjectKind, VerdictResult},
};

use crate::{
    Options,
    locale::{Language, Text},
    summary::{
        self, Ecosystem, LayerNumbers, Programs, SEVERITIES, Words, by_severity, ecosystems,
        groups, kind_text, package_line, severity_text, suppression_line,
    },
    table,
    terminal::clean,
    vulnerabilities,
    web::is_web_address,
};

/// Most findings of a kind, packages and places on a page that a browser should still scroll.
const MAX_FINDINGS: usize = 2_000;
const MAX_PACKAGES: usize = 10_000;
const MAX_UNKNOWNS: usize = 1_000;

/// Most programs that are named in a line.
const MAX_NAMED: usize = 12;

const STYLE: &str = include_str!("../templates/report.css");
const SCRIPT: &str = include_str!("../templates/report.js");

/// What the policy of the page lets run; a test computes it again.
const SCRIPT_HASH: &str = "sha256-gqIB8D2k4UOBbrRuNOzkitMb8cjx4y6gSpPG/BJ9atI=";

#[derive(askama::Template)]
#[template(path = "report.html")]
pub(crate) struct Page {
    language: Language,
    name: String,
    tool_version: String,
    verdict: Verdict,
    facts: Vec<Fact>,
    severities: Vec<SeverityRow>,
    suppressed: Option<String>,
    severity_chart: String,
    groups: Vec<Group>,
    /// What to type, and what it clears.
    fixes: Vec<(String, String)>,
    omitted: Vec<String>,
    is_inventory: bool,
    ecosystems: Vec<EcosystemRow>,
    n_packages: usize,
    owned: Option<String>,
    package_tree: String,
    packages: Vec<PackageRow>,
    packages_cut: Option<String>,
    layers: Vec<LayerRow>,
    layer_chart: String,
    programs: Vec<ProgramRow>,
    programs_note: String,
    unknowns: Vec<UnknownRow>,
    unknowns_cut: Option<String>,
    commands: Vec<(String, &'static str)>,
}

struct Verdict {
    class: &'static str,
    word: &'static str,
    policy: String,
    reasons: Vec<String>,
}

struct Fact {
    label: &'static str,
    value: String,
}

struct SeverityRow {
    class: &'static str,
    word: &'static str,
    n: usize,
}

struct Group {
    title: &'static str,
    /// The packages that findings are about, worst first.
    weak: Vec<WeakRow>,
    findings: Vec<FindingRow>,
    suppressed: Vec<FindingRow>,
    cut: Option<String>,
}

struct WeakRow {
    name: String,
    version: String,
    /// Class, word and number of each severity.
    counts: Vec<SeverityRow>,
    upgrade: String,
}

struct FindingRow {
    class: &'static str,
    severity: &'static str,
    check: String,
    title: String,
    message: String,
    marks: Vec<String>,
    package: Option<String>,
    place: Option<String>,
    remedy: String,
    links: Vec<String>,
    suppression: Option<String>,
}

struct EcosystemRow {
    kind: &'static str,
    n: usize,
    layers: String,
}

struct PackageRow {
    kind: &'static str,
    name: String,
    version: String,
    licenses: String,
    layer: String,
    path: String,
}

struct LayerRow {
    number: usize,
    size: String,
    n_files: u64,
    created_by: String,
}

struct ProgramRow {
    label: &'static str,
    n: usize,
    named: Vec<(String, String)>,
    more: Option<String>,
}

struct UnknownRow {
    place: String,
    reason: String,
}

impl fmt::Debug for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Page({:?})", self.name)
    }
}

impl Page {
    pub(crate) fn new(report: &Report, options: &Options) -> Self {
        let language = options.language;
        let layers = LayerNumbers::new(report);
        let (ecosystems, n_owned) = ecosystems(report, &layers);
        let programs = Programs::of(report);
        let counts = by_severity(report);
        let n_suppressed = summary::n_suppressed(report);
        let unneeded = summary::size(programs.unneeded_bytes());
        let note_of_programs = [
            language.fill(
                Text::ProgramsAndScripts,
                &[
                    ("elf", &*programs.n_elf.to_string()),
                    ("scripts", &*programs.n_scripts.to_string()),
                ],
            ),
            language.fill(Text::UnneededBytes, &[("size", &unneeded)]),
        ];
        let n_notes = if programs.unneeded.is_empty() { 1 } else { 2 };
        Self {
            language,
            name: clean(&report.subject.name).into_owned(),
            tool_version: clean(&report.tool.version).into_owned(),
            verdict: verdict(report, language),
            facts: facts(report, options),
            severities: counts.iter().map(|(severity, n)| row(*severity, *n, language)).collect(),
            suppressed: (n_suppressed > 0)
                .then(|| language.fill(Text::Suppressed, &[("n", &n_suppressed.to_string())])),
            severity_chart: svg::severities(&counts, language),
            groups: groups(report)
                .iter()
                .map(|group| view(report, group, &layers, language))
                .collect(),
            fixes: fix_rows(report, language),
            omitted: vulnerabilities::omitted(report, language)
                .iter()
                .map(|line| clean(line).into_owned())
                .collect(),
            is_inventory: report.subject.kind != SubjectKind::File,
            n_packages: ecosystems.iter().map(|ecosystem| ecosystem.n_packages).sum(),
            package_tree: svg::packages(&ecosystems, language),
            ecosystems: ecosystems.iter().map(|one| ecosystem(one, language)).collect(),
            owned: (n_owned > 0).then(|| language.count(Text::OneOwned, Text::Owned, n_owned)),
            packages: package_rows(report, &layers),
            packages_cut: cut(report.packages.len(), MAX_PACKAGES, language),
            layers: layer_rows(report),
            layer_chart: svg::layers(&report.subject.layers, language),
            programs: program_rows(&programs, language),
            programs_note: note_of_programs
                .iter()
                .take(n_notes)
                .map(String::as_str)
                .collect::<Vec<_>>()
                .join(language.say(Text::Separator)),
            unknowns: unknown_rows(report, &layers, language),
            unknowns_cut: cut(report.unknowns.len(), MAX_UNKNOWNS, language),
            commands: summary::next_commands(report)
                .into_iter()
                .map(|(command, why)| (clean(&command).into_owned(), language.say(why)))
                .collect(),
        }
    }

    fn say(&self, text: Text) -> &'static str {
        self.language.say(text)
    }
}

fn cut(n: usize, most: usize, language: Language) -> Option<String> {
    let n_more = n.checked_sub(most).filter(|n_more| *n_more > 0)?;
    Some(language.fill(Text::CutShort, &[("n", &n_more.to_string())]))
}

fn verdict(report: &Report, language: Language) -> Verdict {
    let verdict = &report.verdict;
    let (class, word) = match verdict.result {
        VerdictResult::Pass => ("pass", Text::Pass),
        VerdictResult::Fail => ("fail", Text::Fail),
        VerdictResult::Unknown => ("unanswered", Text::Unanswered),
    };
    Verdict {
        class,
        word: language.say(word),
        policy: language.fill(Text::ByPolicy, &[("policy", &clean(&verdict.policy))]),
        reasons: summary::reasons(verdict, language)
            .iter()
            .map(String::as_str)
            .chain(report.notes.iter().map(|note| summary::note(note, language)))
            .map(|reason| clean(reason).into_owned())
            .collect(),
    }
}

fn facts(report: &Report, options: &Options) -> Vec<Fact> {
    table::facts(report, options.now, options.language)
        .into_iter()
        .map(|(label, value)| Fact {
            label: options.language.say(label),
            value: clean(&value).into_owned(),
        })
        .collect()
}

fn class(severity: Severity) -> &'static str {
    Language::English.say(severity_text(severity))
}

fn row(severity: Severity, n: usize, language: Language) -> SeverityRow {
    SeverityRow { class: class(severity), word: language.say(severity_text(severity)), n }
}

fn view(
    report: &Report,
    group: &summary::Group<'_>,
    layers: &LayerNumbers,
    language: Language,
) -> Group {
    let rows = |findings: &[&Finding]| {
        findings
            .iter()
            .take(MAX_FINDINGS)
            .map(|finding| finding_row(finding, layers, language))
            .collect()
    };
    Group {
        title: language.say(kind_text(group.kind)),
        weak: match group.kind {
            FindingKind::Vulnerability => weak_rows(report, &group.findings, language),
            _ => Vec::new(),
        },
        findings: rows(&group.findings),
        suppressed: rows(&group.suppressed),
        cut: cut(group.findings.len(), MAX_FINDINGS, language),
    }
}

fn weak_rows(report: &Report, findings: &[&Finding], language: Language) -> Vec<WeakRow> {
    let weak = vulnerabilities::by_package(report, findings);
    weak.iter()
        .filter_map(|weak| {
            let package = weak.package?;
            let counts = SEVERITIES.iter().map(|severity| {
                let n = weak.findings.iter().filter(|it| it.severity == *severity).count();
                row(*severity, n, language)
            });
            let upgrade = weak.fix.map(|fix| vulnerabilities::upgrade(fix, language));
            Some(WeakRow {
                name: clean(&package.name).into_owned(),
                version: clean(&package.version).into_owned(),
                counts: counts.filter(|row| row.n > 0).collect(),
                upgrade: clean(&upgrade.unwrap_or_default()).into_owned(),
            })
        })
        .take(MAX_FINDINGS)
        .collect()
}

fn fix_rows(report: &Report, language: Language) -> Vec<(String, String)> {
    let commands = report.fixes.iter().flat_map(|fixes| &fixes.commands);
    let row = |command: &FixCommand| {
        let note = vulnerabilities::command_note(command, language);
        (clean(&command.command).into_owned(), note)
    };
    commands.take(MAX_NAMED).map(row).collect()
}

fn finding_row(finding: &Finding, layers: &LayerNumbers, language: Language) -> FindingRow {
    let words = Words::of(finding, language);
    let cleaned = |text: String| clean(&text).into_owned();
    FindingRow {
        class: class(finding.severity),
        severity: language.say(severity_text(finding.severity)),
        check: clean(&finding.check).into_owned(),
        title: clean(words.title).into_owned(),
        message: clean(words.message).into_owned(),
        marks: vulnerabilities::marks(finding, language).into_iter().map(cleaned).collect(),
        package: package_line(finding, language).map(cleaned),
        place: finding.location.as_ref().map(|location| {
            cleaned(layers.place(language, location.layer, &location.path, location.line))
        }),
        remedy: clean(words.remediation).into_owned(),
        links: finding.references.iter().filter(|url| is_web_address(url)).cloned().collect(),
        suppression: suppression_line(finding, language).map(cleaned),
    }
}

fn ecosystem(ecosystem: &Ecosystem, language: Language) -> EcosystemRow {
    EcosystemRow {
        kind: ecosystem.kind.as_str(),
        n: ecosystem.n_packages,
        layers: table::by_layer(ecosystem, language),
    }
}

fn package_rows(report: &Report, layers: &LayerNumbers) -> Vec<PackageRow> {
    report
        .packages
        .iter()
        .take(MAX_PACKAGES)
        .map(|package| PackageRow {
            kind: package.kind.as_str(),
            name: clean(&package.name).into_owned(),
            version: clean(&package.version).into_owned(),
            licenses: clean(&package.licenses.join(", ")).into_owned(),
            layer: layers.get(package.layer).map(|n| n.to_string()).unwrap_or_default(),
            path: package.paths.first().map(|path| clean(path).into_owned()).unwrap_or_default(),
        })
        .collect()
}

fn layer_rows(report: &Report) -> Vec<LayerRow> {
    let layers = report.subject.layers.iter().zip(1..);
    layers
        .map(|(layer, number)| LayerRow {
            number,
            size: summary::size(layer.size_bytes),
            n_files: layer.n_files,
            created_by: clean(layer.created_by.trim()).into_owned(),
        })
        .collect()
}

fn program_rows(programs: &Programs<'_>, language: Language) -> Vec<ProgramRow> {
    programs
        .rows()
        .into_iter()
        .filter(|(_, named)| !named.is_empty())
        .map(|(label, named)| ProgramRow {
            label: language.say(label),
            n: named.len(),
            named: named
                .iter()
                .take(MAX_NAMED)
                .map(|(path, note)| (clean(path).into_owned(), clean(note).into_owned()))
                .collect(),
            more: named
                .len()
                .checked_sub(MAX_NAMED)
                .filter(|n_more| *n_more > 0)
                .map(|n_more| language.fill(Text::AndMore, &[("n", &n_more.to_string())])),
        })
        .collect()
}

fn unknown_rows(report: &Report, layers: &LayerNumbers, language: Language) -> Vec<UnknownRow> {
    report
        .unknowns
        .iter()
        .take(MAX_UNKNOWNS)
        .map(|unknown| {
            let path = unknown.path.to_str_lossy();
            UnknownRow {
                place: clean(&layers.place(language, unknown.layer, &path, None)).into_owned(),
                reason: clean(&summary::reason(unknown, language)).into_owned(),
            }
        })
        .collect()
}

//! A report as people want it told: counted, grouped, worst first.

use std::{
    borrow::Cow,
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use jiff::Timestamp;
use sekisho_types::{
    Digest, Executable, ExecutableFormat, PackageKind, Severity, Unknown,
    report::{BaseImage, CheckResult, Finding, FindingKind, Note, Report, SubjectKind, Verdict},
};

use crate::{
    locale::{Language, Text},
    reasons::in_japanese,
};

/// All severities, worst first.
pub(crate) const SEVERITIES: [Severity; 6] = [
    Severity::Critical,
    Severity::High,
    Severity::Medium,
    Severity::Low,
    Severity::Info,
    Severity::Unknown,
];

/// Numbers of layers from 1, bottom first, as people count them.
pub(crate) struct LayerNumbers(BTreeMap<Digest, usize>);

impl LayerNumbers {
    pub(crate) fn new(report: &Report) -> Self {
        let mut numbers = BTreeMap::new();
        for (layer, number) in report.subject.layers.iter().zip(1..) {
            // An image may have one layer twice; what is in it came with the first.
            numbers.entry(layer.diff_id).or_insert(number);
        }
        Self(numbers)
    }

    pub(crate) fn get(&self, layer: Option<Digest>) -> Option<usize> {
        self.0.get(&layer?).copied()
    }

    /// A place in the image: `layer 2, app/.env:3`.
    pub(crate) fn place(
        &self,
        language: Language,
        layer: Option<Digest>,
        path: &str,
        line: Option<u64>,
    ) -> String {
        let path = match line {
            Some(line) => format!("{path}:{line}"),
            None => path.to_owned(),
        };
        match self.get(layer) {
            Some(number) if path.is_empty() => {
                language.fill(Text::LayerNumber, &[("n", &number.to_string())])
            }
            Some(number) => {
                let values = [("n", &*number.to_string()), ("path", &*path)];
                language.fill(Text::PlaceInLayer, &values)
            }
            None => path,
        }
    }
}

/// The findings of one kind that still count, worst first.
pub(crate) struct Group<'a> {
    pub(crate) kind: FindingKind,
    pub(crate) findings: Vec<&'a Finding>,
    /// Those that an exception covers.
    pub(crate) suppressed: Vec<&'a Finding>,
}

/// The group with the worst finding comes first.
pub(crate) fn groups(report: &Report) -> Vec<Group<'_>> {
    let mut groups: BTreeMap<FindingKind, Group<'_>> = BTreeMap::new();
    for finding in &report.findings {
        let group = groups.entry(finding.kind).or_insert_with(|| Group {
            kind: finding.kind,
            findings: Vec::new(),
            suppressed: Vec::new(),
        });
        match finding.suppressed {
            None => group.findings.push(finding),
            Some(_) => group.suppressed.push(finding),
        }
    }
    let mut groups: Vec<Group<'_>> = groups.into_values().collect();
    for group in &mut groups {
        let order = |finding: &&Finding| {
            let place = finding.location.as_ref().map(|place| (place.path.clone(), place.line));
            (Reverse(finding.severity), finding.check.clone(), place, finding.id.clone())
        };
        group.findings.sort_by_cached_key(order);
        group.suppressed.sort_by_cached_key(order);
    }
    groups.sort_by_key(|group| Reverse(group.findings.first().map(|finding| finding.severity)));
    groups
}

/// Findings of one check and severity, which stand beside each other.
pub(crate) fn alike<'f, 'a>(findings: &'f [&'a Finding]) -> Vec<&'f [&'a Finding]> {
    findings.chunk_by(|a, b| a.check == b.check && a.severity == b.severity).collect()
}

/// How many findings of each severity count, worst first.
pub(crate) fn by_severity(report: &Report) -> [(Severity, usize); 6] {
    SEVERITIES.map(|severity| {
        let counts =
            |finding: &&Finding| finding.severity == severity && finding.suppressed.is_none();
        (severity, report.findings.iter().filter(counts).count())
    })
}

pub(crate) fn n_suppressed(report: &Report) -> usize {
    report.findings.iter().filter(|finding| finding.suppressed.is_some()).count()
}

/// What a finding says, in the language asked for where it speaks it.
pub(crate) struct Words<'a> {
    pub(crate) title: &'a str,
    pub(crate) message: &'a str,
    pub(crate) remediation: &'a str,
}

impl<'a> Words<'a> {
    pub(crate) fn of(finding: &'a Finding, language: Language) -> Self {
        match (language, &finding.japanese) {
            (Language::Japanese, Some(japanese)) => Self {
                title: &japanese.title,
                message: &japanese.message,
                remediation: &japanese.remediation,
            },
            _ => Self {
                title: &finding.title,
                message: &finding.message,
                remediation: &finding.remediation,
            },
        }
    }
}

/// Why the verdict is what it is, in the language asked for where it speaks it.
pub(crate) fn reasons(verdict: &Verdict, language: Language) -> &[String] {
    match (language, verdict.japanese.as_slice()) {
        (Language::English, _) | (Language::Japanese, []) => &verdict.reasons,
        (Language::Japanese, japanese) => japanese,
    }
}

/// A note in the language asked for where it speaks it.
pub(crate) fn note(note: &Note, language: Language) -> &str {
    match (language, &note.japanese) {
        (Language::Japanese, Some(japanese)) => japanese,
        (Language::English | Language::Japanese, _) => &note.message,
    }
}

/// Why something could not be read, in the language asked for.
pub(crate) fn reason(unknown: &Unknown, language: Language) -> Cow<'_, str> {
    match language {
        Language::English => Cow::Borrowed(&unknown.reason),
        Language::Japanese => Cow::Owned(in_japanese(&unknown.reason)),
    }
}

/// What a check answered, in the language asked for where it speaks it.
pub(crate) fn answer(result: &CheckResult, language: Language) -> &str {
    match (language, &result.japanese) {
        (Language::Japanese, Some(japanese)) => japanese,
        (Language::English | Language::Japanese, _) => &result.message,
    }
}

/// The packages of one kind.
pub(crate) struct Ecosystem {
    pub(crate) kind: PackageKind,
    /// Without those that belong to a package of the system.
    pub(crate) n_packages: usize,
    /// By number of layer; none for a directory.
    pub(crate) by_layer: BTreeMap<Option<usize>, usize>,
}

/// Packages by ecosystem, and how many more belong to packages of the system.
pub(crate) fn ecosystems(report: &Report, layers: &LayerNumbers) -> (Vec<Ecosystem>, usize) {
    let mut ecosystems: BTreeMap<PackageKind, Ecosystem> = BTreeMap::new();
    let mut n_owned = 0;
    for package in &report.packages {
        if package.owned_by.is_some() {
            n_owned += 1;
            continue;
        }
        let ecosystem = ecosystems.entry(package.kind).or_insert_with(|| Ecosystem {
            kind: package.kind,
            n_packages: 0,
            by_layer: BTreeMap::new(),
        });
        ecosystem.n_packages += 1;
        *ecosystem.by_layer.entry(layers.get(package.layer)).or_default() += 1;
    }
    (ecosystems.into_values().collect(), n_owned)
}

/// What stands out among the programs of an image.
#[derive(Default)]
pub(crate) struct Programs<'a> {
    pub(crate) n_elf: usize,
    pub(crate) n_scripts: usize,
    pub(crate) setuid: Vec<&'a Executable>,
    pub(crate) capable: Vec<&'a Executable>,
    pub(crate) unowned: Vec<&'a Executable>,
    pub(crate) lacking: Vec<&'a Executable>,
    pub(crate) unneeded: Vec<&'a Executable>,
}

impl<'a> Programs<'a> {
    pub(crate) fn of(report: &'a Report) -> Self {
        let mut programs = Self::default();
        for executable in &report.executables {
            match executable.format {
                ExecutableFormat::Elf => programs.n_elf += 1,
                ExecutableFormat::Script => programs.n_scripts += 1,
            }
            if executable.setuid || executable.setgid {
                programs.setuid.push(executable);
            }
            if executable.capabilities.is_some() {
                programs.capable.push(executable);
            }
            if executable.package.is_none() {
                programs.unowned.push(executable);
            }
            if !executable.missing.is_empty() {
                programs.lacking.push(executable);
            }
            if executable.unneeded.is_some() {
                programs.unneeded.push(executable);
            }
        }
        programs.unneeded.sort_by_key(|program| Reverse(program.size_bytes));
        programs
    }

    pub(crate) fn unneeded_bytes(&self) -> u64 {
        let mut seen = BTreeSet::new();
        let new = self.unneeded.iter().filter(|program| seen.insert(&program.path));
        new.fold(0_u64, |sum, program| sum.saturating_add(program.size_bytes))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.n_elf + self.n_scripts == 0
    }

    /// The groups worth a line, with what to say of each program besides its path.
    pub(crate) fn rows(&self) -> [(Text, Vec<(&'a str, String)>); 5] {
        let bare = |programs: &[&'a Executable]| {
            programs.iter().map(|program| (program.path.as_str(), String::new())).collect()
        };
        let with = |programs: &[&'a Executable], note: &dyn Fn(&Executable) -> String| {
            programs.iter().map(|program| (program.path.as_str(), note(program))).collect()
        };
        [
            (Text::Setuid, with(&self.setuid, &|program| program.mode.clone())),
            (
                Text::Capabilities,
                with(&self.capable, &|program| {
                    let capabilities = program.capabilities.as_ref();
                    capabilities.map(|file| file.permitted.join(" ")).unwrap_or_default()
                }),
            ),
            (Text::Unowned, bare(&self.unowned)),
            (Text::MissingLibraries, with(&self.lacking, &|program| program.missing.join(" "))),
            (Text::Unneeded, with(&self.unneeded, &|program| size(program.size_bytes))),
        ]
    }
}

/// A size in the unit that leaves it readable, in powers of 1024.
pub(crate) fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["KiB", "MiB", "GiB", "TiB", "PiB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let mut tenths = u128::from(bytes) * 10;
    let mut chosen = "B";
    for unit in UNITS {
        if tenths < 10_240 {
            break;
        }
        tenths = (tenths + 512) / 1024;
        chosen = unit;
    }
    format!("{}.{} {chosen}", tenths / 10, tenths % 10)
}

/// When the subject was made, and how long ago: `2024-05-01 12:30 UTC, 30 days ago`.
pub(crate) fn created(text: &str, now: Option<Timestamp>, language: Language) -> String {
    const SECONDS_OF_DAY: i64 = 86_400;
    let Ok(made) = text.parse::<Timestamp>() else { return text.to_owned() };
    let shown = made.strftime("%Y-%m-%d %H:%M UTC").to_string();
    let days = now.map(|now| now.as_second().saturating_sub(made.as_second()) / SECONDS_OF_DAY);
    match days.and_then(|days| usize::try_from(days).ok()) {
        None => shown,
        Some(0) => format!("{shown} ({})", language.say(Text::Today)),
        Some(days) => format!("{shown} ({})", language.count(Text::DayAgo, Text::DaysAgo, days)),
    }
}

/// The image it was likely built on: `debian:12, the lowest 2 layers, made 2024-05-01`.
pub(crate) fn base(base: &BaseImage, now: Option<Timestamp>, language: Language) -> String {
    let mut shown = base.name.clone().unwrap_or_else(|| language.say(Text::BaseUnnamed).to_owned());
    if let Some(n_layers) = base.n_layers {
        let text = if n_layers == 1 { Text::BaseLayer } else { Text::BaseLayers };
        shown = language.fill(text, &[("base", &shown), ("n", &n_layers.to_string())]);
    }
    if let Some(made) = &base.created {
        let made = created(made, now, language);
        shown = language.fill(Text::BaseCreated, &[("base", &shown), ("created", &made)]);
    }
    shown
}

pub(crate) fn kind_text(kind: FindingKind) -> Text {
    match kind {
        FindingKind::Vulnerability => Text::Vulnerabilities,
        FindingKind::Secret => Text::Secrets,
        FindingKind::Configuration => Text::Configuration,
        FindingKind::Executable => Text::ExecutableFindings,
        FindingKind::Staleness => Text::Staleness,
        FindingKind::Policy => Text::PolicyFindings,
        FindingKind::Host => Text::Host,
    }
}

/// As the JSON of a report spells it.
pub(crate) fn kind_word(kind: FindingKind) -> &'static str {
    match kind {
        FindingKind::Vulnerability => "vulnerability",
        FindingKind::Secret => "secret",
        FindingKind::Configuration => "configuration",
        FindingKind::Executable => "executable",
        FindingKind::Staleness => "staleness",
        FindingKind::Policy => "policy",
        FindingKind::Host => "host",
    }
}

pub(crate) fn severity_text(severity: Severity) -> Text {
    match severity {
        Severity::Critical => Text::Critical,
        Severity::High => Text::High,
        Severity::Medium => Text::Medium,
        Severity::Low => Text::Low,
        Severity::Info => Text::Info,
        Severity::Unknown => Text::SeverityUnknown,
    }
}

/// The package of a finding: `libssl3 3.0.11, fixed in 3.0.13`.
pub(crate) fn package_line(finding: &Finding, language: Language) -> Option<String> {
    let package = finding.package.as_ref()?;
    let name = format!("{} {}", package.name, package.version);
    Some(match &package.fixed_version {
        Some(version) => {
            language.fill(Text::PackageFixed, &[("package", &name), ("version", version)])
        }
        None if finding.kind == FindingKind::Vulnerability => {
            language.fill(Text::PackageNotFixed, &[("package", &name)])
        }
        None => name,
    })
}

/// How many findings of each severity there are: `1 critical, 2 high, 1 suppressed`.
pub(crate) fn severity_counts(report: &Report, language: Language) -> String {
    let mut parts: Vec<String> = by_severity(report)
        .into_iter()
        .filter(|(_, n)| *n > 0)
        .map(|(severity, n)| {
            let severity = language.say(severity_text(severity));
            language.fill(Text::SeverityCount, &[("n", &n.to_string()), ("severity", severity)])
        })
        .collect();
    let n_suppressed = n_suppressed(report);
    if n_suppressed > 0 {
        parts.push(language.fill(Text::Suppressed, &[("n", &n_suppressed.to_string())]));
    }
    parts.join(language.say(Text::Separator))
}

/// Why a finding does not count.
pub(crate) fn suppression_line(finding: &Finding, language: Language) -> Option<String> {
    let suppressed = finding.suppressed.as_ref()?;
    let reason = match (language, &suppressed.japanese) {
        (Language::Japanese, Some(japanese)) => japanese,
        (Language::English | Language::Japanese, _) => &suppressed.reason,
    };
    let mut values = vec![("by", suppressed.by.as_str()), ("reason", reason)];
    let text = match &suppressed.until {
        Some(until) => {
            values.push(("until", until));
            Text::SuppressedBy
        }
        None => Text::SuppressedByAlways,
    };
    Some(language.fill(text, &values))
}

/// What a person would type next, and why.
pub(crate) fn next_commands(report: &Report) -> Vec<(String, Text)> {
    let explainable = groups(report)
        .iter()
        .flat_map(|group| &group.findings)
        .map(|finding| finding.check.as_str())
        .find(|check| check.starts_with("SEK-"));
    let mut commands = Vec::new();
    if let Some(check) = explainable {
        commands.push((format!("sekisho explain {}", shell_word(check)), Text::NextExplain));
    }
    let subject = &report.subject;
    let target = shell_word(&match subject.kind {
        SubjectKind::Image | SubjectKind::Directory => {
            let document = subject.document.as_ref().map(|document| &document.path);
            format!("{}:{}", subject.source.as_str(), document.unwrap_or(&subject.name))
        }
        SubjectKind::File => subject.name.clone(),
    });
    let command = match subject.kind {
        SubjectKind::Image | SubjectKind::Directory => "image scan",
        SubjectKind::File => "check",
    };
    let write = |to: &str| format!("sekisho {command} --format {to} {target}");
    commands.push((write("html=report.html"), Text::NextHtml));
    commands.push((write("json=report.json"), Text::NextJson));
    if subject.kind != SubjectKind::File {
        commands.push((format!("sekisho image sbom {target}"), Text::NextSbom));
    }
    commands
}

/// A text as one word of a shell.
pub(crate) fn shell_word(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"@%_+=:,./-".contains(&byte);
    if !text.is_empty() && text.bytes().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_readable() {
        for (bytes, want) in [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1.0 KiB"),
            (1_048_525, "1.0 MiB"),
            (77_819_392, "74.2 MiB"),
            (u64::MAX, "16384.0 PiB"),
        ] {
            assert_eq!(size(bytes), want);
        }
    }

    #[test]
    fn ages_are_told_in_days() {
        let now = Some("2024-05-03T12:00:00Z".parse().unwrap());
        let created = |text| created(text, now, Language::English);
        assert_eq!(created("2024-05-01T12:30:00Z"), "2024-05-01 12:30 UTC (1 day ago)");
        assert_eq!(created("2024-05-03T01:00:00Z"), "2024-05-03 01:00 UTC (today)");
        assert_eq!(created("2999-01-01T00:00:00Z"), "2999-01-01 00:00 UTC");
        assert_eq!(created("long ago"), "long ago");
    }

    #[test]
    fn a_name_from_outside_is_one_word_of_the_shell() {
        assert_eq!(shell_word("docker:app:1.0"), "docker:app:1.0");
        assert_eq!(shell_word("a b; rm -rf '/'"), r"'a b; rm -rf '\''/'\'''");
        assert_eq!(shell_word(""), "''");
    }
}

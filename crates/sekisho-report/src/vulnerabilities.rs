//! Vulnerabilities as people want them told: by package, what is urgent, and what mends them.

use std::{cmp::Reverse, collections::BTreeMap};

use sekisho_types::{
    FixCommand, FixStatus, OmittedBecause, PackageFix, Share,
    report::{Finding, FindingPackage, Report},
};

use crate::{
    locale::{Language, Text},
    summary::severity_text,
};

/// Most names of packages in one line.
const MAX_NAMED: usize = 5;

/// A package with all that is wrong with it.
pub(crate) struct Weak<'a> {
    pub(crate) package: Option<&'a FindingPackage>,
    /// Worst first.
    pub(crate) findings: Vec<&'a Finding>,
    /// The version that clears most of it.
    pub(crate) fix: Option<&'a PackageFix>,
}

/// The package with the worst finding first, those that are exploited before others.
pub(crate) fn by_package<'a>(report: &'a Report, findings: &[&'a Finding]) -> Vec<Weak<'a>> {
    let mut weak: BTreeMap<Option<(&str, &str, &str)>, Weak<'a>> = BTreeMap::new();
    for &finding in findings {
        let package = finding.package.as_ref();
        let key = package.map(|it| (it.name.as_str(), it.version.as_str(), it.purl.as_str()));
        let fix = || {
            let fixes = report.fixes.iter().flat_map(|fixes| &fixes.packages);
            fixes
                .filter(|fix| package.is_some_and(|it| is_of(fix, it)))
                .max_by_key(|fix| fix.clears)
        };
        let new = || Weak { package, findings: Vec::new(), fix: fix() };
        weak.entry(key).or_insert_with(new).findings.push(finding);
    }
    let mut weak: Vec<Weak<'a>> = weak.into_values().collect();
    for package in &mut weak {
        package.findings.sort_by_cached_key(|finding| (urgency(finding), finding.check.clone()));
    }
    weak.sort_by_cached_key(|package| {
        (package.findings.first().map(|finding| urgency(finding)), Reverse(package.findings.len()))
    });
    weak
}

fn is_of(fix: &PackageFix, package: &FindingPackage) -> bool {
    let kind = package.purl.strip_prefix("pkg:").and_then(|purl| purl.split('/').next());
    fix.name == package.name && fix.version == package.version && kind == Some(fix.kind.as_str())
}

fn urgency(finding: &Finding) -> impl Ord + use<> {
    let facts = finding.vulnerability.as_ref();
    let is_exploited = facts.is_some_and(|facts| facts.known_exploited.is_some());
    let epss = facts.and_then(|facts| facts.epss).map(|epss| epss.score);
    (Reverse(finding.severity), Reverse(is_exploited), Reverse(epss))
}

/// Whether there is a fix: `fixed in 3.0.13`, `will not be fixed`.
pub(crate) fn fix(finding: &Finding, language: Language) -> String {
    let fixed = finding.package.as_ref().and_then(|package| package.fixed_version.as_deref());
    if let Some(version) = fixed {
        return language.fill(Text::FixedIn, &[("version", version)]);
    }
    let status = finding.vulnerability.as_ref().map(|facts| facts.status).unwrap_or_default();
    let text = match status {
        FixStatus::Affected | FixStatus::Fixed => Text::NoFix,
        FixStatus::WillNotFix => Text::WillNotFix,
        FixStatus::FixDeferred => Text::FixDeferred,
        FixStatus::EndOfLife => Text::EndOfLife,
        FixStatus::UnderInvestigation => Text::UnderInvestigation,
    };
    language.say(text).to_owned()
}

/// What makes it urgent: `exploited since 2024-06-01`, `EPSS 94.4 %`.
pub(crate) fn marks(finding: &Finding, language: Language) -> Vec<String> {
    let Some(facts) = &finding.vulnerability else { return Vec::new() };
    let exploited = facts
        .known_exploited
        .as_ref()
        .map(|date| language.fill(Text::ExploitedSince, &[("date", date)]));
    let epss =
        facts.epss.map(|epss| language.fill(Text::EpssOf, &[("percent", &percent(epss.score))]));
    exploited.into_iter().chain(epss).collect()
}

/// With one digit behind the point.
fn percent(share: Share) -> String {
    format!("{:.1} %", share.as_f64() * 100.0)
}

/// `clears 3, the worst critical`.
pub(crate) fn command_note(command: &FixCommand, language: Language) -> String {
    let n = command.clears.to_string();
    let severity = language.say(severity_text(command.severity));
    language.fill(Text::ClearsFindings, &[("n", &n), ("severity", severity)])
}

/// `3.0.13 clears 2, and 1 stays`.
pub(crate) fn upgrade(fix: &PackageFix, language: Language) -> String {
    let (clears, remains) = (fix.clears.to_string(), fix.remains.to_string());
    let text = match (fix.clears, fix.remains) {
        (1, 0) => Text::UpgradeClearsOne,
        (_, 0) => Text::UpgradeClears,
        _ => Text::UpgradeClearsSome,
    };
    let values = [("version", fix.fixed_version.as_str()), ("n", &clears), ("remains", &remains)];
    language.fill(text, &values)
}

/// The packages that were not looked up, a line for each reason.
pub(crate) fn omitted(report: &Report, language: Language) -> Vec<String> {
    let Some(coverage) = &report.coverage else { return Vec::new() };
    let mut lines = Vec::new();
    for part in &coverage.omitted {
        let text = match part.because {
            // They are counted beside the other packages.
            OmittedBecause::Owned | OmittedBecause::Key => continue,
            OmittedBecause::ThirdParty => Text::OmittedThirdParty,
            OmittedBecause::KernelHeaders => Text::OmittedHeaders,
            OmittedBecause::NoGroup => Text::OmittedNoGroup,
        };
        let mut names: Vec<&str> =
            part.packages.iter().take(MAX_NAMED).map(String::as_str).collect();
        if part.n_packages > names.len() {
            names.push("…");
        }
        let values = [
            ("n", &*part.n_packages.to_string()),
            ("supplier", part.supplier.as_deref().unwrap_or_default()),
            ("names", &names.join(language.say(Text::Separator))),
        ];
        lines.push(language.fill(text, &values));
    }
    for part in coverage.asked.iter().filter(|part| part.fixed_only) {
        lines.push(language.fill(Text::FixedOnly, &[("name", &part.ecosystem)]));
    }
    lines
}

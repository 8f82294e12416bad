//! Reports as GitLab's security pages read them.
//!
//! # Source
//!
//! GitLab's security report schemas, 15.0.6: container scanning and secret detection.

#[cfg(test)]
mod tests;

use jiff::{Timestamp, Unit};
use sekisho_types::{
    Severity,
    report::{Finding, FindingKind, Report},
};
use serde::Serialize;

use crate::web::is_web_address;

const SCHEMA_VERSION: &str = "15.0.6";

/// What the schema allows, in characters.
const MAX_NAME: usize = 255;
const MAX_SOLUTION: usize = 7_000;
const MAX_DESCRIPTION: usize = 1_048_576;

/// What stands for the commit of a file that is in no repository, as GitLab's own analyser
/// writes where it finds none.
const NO_COMMIT: &str = "0000000";

#[derive(Debug, Serialize)]
pub(crate) struct SecurityReport<'a> {
    version: &'static str,
    scan: Scan<'a>,
    vulnerabilities: Vec<Vulnerability<'a>>,
}

#[derive(Debug, Serialize)]
struct Scan<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    status: &'static str,
    start_time: String,
    end_time: String,
    analyzer: Analyzer<'a>,
    scanner: Analyzer<'a>,
    messages: Vec<Note>,
}

#[derive(Debug, Clone, Serialize)]
struct Analyzer<'a> {
    id: &'static str,
    name: &'static str,
    version: &'a str,
    vendor: Vendor,
}

#[derive(Debug, Clone, Serialize)]
struct Vendor {
    name: &'static str,
}

#[derive(Debug, Serialize)]
struct Note {
    level: &'static str,
    value: String,
}

#[derive(Debug, Serialize)]
struct Vulnerability<'a> {
    id: &'a str,
    name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    description: String,
    severity: &'static str,
    #[serde(skip_serializing_if = "String::is_empty")]
    solution: String,
    identifiers: Vec<Identifier<'a>>,
    links: Vec<Link<'a>>,
    location: Location<'a>,
}

#[derive(Debug, Serialize)]
struct Identifier<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    name: &'a str,
    value: &'a str,
}

#[derive(Debug, Serialize)]
struct Link<'a> {
    url: &'a str,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Location<'a> {
    Package {
        dependency: Dependency<'a>,
        operating_system: String,
        image: &'a str,
    },
    File {
        #[serde(skip_serializing_if = "Option::is_none")]
        file: Option<&'a str>,
        commit: Commit,
        #[serde(skip_serializing_if = "Option::is_none")]
        start_line: Option<u64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        end_line: Option<u64>,
    },
}

#[derive(Debug, Serialize)]
struct Dependency<'a> {
    package: Package<'a>,
    version: &'a str,
}

#[derive(Debug, Serialize)]
struct Package<'a> {
    name: &'a str,
}

#[derive(Debug, Serialize)]
struct Commit {
    sha: &'static str,
}

/// The vulnerabilities of the packages; `now` is when they were looked for.
pub(crate) fn container_scanning(report: &Report, now: Option<Timestamp>) -> SecurityReport<'_> {
    security_report(report, now, FindingKind::Vulnerability, "container_scanning", in_package)
}

/// The secrets in the files.
pub(crate) fn secret_detection(report: &Report, now: Option<Timestamp>) -> SecurityReport<'_> {
    security_report(report, now, FindingKind::Secret, "secret_detection", in_file)
}

fn in_package<'a>(report: &'a Report, finding: &'a Finding) -> Location<'a> {
    let package = finding.package.as_ref();
    Location::Package {
        dependency: Dependency {
            package: Package { name: package.map_or("", |package| &package.name) },
            version: package.map_or("", |package| &package.version),
        },
        operating_system: operating_system(report),
        image: filled(&report.subject.name),
    }
}

fn in_file<'a>(_: &'a Report, finding: &'a Finding) -> Location<'a> {
    let place = finding.location.as_ref();
    Location::File {
        file: place.map(|place| place.path.as_str()),
        commit: Commit { sha: NO_COMMIT },
        start_line: place.and_then(|place| place.line),
        end_line: place.and_then(|place| place.end_line.or(place.line)),
    }
}

fn security_report<'a>(
    report: &'a Report,
    now: Option<Timestamp>,
    kind: FindingKind,
    scan_type: &'static str,
    location: fn(&'a Report, &'a Finding) -> Location<'a>,
) -> SecurityReport<'a> {
    // An accepted finding is dismissed in GitLab by a person; here it is left out.
    let counts = |finding: &&Finding| finding.kind == kind && finding.suppressed.is_none();
    let vulnerabilities = report
        .findings
        .iter()
        .filter(counts)
        .map(|finding| vulnerability(finding, location(report, finding)))
        .collect();
    let analyzer = Analyzer {
        id: "sekisho",
        name: "Sekisho",
        version: filled(&report.tool.version),
        vendor: Vendor { name: "Sekisho" },
    };
    let time = time(report, now);
    let scan = Scan {
        kind: scan_type,
        status: "success",
        start_time: time.clone(),
        end_time: time,
        scanner: analyzer.clone(),
        analyzer,
        messages: messages(report, kind),
    };
    SecurityReport { version: SCHEMA_VERSION, scan, vulnerabilities }
}

/// What is not among the findings, so that nobody takes their absence for a pass.
fn messages(report: &Report, kind: FindingKind) -> Vec<Note> {
    let mut messages = Vec::new();
    let n_suppressed = report
        .findings
        .iter()
        .filter(|finding| finding.kind == kind && finding.suppressed.is_some())
        .count();
    if n_suppressed > 0 {
        let value = format!("{n_suppressed} findings are covered by exceptions and left out");
        messages.push(Note { level: "info", value });
    }
    let n_other = report.findings.iter().filter(|finding| finding.kind != kind).count();
    if n_other > 0 {
        let value = format!("{n_other} findings of other kinds are not in this report");
        messages.push(Note { level: "info", value });
    }
    if !report.unknowns.is_empty() {
        let value = format!("{} places could not be read", report.unknowns.len());
        messages.push(Note { level: "warn", value });
    }
    messages
}

fn vulnerability<'a>(finding: &'a Finding, location: Location<'a>) -> Vulnerability<'a> {
    let all = std::iter::once(&finding.check).chain(&finding.aliases);
    Vulnerability {
        id: filled(&finding.id),
        name: cut(&finding.title, MAX_NAME),
        description: cut(&finding.message, MAX_DESCRIPTION),
        severity: match finding.severity {
            Severity::Critical => "Critical",
            Severity::High => "High",
            Severity::Medium => "Medium",
            Severity::Low => "Low",
            Severity::Info => "Info",
            Severity::Unknown => "Unknown",
        },
        solution: cut(&finding.remediation, MAX_SOLUTION),
        identifiers: all
            .map(|id| Identifier { kind: identifier_kind(id), name: filled(id), value: filled(id) })
            .collect(),
        links: finding
            .references
            .iter()
            .filter(|url| is_web_address(url))
            .map(|url| Link { url })
            .collect(),
        location,
    }
}

fn identifier_kind(id: &str) -> &'static str {
    match id.split_once('-') {
        Some(("CVE", _)) => "cve",
        Some(("GHSA", _)) => "ghsa",
        Some(("USN", _)) => "usn",
        Some(("RHSA", _)) => "rhsa",
        Some(("ELSA", _)) => "elsa",
        _ => "sekisho",
    }
}

fn operating_system(report: &Report) -> String {
    match &report.subject.os {
        Some(os) if !os.id.is_empty() => format!("{}:{}", os.id, os.version),
        _ => "unknown".to_owned(),
    }
}

/// In UTC without saying so: `2026-11-01T06:00:00`.
fn time(report: &Report, now: Option<Timestamp>) -> String {
    let created = || report.subject.created.as_ref()?.parse().ok();
    let time: Timestamp = now.or_else(created).unwrap_or(Timestamp::UNIX_EPOCH);
    let text = time.round(Unit::Second).unwrap_or(Timestamp::UNIX_EPOCH).to_string();
    match text.strip_suffix('Z') {
        Some(text) if text.starts_with(|char: char| char.is_ascii_digit()) => text.to_owned(),
        _ => "1970-01-01T00:00:00".to_owned(),
    }
}

/// The schema wants at least one character.
fn filled(text: &str) -> &str {
    if text.is_empty() { "unknown" } else { text }
}

fn cut(text: &str, n_chars: usize) -> String {
    text.chars().take(n_chars).collect()
}

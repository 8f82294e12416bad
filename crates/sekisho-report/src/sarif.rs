//! The part of SARIF 2.1.0 that is written, and a report in its words.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use sekisho_types::{
    Confidence, Severity, Share,
    report::{Finding, Location as FindingLocation, Report, SubjectKind},
};
use serde::Serialize;

use crate::{
    summary::kind_word,
    web::{is_web_address, path_reference},
};

/// Name of our fingerprint; the version changes when its meaning does.
const FINGERPRINT: &str = "sekishoFinding/v1";

#[derive(Debug, Serialize)]
pub(crate) struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Tool<'a>,
    invocations: [Invocation; 1],
    column_kind: &'static str,
    results: Vec<RunResult<'a>>,
    properties: RunProperties<'a>,
}

#[derive(Debug, Serialize)]
struct Tool<'a> {
    driver: Driver<'a>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver<'a> {
    name: &'a str,
    version: &'a str,
    semantic_version: &'a str,
    rules: Vec<Rule<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule<'a> {
    id: &'a str,
    short_description: Message,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<Message>,
    #[serde(skip_serializing_if = "Option::is_none")]
    help_uri: Option<&'a str>,
    default_configuration: Configuration,
    properties: RuleProperties,
}

#[derive(Debug, Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Debug, Serialize)]
struct RuleProperties {
    precision: &'static str,
    #[serde(rename = "security-severity")]
    security_severity: String,
    tags: [&'static str; 2],
}

#[derive(Debug, Serialize)]
struct Message {
    text: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    tool_execution_notifications: Vec<Notification>,
}

#[derive(Debug, Serialize)]
struct Notification {
    level: &'static str,
    message: Message,
    locations: Vec<Location>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct RunResult<'a> {
    rule_id: &'a str,
    rule_index: usize,
    level: &'static str,
    message: Message,
    locations: Vec<Location>,
    partial_fingerprints: BTreeMap<&'static str, &'a str>,
    /// Empty says that nothing covers it; absent would say that nobody looked.
    suppressions: Vec<Suppression<'a>>,
    properties: ResultProperties<'a>,
}

#[derive(Debug, Serialize)]
struct Suppression<'a> {
    kind: &'static str,
    status: &'static str,
    justification: &'a str,
    properties: SuppressionProperties<'a>,
}

#[derive(Debug, Serialize)]
struct SuppressionProperties<'a> {
    by: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<&'a str>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ResultProperties<'a> {
    severity: Severity,
    confidence: Confidence,
    #[serde(skip_serializing_if = "Option::is_none")]
    purl: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fixed_version: Option<&'a str>,
    /// The day from which it is known to be exploited.
    #[serde(skip_serializing_if = "Option::is_none")]
    known_exploited: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    epss: Option<Share>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    logical_locations: Vec<LogicalLocation>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
}

#[derive(Debug, Serialize)]
struct ArtifactLocation {
    uri: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_column: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_line: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_column: Option<u64>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct LogicalLocation {
    kind: &'static str,
    fully_qualified_name: String,
}

#[derive(Debug, Serialize)]
struct RunProperties<'a> {
    subject: &'a str,
    source: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    digest: Option<String>,
}

impl<'a> From<&'a Report> for Log<'a> {
    fn from(report: &'a Report) -> Self {
        // The worst finding of a check speaks for its rule.
        let mut worst: BTreeMap<&str, &Finding> = BTreeMap::new();
        for finding in &report.findings {
            let known = worst.entry(&finding.check).or_insert(finding);
            if known.severity < finding.severity {
                *known = finding;
            }
        }
        let indices: BTreeMap<&str, usize> =
            worst.keys().enumerate().map(|(index, check)| (*check, index)).collect();
        let results = report
            .findings
            .iter()
            .map(|finding| {
                let rule_index = indices.get(finding.check.as_str()).copied().unwrap_or_default();
                result(report, finding, rule_index)
            })
            .collect();
        let driver = Driver {
            name: &report.tool.name,
            version: &report.tool.version,
            semantic_version: &report.tool.version,
            rules: worst.into_values().map(rule).collect(),
        };
        Self {
            schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/\
                     sarif-schema-2.1.0.json",
            version: "2.1.0",
            runs: [Run {
                tool: Tool { driver },
                invocations: [invocation(report)],
                column_kind: "unicodeCodePoints",
                results,
                properties: RunProperties {
                    subject: &report.subject.name,
                    source: report.subject.source.as_str(),
                    digest: report.subject.digest.map(|digest| digest.to_string()),
                },
            }],
        }
    }
}

fn rule(finding: &Finding) -> Rule<'_> {
    Rule {
        id: &finding.check,
        short_description: Message { text: finding.title.clone() },
        help: Some(&finding.remediation)
            .filter(|text| !text.is_empty())
            .map(|text| Message { text: text.clone() }),
        help_uri: finding.references.iter().map(String::as_str).find(|url| is_web_address(url)),
        default_configuration: Configuration { level: level(finding.severity) },
        properties: RuleProperties {
            precision: match finding.confidence {
                Confidence::High => "high",
                Confidence::Medium => "medium",
                Confidence::Low => "low",
            },
            security_severity: security_severity(finding),
            tags: ["security", kind_word(finding.kind)],
        },
    }
}

fn result<'a>(report: &Report, finding: &'a Finding, rule_index: usize) -> RunResult<'a> {
    let text = match finding.message.as_str() {
        "" => finding.title.clone(),
        message => format!("{}: {message}", finding.title),
    };
    let facts = finding.vulnerability.as_ref();
    RunResult {
        rule_id: &finding.check,
        rule_index,
        level: level(finding.severity),
        message: Message { text },
        locations: vec![location(report, finding.location.as_ref())],
        partial_fingerprints: BTreeMap::from([(FINGERPRINT, finding.id.as_str())]),
        suppressions: finding
            .suppressed
            .iter()
            .map(|suppressed| Suppression {
                kind: "external",
                status: "accepted",
                justification: &suppressed.reason,
                properties: SuppressionProperties {
                    by: &suppressed.by,
                    until: suppressed.until.as_deref(),
                },
            })
            .collect(),
        properties: ResultProperties {
            severity: finding.severity,
            confidence: finding.confidence,
            purl: finding.package.as_ref().map(|package| package.purl.as_str()),
            fixed_version: finding
                .package
                .as_ref()
                .and_then(|package| package.fixed_version.as_deref()),
            known_exploited: facts.and_then(|facts| facts.known_exploited.as_deref()),
            epss: facts.and_then(|facts| facts.epss).map(|epss| epss.score),
        },
    }
}

/// Where it is; the subject itself for what has no place, since services want one.
fn location(report: &Report, place: Option<&FindingLocation>) -> Location {
    let path = place.map_or(report.subject.name.as_str(), |place| place.path.as_str());
    let region = place.and_then(|place| {
        Some(Region {
            start_line: place.line.filter(|line| *line > 0)?,
            start_column: place.column.filter(|column| *column > 0),
            end_line: place.end_line.filter(|line| *line > 0),
            end_column: place.end_column.filter(|column| *column > 0),
        })
    });
    let mut logical_locations = Vec::new();
    if report.subject.kind == SubjectKind::Image
        && let Some(layer) = place.and_then(|place| place.layer)
    {
        logical_locations.push(LogicalLocation {
            // Kinds are open; this one names a part of what is shipped.
            kind: "module",
            fully_qualified_name: layer.to_string(),
        });
    }
    let artifact_location = ArtifactLocation { uri: path_reference(path) };
    Location {
        physical_location: PhysicalLocation { artifact_location, region },
        logical_locations,
    }
}

fn invocation(report: &Report) -> Invocation {
    let notifications = report.unknowns.iter().map(|unknown| Notification {
        level: "warning",
        message: Message { text: format!("not read: {}", unknown.reason) },
        locations: vec![Location {
            physical_location: PhysicalLocation {
                artifact_location: ArtifactLocation {
                    uri: path_reference(&unknown.path.to_str_lossy()),
                },
                region: None,
            },
            logical_locations: Vec::new(),
        }],
    });
    Invocation { execution_successful: true, tool_execution_notifications: notifications.collect() }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium | Severity::Unknown => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

/// The score that the severity follows from; else a number in the range that GitHub shows under
/// the same word.
fn security_severity(finding: &Finding) -> String {
    let ratings = finding.vulnerability.iter().flat_map(|facts| &facts.ratings);
    let chosen = ratings.into_iter().find(|rating| rating.severity != Severity::Unknown);
    let score = chosen.filter(|rating| rating.severity == finding.severity);
    if let Some(score) = score.and_then(|rating| rating.score) {
        return score.to_string();
    }
    let score = match finding.severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium | Severity::Unknown => "5.0",
        Severity::Low => "2.0",
        Severity::Info => "0.0",
    };
    score.to_owned()
}

//! Records of OSV, one JSON document each.
//!
//! # Source
//!
//! Open Source Vulnerability format 1.7, ossf.github.io/osv-schema.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::Value;

use crate::{Advisory, AdvisoryKind, Affected, Ecosystem, End, Imported, Range, Rating, State};

/// Largest record; the largest real ones list every version of a package and have 4 MB.
const MAX_RECORD_BYTES: usize = 32 << 20;

/// Most packages, ranges or versions of one record.
const MAX_ITEMS: usize = 200_000;

#[derive(Deserialize)]
struct Record {
    id: String,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    upstream: Vec<String>,
    #[serde(default)]
    related: Vec<String>,
    #[serde(default)]
    summary: String,
    #[serde(default)]
    details: String,
    #[serde(default)]
    published: String,
    #[serde(default)]
    modified: String,
    withdrawn: Option<String>,
    #[serde(default)]
    severity: Vec<Severity>,
    #[serde(default)]
    references: Vec<Reference>,
    #[serde(default)]
    affected: Vec<AffectedRecord>,
    #[serde(default)]
    database_specific: Value,
}

#[derive(Deserialize)]
struct Severity {
    #[serde(rename = "type")]
    scheme: String,
    score: String,
}

#[derive(Deserialize)]
struct Reference {
    #[serde(default)]
    url: String,
}

#[derive(Deserialize)]
struct AffectedRecord {
    package: Option<Package>,
    #[serde(default)]
    ranges: Vec<RangeRecord>,
    #[serde(default)]
    versions: Vec<String>,
    #[serde(default)]
    severity: Vec<Severity>,
    #[serde(default)]
    ecosystem_specific: Value,
}

#[derive(Deserialize)]
struct Package {
    ecosystem: String,
    name: String,
}

#[derive(Deserialize)]
struct RangeRecord {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    events: Vec<Event>,
}

#[derive(Deserialize)]
struct Event {
    introduced: Option<String>,
    fixed: Option<String>,
    last_affected: Option<String>,
}

/// Adds the record in `json`, whose file is called `name`, to what a feed gives.
pub fn read(name: &str, json: &[u8], out: &mut Imported) {
    if json.len() > MAX_RECORD_BYTES {
        return out.skip(name, format!("the record has more than {MAX_RECORD_BYTES} bytes"));
    }
    let record: Record = match serde_json::from_slice(json) {
        Ok(record) => record,
        Err(err) => return out.skip(name, format!("no record of OSV: {err}")),
    };
    match advisory(record) {
        Ok(advisory) => out.advisories.push(advisory),
        Err(reason) => out.skip(name, reason),
    }
}

fn advisory(record: Record) -> Result<Advisory, String> {
    if record.id.is_empty() || record.id.len() > 256 {
        return Err("the record has no id of a usual length".to_owned());
    }
    let mut affected = Vec::new();
    let mut unknown = BTreeSet::new();
    for item in record.affected {
        let n_items = item.versions.len().max(item.ranges.len()).max(affected.len());
        if n_items > MAX_ITEMS {
            return Err(format!("the record names more than {MAX_ITEMS} versions or packages"));
        }
        let Some(package) = &item.package else { continue };
        match Ecosystem::parse(&package.ecosystem) {
            Some(ecosystem) => affected.extend(of_package(ecosystem, &item)),
            None => drop(unknown.insert(package.ecosystem.clone())),
        }
    }
    if affected.is_empty() {
        let names: Vec<String> = unknown.into_iter().take(3).collect();
        return Err(match names.as_slice() {
            [] => "the record names no versions of a package".to_owned(),
            names => format!("no image holds packages of {}", names.join(", ")),
        });
    }
    let mut ratings: Vec<Rating> = record.severity.into_iter().map(rating).collect();
    if let Some(word) = record.database_specific.get("severity").and_then(Value::as_str) {
        ratings.push(Rating { scheme: "publisher".to_owned(), value: word.to_owned() });
    }
    let kind = if record.id.starts_with("MAL-") {
        AdvisoryKind::Malware
    } else {
        AdvisoryKind::Vulnerability
    };
    // Before it had a field of their own, distributions listed their CVEs as related.
    let is_cve = |id: &String| id.starts_with("CVE-");
    let is_of_distribution = affected.iter().any(|it| it.ecosystem.release.is_some());
    let related = record.related.into_iter().filter(is_cve).filter(|_| is_of_distribution);
    let summary = match record.summary.trim() {
        "" => record.details.trim().lines().next().unwrap_or_default().to_owned(),
        summary => summary.to_owned(),
    };
    Ok(Advisory {
        aliases: sorted(record.aliases, &record.id),
        upstream: sorted(record.upstream.into_iter().chain(related).collect(), &record.id),
        id: record.id,
        kind,
        ratings,
        summary,
        references: record.references.into_iter().map(|reference| reference.url).collect(),
        published: record.published,
        modified: record.modified,
        withdrawn: record.withdrawn,
        affected,
    })
}

fn sorted(ids: Vec<String>, own: &str) -> Vec<String> {
    let ids: BTreeSet<String> = ids.into_iter().filter(|id| id != own && !id.is_empty()).collect();
    ids.into_iter().collect()
}

fn rating(severity: Severity) -> Rating {
    Rating { scheme: severity.scheme, value: severity.score }
}

/// None for a package of which neither a range nor a version is told.
fn of_package(ecosystem: Ecosystem, item: &AffectedRecord) -> Option<Affected> {
    let package = ecosystem.package_name(&item.package.as_ref()?.name);
    let of_versions = item.ranges.iter().filter(|range| range.kind != "GIT");
    let ranges: Vec<Range> = of_versions.flat_map(|range| ranges(&range.events)).collect();
    if ranges.is_empty() && item.versions.is_empty() {
        return None;
    }
    let urgency = item.ecosystem_specific.get("urgency").and_then(Value::as_str);
    let word = item.severity.iter().find(|severity| severity.scheme == "Ubuntu");
    let urgency = urgency.or(word.map(|severity| severity.score.as_str())).map(str::to_owned);
    // What the ranges cover needs no list; a list alone is all there is.
    let versions = if ranges.is_empty() { item.versions.clone() } else { Vec::new() };
    Some(Affected { ecosystem, package, ranges, versions, state: State::Affected, urgency })
}

/// Events in the order of their versions: each start with the end that follows it.
fn ranges(events: &[Event]) -> Vec<Range> {
    let mut ranges = Vec::new();
    let mut open: Option<Option<String>> = None;
    for event in events {
        if let Some(introduced) = &event.introduced {
            if let Some(introduced) = open.take() {
                ranges.push(Range { introduced, end: End::Open });
            }
            open = Some((introduced != "0").then(|| introduced.clone()));
        }
        let end = match (&event.fixed, &event.last_affected) {
            (Some(fixed), _) => End::Fixed(fixed.clone()),
            (None, Some(last)) => End::LastAffected(last.clone()),
            (None, None) => continue,
        };
        // An end without a start ends what was there from the beginning.
        ranges.push(Range { introduced: open.take().flatten(), end });
    }
    if let Some(introduced) = open {
        ranges.push(Range { introduced, end: End::Open });
    }
    ranges
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    fn shown(json: &str) -> String {
        let mut out = Imported::default();
        read("record.json", json.as_bytes(), &mut out);
        let mut shown = String::new();
        for advisory in &out.advisories {
            let Advisory { id, aliases, upstream, affected, withdrawn, .. } = advisory;
            writeln!(shown, "{id} {aliases:?} {upstream:?} withdrawn: {}", withdrawn.is_some())
                .unwrap();
            for Affected { ecosystem, package, ranges, versions, .. } in affected {
                writeln!(shown, "{ecosystem} {package} {versions:?}").unwrap();
                for Range { introduced, end } in ranges {
                    writeln!(shown, "  from {introduced:?} to {end:?}").unwrap();
                }
            }
        }
        for Skipped { name, reason } in &out.skipped {
            writeln!(shown, "{name}: {reason}").unwrap();
        }
        shown
    }

    use crate::Skipped;

    #[test]
    fn each_start_meets_its_end() {
        insta::assert_snapshot!(shown(r#"{"id":"GO-1","aliases":["CVE-1","GO-1"],"affected":[
            {"package":{"ecosystem":"Go","name":"example.org/a"},"ranges":[{"type":"SEMVER","events":[
                {"introduced":"0"},{"fixed":"1.21.11"},{"introduced":"1.22.0-0"},{"fixed":"1.22.4"},{"introduced":"2.0.0"}]}]},
            {"package":{"ecosystem":"npm","name":"b"},"ranges":[{"type":"SEMVER","events":[{"introduced":"1.0.0"},{"last_affected":"1.5.0"}]}]},
            {"package":{"ecosystem":"PyPI","name":"Py_Thing"},"ranges":[{"type":"GIT","events":[{"introduced":"0"}]}],"versions":["1.0"]}]}"#), @r#"
        GO-1 ["CVE-1"] [] withdrawn: false
        Go example.org/a []
          from None to Fixed("1.21.11")
          from Some("1.22.0-0") to Fixed("1.22.4")
          from Some("2.0.0") to Open
        npm b []
          from Some("1.0.0") to LastAffected("1.5.0")
        PyPI py-thing ["1.0"]
        "#);
    }

    #[test]
    fn a_distribution_reports_on_several_weaknesses() {
        insta::assert_snapshot!(shown(r#"{"id":"DSA-1-1","related":["CVE-2","CVE-1","DLA-9"],"withdrawn":"2024-01-01T00:00:00Z",
            "affected":[{"package":{"ecosystem":"Debian:12","name":"openssl"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"3.0.1-1"}]}]}]}"#), @r#"
        DSA-1-1 [] ["CVE-1", "CVE-2"] withdrawn: true
        Debian:12 openssl []
          from None to Fixed("3.0.1-1")
        "#);
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        insta::assert_snapshot!(shown(r#"{"id":"A-1","affected":[{"package":{"ecosystem":"Android","name":"x"},"versions":["1"]}]}"#), @"record.json: no image holds packages of Android");
        insta::assert_snapshot!(shown(r#"{"id":"A-2","affected":[{"package":{"ecosystem":"npm","name":"x"}}]}"#), @"record.json: the record names no versions of a package");
        insta::assert_snapshot!(shown("{\"id\":"), @"record.json: no record of OSV: EOF while parsing a value at line 1 column 6");
    }
}

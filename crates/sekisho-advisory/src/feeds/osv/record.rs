use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::Value;

use super::range::RangeRecord;
use crate::{Advisory, AdvisoryKind, Affected, Ecosystem, Range, State, records::Parsed, text};

/// Most packages, or versions of a package, of one record.
const MAX_ITEMS: usize = 200_000;

/// Most ranges of one package; packages that keep many branches have about 50.
const MAX_RANGES: usize = 4096;

/// Most comparisons to find out which versions of a list lie in a range. A list is kept as it is
/// where that takes more, which costs space and changes no answer.
const MAX_COMPARISONS: usize = 1_000_000;

/// Most parts of one record that are named when they are left out.
const MAX_REASONS: usize = 100;

/// Most ratings of one record; a rating a version of CVSS and a publisher.
const MAX_RATINGS: usize = 32;

/// Most other names of one record: updates of a kernel fix about 2,000 CVEs at once.
const MAX_ALIASES: usize = 20_000;

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
    database_specific: Option<Specific>,
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
    ecosystem_specific: Option<Specific>,
    database_specific: Option<Specific>,
}

#[derive(Deserialize)]
struct Package {
    ecosystem: String,
    name: String,
}

/// What publishers put into the fields that each fills in its own way.
#[derive(Deserialize)]
struct Specific {
    /// A word, of GitHub.
    severity: Option<Value>,
    /// A word, of Debian.
    urgency: Option<Value>,
    /// A word, of RustSec: `unmaintained`, `unsound`, `notice`.
    informational: Option<Value>,
}

/// Reads the record in `json`; why it is left out is a sentence without a full stop.
pub(super) fn parse(json: &[u8]) -> Result<Parsed, String> {
    let record: Record =
        serde_json::from_slice(json).map_err(|err| format!("no record of OSV: {err}"))?;
    parsed(record)
}

fn parsed(record: Record) -> Result<Parsed, String> {
    let ids = [&record.aliases, &record.upstream, &record.related];
    if !text::is_id(&record.id) {
        return Err("the record has no id that can be one".to_owned());
    }
    if ids.iter().any(|ids| ids.len() > MAX_ALIASES) {
        return Err(format!("the record has more than {MAX_ALIASES} other names"));
    }
    if record.affected.len() > MAX_ITEMS {
        return Err(format!("the record names {} packages", record.affected.len()));
    }
    let is_withdrawn = record.withdrawn.is_some();
    let mut affected = Vec::new();
    let mut left_out = Vec::new();
    let mut unknown = BTreeSet::new();
    for item in record.affected {
        let Some(package) = &item.package else { continue };
        match Ecosystem::parse(&package.ecosystem) {
            Some(ecosystem) => {
                match of_package(ecosystem, &package.name, &item, &mut left_out) {
                    // What was taken back needs no versions to explain why a finding went.
                    Ok(of_package) if of_package.is_told() || is_withdrawn => {
                        affected.push(of_package);
                    }
                    Ok(Affected { package, .. }) => {
                        left_out.push(format!("the record names no versions of {package:?}"));
                    }
                    Err(reason) => left_out.push(reason),
                }
            }
            None => drop(unknown.insert(package.ecosystem.clone())),
        }
    }
    if affected.is_empty() {
        let unknown: Vec<String> = unknown.into_iter().take(3).collect();
        return Err(match (left_out.into_iter().next(), unknown.as_slice()) {
            (Some(reason), _) => reason,
            (None, []) => "the record names no versions of a package".to_owned(),
            (None, unknown) => format!("no image holds packages of {}", unknown.join(", ")),
        });
    }
    let vectors = record.severity.into_iter().map(|it| (it.scheme, it.score));
    let specific = record.database_specific.as_ref();
    let word = specific.and_then(|specific| word(specific.severity.as_ref()));
    let word = word.map(|word| ("publisher".to_owned(), word.to_owned()));
    let ratings = vectors.chain(word).filter_map(|(scheme, value)| text::rating(scheme, value));
    let ratings = ratings.take(MAX_RATINGS).collect();
    let kind = if record.id.starts_with("MAL-") {
        AdvisoryKind::Malware
    } else {
        AdvisoryKind::Vulnerability
    };
    // Before it had a field of their own, distributions listed their CVEs as related.
    let is_cve = |id: &String| id.starts_with("CVE-");
    let is_of_distribution = affected.iter().any(|it| it.ecosystem.release.is_some());
    let related = record.related.into_iter().filter(is_cve).filter(|_| is_of_distribution);
    let advisory = Advisory {
        aliases: sorted(record.aliases, &record.id),
        upstream: sorted(record.upstream.into_iter().chain(related), &record.id),
        id: record.id,
        kind,
        ratings,
        summary: text::summary([record.summary.as_str(), record.details.as_str()]),
        references: text::references(record.references.into_iter().map(|it| it.url)),
        published: text::date(&record.published),
        modified: text::date(&record.modified),
        withdrawn: record.withdrawn.as_deref().map(text::date),
        affected,
    };
    Ok(Parsed { advisory, left_out })
}

fn sorted(ids: impl IntoIterator<Item = String>, own: &str) -> Vec<String> {
    let is_other = |id: &String| id != own && text::is_id(id);
    let ids: BTreeSet<String> = ids.into_iter().filter(is_other).collect();
    ids.into_iter().collect()
}

fn word(value: Option<&Value>) -> Option<&str> {
    value.and_then(Value::as_str).filter(|word| text::is_id(word))
}

/// Fails for a package of which nothing can be told, with the reason. Single ranges that cannot
/// be are left out: where a program computed them, there are some.
fn of_package(
    ecosystem: Ecosystem,
    name: &str,
    item: &AffectedRecord,
    left_out: &mut Vec<String>,
) -> Result<Affected, String> {
    let scheme = ecosystem.scheme();
    if !text::is_package(name) {
        return Err("the name of a package cannot be one".to_owned());
    }
    if item.versions.len() > MAX_ITEMS {
        return Err(format!("the record names {} versions of {name:?}", item.versions.len()));
    }
    if let Some(wrong) = item.versions.iter().find(|version| !text::is_version(version)) {
        return Err(format!("the record names the version {wrong:?} of {name:?}"));
    }
    let mut ranges = Vec::new();
    for range in item.ranges.iter().filter(|range| range.is_of_versions()) {
        match range.ranges(scheme) {
            Ok(of_versions) => ranges.extend(of_versions),
            Err(reason) if left_out.len() < MAX_REASONS => {
                left_out.push(format!("{reason}: {name:?}"));
            }
            Err(_) => (),
        }
    }
    if ranges.len() > MAX_RANGES {
        return Err(format!("the record names {} ranges of {name:?}", ranges.len()));
    }
    // The lists of distributions are the ranges written out by OSV itself.
    let is_comparable = ranges.len().saturating_mul(item.versions.len()) <= MAX_COMPARISONS;
    let is_covered = |version: &String| {
        let is_in = |range: &Range| range.contains(scheme, version) == Some(true);
        let is_of_distribution = ecosystem.release.is_some() && !ranges.is_empty();
        is_of_distribution || (is_comparable && ranges.iter().any(is_in))
    };
    let versions = item.versions.iter().filter(|version| !is_covered(version)).cloned().collect();
    let of_ecosystem = item.ecosystem_specific.as_ref();
    let of_database = item.database_specific.as_ref();
    let ubuntu = item.severity.iter().find(|severity| severity.scheme == "Ubuntu");
    let urgency = word(of_ecosystem.and_then(|specific| specific.urgency.as_ref()))
        .or(word(of_database.and_then(|specific| specific.informational.as_ref())))
        .or(ubuntu.map(|severity| severity.score.as_str()).filter(|word| text::is_id(word)))
        .map(str::to_owned);
    Ok(Affected {
        package: ecosystem.package_name(name),
        ecosystem,
        ranges,
        versions,
        state: State::Affected,
        urgency,
        module: None,
        fixed_on: None,
    })
}

#[cfg(test)]
mod tests {
    use crate::shown::shown_zip;

    fn read(json: &str) -> String {
        shown_zip(&[("record.json", json)])
    }

    /// A record of the npm package `a` with these fields of its one package.
    fn of_package(fields: &str) -> String {
        read(&format!(
            r#"{{"id":"A-1","affected":[{{"package":{{"ecosystem":"npm","name":"a"}},{fields}}}]}}"#
        ))
    }

    fn of_events(events: &str) -> String {
        of_package(&format!(r#""ranges":[{{"type":"SEMVER","events":[{events}]}}]"#))
    }

    #[test]
    fn each_start_meets_its_end() {
        insta::assert_snapshot!(read(
            r#"{"id":"GO-1","aliases":["CVE-1","GO-1"],"affected":[
            {"package":{"ecosystem":"Go","name":"example.org/a"},"ranges":[{"type":"SEMVER","events":[
                {"introduced":"0"},{"fixed":"1.21.11"},{"introduced":"1.22.0-0"},{"fixed":"1.22.4"},{"introduced":"2.0.0"}]}]},
            {"package":{"ecosystem":"npm","name":"b"},"ranges":[{"type":"SEMVER","events":[{"introduced":"1.0.0"},{"last_affected":"1.5.0"}]}]},
            {"package":{"ecosystem":"PyPI","name":"Py_Thing"},"ranges":[{"type":"GIT","events":[{"introduced":"0"}]}],"versions":["1.0"]}]}"#
        ), @r#"
        GO-1 = CVE-1
          Go example.org/a [..1.21.11) [1.22.0-0..1.22.4) [2.0.0..]
          npm b [1.0.0..1.5.0]
          PyPI py-thing ["1.0"]
        1 of 1, 0 in part
        "#);
    }

    #[test]
    fn a_distribution_reports_on_several_weaknesses() {
        insta::assert_snapshot!(read(
            r#"{"id":"DSA-1-1","related":["CVE-2","CVE-1","DLA-9"],"withdrawn":"2024-01-01T00:00:00Z",
            "affected":[{"package":{"ecosystem":"Debian:12","name":"openssl"},"ecosystem_specific":{"urgency":"low"},
            "ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"3.0.1-1"}]}],"versions":["3.0.0-1"]}]}"#
        ), @"
        DSA-1-1 on CVE-1, CVE-2 withdrawn 2024-01-01T00:00:00Z
          Debian:12 openssl [..3.0.1-1) urgency low
        1 of 1, 0 in part
        ");
    }

    #[test]
    fn distributions_are_spelled_as_osv_spells_them() {
        let ecosystems = [
            "Alpine:v3.20",
            "AlmaLinux:9",
            "Chainguard",
            "Debian:12",
            "Red Hat:enterprise_linux:9::baseos",
            "Rocky Linux:9",
            "SUSE:Linux Enterprise Server 15 SP5",
            "Ubuntu:22.04:LTS",
            "Ubuntu:Pro:16.04:LTS",
            "Wolfi",
            "openSUSE:Leap 15.6",
            "openSUSE:Tumbleweed",
        ];
        let affected: Vec<String> = ecosystems
            .iter()
            .map(|ecosystem| {
                format!(
                    r#"{{"package":{{"ecosystem":"{ecosystem}","name":"a"}},"versions":["1"]}}"#
                )
            })
            .collect();
        insta::assert_snapshot!(read(&format!(
            r#"{{"id":"A-1","affected":[{}]}}"#,
            affected.join(",")
        )), @r#"
        A-1
          Alpine:v3.20 a ["1"]
          AlmaLinux:9 a ["1"]
          Chainguard a ["1"]
          Debian:12 a ["1"]
          Red Hat:enterprise_linux:9::baseos a ["1"]
          Rocky Linux:9 a ["1"]
          SUSE:Linux Enterprise Server 15 SP5 a ["1"]
          Ubuntu:22.04:LTS a ["1"]
          Ubuntu:Pro:16.04:LTS a ["1"]
          Wolfi a ["1"]
          openSUSE:Leap 15.6 a ["1"]
          openSUSE:Tumbleweed a ["1"]
        1 of 1, 0 in part
        "#);
    }

    #[test]
    fn malware_and_words_of_publishers_are_told() {
        insta::assert_snapshot!(read(
            r#"{"id":"MAL-2024-1","severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N"}],"database_specific":{"severity":"HIGH","malicious-packages-origins":[{}]},
            "affected":[{"package":{"ecosystem":"npm","name":"evil"},"versions":["6.6.6"],"database_specific":{"informational":"notice"}}]}"#
        ), @r#"
        MAL-2024-1 [CVSS_V3 CVSS:3.1/AV:N] [publisher HIGH]
          npm evil ["6.6.6"] urgency notice
        1 of 1, 0 in part
        "#);
    }

    #[test]
    fn versions_beside_a_range_are_kept_where_the_range_does_not_cover_them() {
        insta::assert_snapshot!(of_package(
            r#""versions":["1.0.0","3.0.0"],"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"2.0.0"}]}]"#
        ), @r#"
        A-1
          npm a [..2.0.0) ["3.0.0"]
        1 of 1, 0 in part
        "#);
    }

    #[test]
    fn events_count_in_the_order_of_their_versions() {
        insta::assert_snapshot!(of_events(
            r#"{"fixed":"10.0.0"},{"introduced":"9.0.0"},{"introduced":"0"},{"fixed":"2.0.0"}"#
        ), @"
        A-1
          npm a [..2.0.0) [9.0.0..10.0.0)
        1 of 1, 0 in part
        ");
        insta::assert_snapshot!(of_events(r#"{"fixed":"1.0.0"}"#), @"
        A-1
          npm a [..1.0.0)
        1 of 1, 0 in part
        ");
        insta::assert_snapshot!(of_events(r#"{"introduced":"0"},{"limit":"2.0.0"}"#), @"
        A-1
          npm a [..2.0.0)
        1 of 1, 0 in part
        ");
        insta::assert_snapshot!(of_events(r#"{"introduced":"0"},{"limit":"*"}"#), @"
        A-1
          npm a [..]
        1 of 1, 0 in part
        ");
    }

    #[test]
    fn absurd_ranges_are_named() {
        insta::assert_snapshot!(of_events(r#"{"introduced":"2.0.0"},{"fixed":"1.0.0"}"#), @r#"
        skipped record.json: a range ends before it begins: "a"
        0 of 1, 0 in part
        "#);
        let many: Vec<String> =
            (0..10_000).map(|n| format!(r#"{{"introduced":"{n}.0.0"}}"#)).collect();
        insta::assert_snapshot!(of_events(&many.join(",")), @r#"
        skipped record.json: a range has 10000 events: "a"
        0 of 1, 0 in part
        "#);
        insta::assert_snapshot!(of_events(r#"{"introduced":"1\u0000"}"#), @r#"
        skipped record.json: a range names the version "1\0": "a"
        0 of 1, 0 in part
        "#);
    }

    #[test]
    fn a_damaged_package_costs_no_other() {
        insta::assert_snapshot!(read(
            r#"{"id":"A-1","affected":[
            {"package":{"ecosystem":"npm","name":"a"},"ranges":[{"type":"SEMVER","events":[{"introduced":"2"},{"fixed":"1"}]}]},
            {"package":{"ecosystem":"npm","name":"b\u001b[31m"},"versions":["1.0.0"]},
            {"package":{"ecosystem":"npm","name":"c"},"versions":["1.0.0"]}]}"#
        ), @r#"
        A-1
          npm c ["1.0.0"]
        skipped record.json: a range ends before it begins: "a"
        skipped record.json: the record names no versions of "a"
        skipped record.json: the name of a package cannot be one
        1 of 1, 1 in part
        "#);
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        insta::assert_snapshot!(read(
            r#"{"id":"A-1","affected":[{"package":{"ecosystem":"Android","name":"x"},"versions":["1"]}]}"#
        ), @"
        skipped record.json: no image holds packages of Android
        0 of 1, 0 in part
        ");
        insta::assert_snapshot!(of_package(r#""ranges":[]"#), @r#"
        skipped record.json: the record names no versions of "a"
        0 of 1, 0 in part
        "#);
        insta::assert_snapshot!(read("{\"id\":"), @"
        skipped record.json: no record of OSV: EOF while parsing a value at line 1 column 6
        0 of 1, 0 in part
        ");
        insta::assert_snapshot!(read(r#"{"id":"A \u001b[2J","affected":[]}"#), @"
        skipped record.json: the record has no id that can be one
        0 of 1, 0 in part
        ");
        insta::assert_snapshot!(read(r#"{"id":"A-1","affected":"none"}"#), @r#"
        skipped record.json: no record of OSV: invalid type: string "none", expected a sequence at line 1 column 29
        0 of 1, 0 in part
        "#);
        insta::assert_snapshot!(read(&"[".repeat(100_000)), @"
        skipped record.json: no record of OSV: invalid type: sequence, expected a string at line 1 column 1
        0 of 1, 0 in part
        ");
    }

    #[test]
    fn aliases_in_a_circle_are_kept_as_they_are() {
        let record = |id: &str, alias: &str| {
            format!(
                r#"{{"id":"{id}","aliases":["{alias}","{id}"],"affected":[{{"package":{{"ecosystem":"npm","name":"a"}},"versions":["1"]}}]}}"#
            )
        };
        let (one, two) = (record("A-1", "A-2"), record("A-2", "A-1"));
        insta::assert_snapshot!(shown_zip(&[("A-1.json", &one), ("A-2.json", &two)]), @r#"
        A-1 = A-2
          npm a ["1"]
        A-2 = A-1
          npm a ["1"]
        2 of 2, 0 in part
        "#);
    }
}

//! The security database of Alpine, and of distributions that took its shape.
//!
//! A record is one line: one weakness under one version of one package.
//!
//! # Source
//!
//! alpine-secdb, "README": a list of fixed weaknesses for each version of a package; the version
//! `0` says that the package never had them.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::{
    Advisory, AdvisoryKind, Affected, Ecosystem, End, Item, Range, State,
    error::ReadError,
    feed::FeedFile,
    json_stream::{JsonStream, Raw},
    records::Records,
    text,
};

/// Largest entry of a package; the kernel has about 60 kB.
const MAX_PACKAGE_BYTES: usize = 16 << 20;

#[derive(Deserialize)]
struct Entry {
    pkg: Package,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    /// Null where a package has lost all of its entries.
    #[serde(default)]
    secfixes: Option<BTreeMap<String, Option<Vec<String>>>>,
}

/// Reads one file of Alpine, which names its release.
pub(crate) fn read_alpine(file: &FeedFile, out: &mut Records<'_>) -> Result<(), ReadError> {
    let Some(release) = release(file)? else {
        return Err(ReadError::Damaged { what: "no version of the distribution", at: 0 });
    };
    let ecosystem = Ecosystem { name: "Alpine".to_owned(), release: Some(release) };
    read(file, &ecosystem, out)
}

/// Reads the list of Wolfi, which only rolls.
pub(crate) fn read_wolfi(file: &FeedFile, out: &mut Records<'_>) -> Result<(), ReadError> {
    read(file, &Ecosystem { name: "Wolfi".to_owned(), release: None }, out)
}

/// Reads the list of Chainguard, which only rolls.
pub(crate) fn read_chainguard(file: &FeedFile, out: &mut Records<'_>) -> Result<(), ReadError> {
    read(file, &Ecosystem { name: "Chainguard".to_owned(), release: None }, out)
}

/// The release that the file says it is of. It may stand behind the packages.
fn release(file: &FeedFile) -> Result<Option<String>, ReadError> {
    let mut json = JsonStream::new(file.unpacked()?);
    json.enter_object()?;
    while let Some(key) = json.next_key()? {
        if key != "distroversion" {
            json.skip()?;
        } else if let Raw::Bytes(bytes) = json.raw(MAX_PACKAGE_BYTES)? {
            let release = serde_json::from_slice::<String>(&bytes).ok();
            return Ok(release.filter(|release| text::is_version(release)));
        }
    }
    Ok(None)
}

fn read(file: &FeedFile, ecosystem: &Ecosystem, out: &mut Records<'_>) -> Result<(), ReadError> {
    let mut json = JsonStream::new(file.unpacked()?);
    json.enter_object()?;
    let mut has_packages = false;
    while let Some(key) = json.next_key()? {
        if key != "packages" {
            json.skip()?;
            continue;
        }
        has_packages = true;
        // A release that has nothing fixed yet has null here.
        if !json.enter_array()? {
            continue;
        }
        let mut number: u64 = 0;
        while json.next_element()? {
            number += 1;
            let name = || format!("{} package {number}", file.name);
            match json.raw(MAX_PACKAGE_BYTES)? {
                Raw::TooLarge { size_bytes } => {
                    out.skip(&name(), &format!("the package has {size_bytes} bytes"));
                }
                Raw::Bytes(bytes) => match serde_json::from_slice::<Entry>(&bytes) {
                    Ok(Entry { pkg }) => package(&file.name, ecosystem, pkg, out),
                    Err(err) => out.skip(&name(), &format!("no package of a secdb: {err}")),
                },
            }
        }
    }
    if !has_packages {
        return Err(ReadError::Damaged { what: "no list of packages", at: 0 });
    }
    Ok(())
}

/// What the lines of one package say of one weakness.
#[derive(Default)]
struct Weakness {
    aliases: Vec<String>,
    fixed: Vec<String>,
    n_never: u64,
}

fn package(file: &str, ecosystem: &Ecosystem, package: Package, out: &mut Records<'_>) {
    let is_sound = text::is_package(&package.name);
    let mut weaknesses: BTreeMap<String, Weakness> = BTreeMap::new();
    for (version, lines) in package.secfixes.unwrap_or_default() {
        for line in lines.unwrap_or_default() {
            let name = || format!("{file} {} {version}", package.name);
            let ids = Ids::parse(&line);
            if !is_sound {
                out.skip(&name(), "the name of the package cannot be one");
            } else if !text::is_version(&version) {
                out.skip(&name(), "the version cannot be one");
            } else if ids.ids.is_empty() {
                out.skip(&name(), &format!("no id in {line:?}"));
            } else {
                out.count(1);
                for id in ids.ids {
                    let weakness = weaknesses.entry(id).or_default();
                    weakness.aliases.extend(ids.aliases.iter().cloned());
                    match version.as_str() {
                        "0" => weakness.n_never += 1,
                        fixed => weakness.fixed.push(fixed.to_owned()),
                    }
                }
            }
        }
    }
    for (id, mut weakness) in weaknesses {
        weakness.aliases.sort();
        weakness.aliases.dedup();
        let affected = affected(ecosystem, &package.name, weakness.fixed, weakness.n_never > 0);
        out.give(Item::Advisory(Advisory {
            id,
            aliases: weakness.aliases,
            upstream: Vec::new(),
            kind: AdvisoryKind::Vulnerability,
            ratings: Vec::new(),
            summary: String::new(),
            references: Vec::new(),
            published: String::new(),
            modified: String::new(),
            withdrawn: None,
            affected,
        }));
    }
}

/// The versions below each fix; where a fix and `0` stand side by side, the fix counts, for it
/// is the answer that misses nothing.
fn affected(
    ecosystem: &Ecosystem,
    package: &str,
    fixed: Vec<String>,
    is_never: bool,
) -> Vec<Affected> {
    let state = if fixed.is_empty() && is_never { State::NotAffected } else { State::Affected };
    let range = |fixed| Range { introduced: None, end: End::Fixed(fixed) };
    vec![Affected {
        ecosystem: ecosystem.clone(),
        package: package.to_owned(),
        ranges: fixed.into_iter().map(range).collect(),
        versions: Vec::new(),
        state,
        urgency: None,
        module: None,
        fixed_on: None,
    }]
}

/// The ids in one line, which may name several: `CVE-2019-5060 TALOS-2019-0844 (note)`.
struct Ids {
    ids: Vec<String>,
    /// Other names of the one id.
    aliases: Vec<String>,
}

impl Ids {
    /// CVEs count where there are any: what stands beside them is a report of the same weakness,
    /// often one report on several (`XSA-196` stands beside two CVEs), so no alias of it.
    fn parse(line: &str) -> Self {
        let mut is_note = false;
        let mut ids = Vec::new();
        // `CVE_2019-2426` and `CVE 2018-16859` stand in real lists.
        let line = line.replace("CVE_", "CVE-").replace("CVE ", "CVE-");
        for word in line.split_whitespace() {
            is_note |= word.starts_with('(');
            if !is_note && is_id(word) {
                ids.push(word.to_owned());
            }
            is_note &= !word.ends_with(')');
        }
        let is_cve = |id: &String| id.starts_with("CVE-");
        let (cves, others): (Vec<String>, Vec<String>) = ids.into_iter().partition(is_cve);
        match cves.as_slice() {
            [] => Self { ids: others, aliases: Vec::new() },
            [_] => {
                let aliases = others.into_iter().filter(|id| id.starts_with("GHSA-")).collect();
                Self { ids: cves, aliases }
            }
            _ => Self { ids: cves, aliases: Vec::new() },
        }
    }
}

fn is_id(word: &str) -> bool {
    text::is_id(word)
        && word.contains(['-', '_'])
        && word.starts_with(|char: char| char.is_ascii_alphabetic())
        && word.ends_with(|char: char| char.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use crate::shown::shown;

    fn read(json: &str) -> String {
        shown("alpine", &[("alpine/v3.20/main.json", json.as_bytes())])
    }

    #[test]
    fn a_weakness_ends_at_the_version_that_lists_it() {
        insta::assert_snapshot!(read(
            r#"{"packages":[{"pkg":{"name":"curl","secfixes":{
            "8.0.0-r1":["CVE-2024-1","CVE-2024-2 (fixed, but - not - all)"],"8.1.0-r0":["CVE-2024-1"],"0":["CVE-2024-3","CVE-2024-2"]}}},
            {"pkg":{"name":"empty","secfixes":null}},{"pkg":{"name":"none","secfixes":{"1":null}}}],"distroversion":"v3.20"}"#
        ), @"
        CVE-2024-1
          Alpine:v3.20 curl [..8.0.0-r1) [..8.1.0-r0)
        CVE-2024-2
          Alpine:v3.20 curl [..8.0.0-r1)
        CVE-2024-3
          Alpine:v3.20 curl NotAffected
        5 of 5, 0 in part
        ");
    }

    #[test]
    fn a_line_may_name_several() {
        insta::assert_snapshot!(read(
            r#"{"distroversion":"v3.9","packages":[{"pkg":{"name":"xen","secfixes":{
            "4.7.1-r1":["CVE-2016-9377 XSA-196","CVE-2016-9378 XSA-196","XSA-207","CVE_2019-2426","CVE 2019-2427","CVE-2020-1 GHSA-2-3-4","CVE-1 CVE-2 GHSA-1"]}}}]}"#
        ), @"
        CVE-1
          Alpine:v3.9 xen [..4.7.1-r1)
        CVE-2
          Alpine:v3.9 xen [..4.7.1-r1)
        CVE-2016-9377
          Alpine:v3.9 xen [..4.7.1-r1)
        CVE-2016-9378
          Alpine:v3.9 xen [..4.7.1-r1)
        CVE-2019-2426
          Alpine:v3.9 xen [..4.7.1-r1)
        CVE-2019-2427
          Alpine:v3.9 xen [..4.7.1-r1)
        CVE-2020-1 = GHSA-2-3-4
          Alpine:v3.9 xen [..4.7.1-r1)
        XSA-207
          Alpine:v3.9 xen [..4.7.1-r1)
        7 of 7, 0 in part
        ");
    }

    #[test]
    fn damage_costs_its_line_or_its_package() {
        insta::assert_snapshot!(read(
            r#"{"distroversion":"v3.9","packages":[{"pkg":{"name":"a","secfixes":{"1":["- (none)"],"2\u0000":["CVE-1"],"3":["CVE-2"]}}},
            {"pkg":{"name":"\u001b[31m","secfixes":{"1":["CVE-3"]}}},{"pkg":{"name":"b","secfixes":[]}},{}]}"#
        ), @r#"
        skipped alpine/v3.20/main.json a 1: no id in "- (none)"
        skipped alpine/v3.20/main.json a 2\u{0}: the version cannot be one
        CVE-2
          Alpine:v3.9 a [..3)
        skipped alpine/v3.20/main.json \u{1b}[31m 1: the name of the package cannot be one
        skipped alpine/v3.20/main.json package 3: no package of a secdb: invalid type: sequence, expected a map at line 1 column 30
        skipped alpine/v3.20/main.json package 4: no package of a secdb: missing field `pkg` at line 1 column 2
        1 of 6, 0 in part
        "#);
    }

    #[test]
    fn another_document_is_refused() {
        insta::assert_snapshot!(read("[]"), @"error: the feed file ROOT/alpine/v3.20/main.json has no object where one is expected at byte 0");
        insta::assert_snapshot!(read(r#"{"distroversion":"v3.9"}"#), @"error: the feed file ROOT/alpine/v3.20/main.json has no list of packages at byte 0");
        insta::assert_snapshot!(read(r#"{"packages":[]}"#), @"error: the feed file ROOT/alpine/v3.20/main.json has no version of the distribution at byte 0");
    }

    #[test]
    fn what_only_rolls_has_no_release() {
        let json = br#"{"apkurl":"x","archs":["x86_64"],"reponame":"os","packages":[{"pkg":{"name":"go-1.22","secfixes":{"0":["GHSA-2-3-4"],"1.22.3-r0":["CVE-2024-24788"]}}}]}"#;
        insta::assert_snapshot!(shown("wolfi", &[("wolfi/security.json", json)]), @"
        CVE-2024-24788
          Wolfi go-1.22 [..1.22.3-r0)
        GHSA-2-3-4
          Wolfi go-1.22 NotAffected
        2 of 2, 0 in part
        ");
        insta::assert_snapshot!(shown("chainguard", &[("chainguard/security.json", json)]), @"
        CVE-2024-24788
          Chainguard go-1.22 [..1.22.3-r0)
        GHSA-2-3-4
          Chainguard go-1.22 NotAffected
        2 of 2, 0 in part
        ");
    }

    #[test]
    fn nothing_fixed_yet_is_an_empty_feed() {
        insta::assert_snapshot!(read(r#"{"distroversion":"v3.9","packages":null}"#), @"0 of 0, 0 in part");
    }
}

//! The security database of Alpine, and of distributions that took its shape.
//!
//! # Source
//!
//! alpine-secdb, "README": a list of fixed weaknesses for each version of a package; the version
//! `0` says that the package never had them.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::{Advisory, AdvisoryKind, Affected, Ecosystem, End, FeedError, Imported, Range, State};

#[derive(Deserialize)]
struct Document {
    #[serde(default)]
    distroversion: String,
    packages: Vec<Entry>,
}

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

/// Adds what `json`, a file of the ecosystem called `name`, says.
///
/// # Errors
///
/// When it is not such a file.
pub fn read(name: &str, json: &[u8], out: &mut Imported) -> Result<(), FeedError> {
    let document: Document =
        serde_json::from_slice(json).map_err(|source| FeedError::Json { source })?;
    let release = (!document.distroversion.is_empty()).then_some(document.distroversion);
    let ecosystem = Ecosystem { name: name.to_owned(), release };
    // One advisory a weakness, with all packages that it is in.
    let mut by_id: BTreeMap<String, Vec<Affected>> = BTreeMap::new();
    for Entry { pkg } in document.packages {
        for (version, ids) in pkg.secfixes.unwrap_or_default() {
            for line in ids.unwrap_or_default() {
                // A line may name several: `CVE-2019-1 GHSA-2 (note)`.
                let ids: Vec<&str> = line
                    .split_whitespace()
                    .filter(|word| word.contains('-') && !word.starts_with('('))
                    .collect();
                if ids.is_empty() {
                    out.skip(format!("{} {version}", pkg.name), format!("no id in {line:?}"));
                }
                for id in ids {
                    let of_package = affected(&ecosystem, &pkg.name, &version);
                    by_id.entry(id.to_owned()).or_default().push(of_package);
                }
            }
        }
    }
    out.advisories.extend(by_id.into_iter().map(|(id, affected)| Advisory {
        id,
        aliases: Vec::new(),
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
    Ok(())
}

fn affected(ecosystem: &Ecosystem, package: &str, version: &str) -> Affected {
    let (ranges, state) = match version {
        "0" => (Vec::new(), State::NotAffected),
        fixed => {
            let end = End::Fixed(fixed.to_owned());
            (vec![Range { introduced: None, end }], State::Affected)
        }
    };
    Affected {
        ecosystem: ecosystem.clone(),
        package: package.to_owned(),
        ranges,
        versions: Vec::new(),
        state,
        urgency: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weakness_ends_at_the_version_that_lists_it() {
        let json = r#"{"distroversion":"v3.20","packages":[{"pkg":{"name":"curl","secfixes":{
            "8.0.0-r1":["CVE-2024-1","CVE-2024-2 (fixed)"],"0":["CVE-2024-3"]}}},
            {"pkg":{"name":"empty","secfixes":null}}]}"#;
        let mut out = Imported::default();
        read("Alpine", json.as_bytes(), &mut out).unwrap();
        let shown: Vec<String> = out
            .advisories
            .iter()
            .map(|advisory| {
                let affected = &advisory.affected[0];
                let fixed = affected.ranges.first().and_then(Range::fixed);
                format!("{} {} {fixed:?} {:?}", advisory.id, affected.ecosystem, affected.state)
            })
            .collect();
        assert_eq!(
            shown,
            [
                "CVE-2024-1 Alpine:v3.20 Some(\"8.0.0-r1\") Affected",
                "CVE-2024-2 Alpine:v3.20 Some(\"8.0.0-r1\") Affected",
                "CVE-2024-3 Alpine:v3.20 None NotAffected",
            ]
        );
    }

    #[test]
    fn another_document_is_refused() {
        let mut out = Imported::default();
        assert!(matches!(read("Alpine", b"[]", &mut out), Err(FeedError::Json { .. })));
    }
}

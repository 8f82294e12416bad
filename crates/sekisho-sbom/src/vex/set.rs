//! Several documents, asked together.

use std::collections::BTreeMap;

use sekisho_types::report::{Finding, FindingKind, Suppression};

use super::{
    Vex, VexStatement, VexStatus,
    product::{FoundPackage, VexContext, by_purl},
};

/// All that was said, by whom and where.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VexSet {
    statements: Vec<Stated>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Stated {
    /// The file or artifact with the document.
    source: String,
    /// In its document, from 1.
    number: usize,
    statement: VexStatement,
}

/// What became of the statements.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VexAnswer {
    pub n_suppressed: usize,
    /// Statements about nothing that was found, each as one line.
    pub unused: Vec<String>,
}

impl VexSet {
    /// Adds a document that was read from `source`; of two statements of one time the one added
    /// later counts.
    pub fn add(&mut self, source: &str, vex: Vex) {
        let numbered = (1..).zip(vex.statements);
        self.statements.extend(numbered.map(|(number, statement)| Stated {
            source: source.to_owned(),
            number,
            statement,
        }));
    }

    pub fn extend(&mut self, other: Self) {
        self.statements.extend(other.statements);
    }

    pub fn is_empty(&self) -> bool {
        self.statements.is_empty()
    }

    /// Marks the vulnerabilities that the latest statement about them calls not affecting or
    /// fixed.
    pub fn apply(&self, context: &VexContext<'_>, findings: &mut [Finding]) -> VexAnswer {
        let mut by_name: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (index, stated) in self.statements.iter().enumerate() {
            for name in &stated.statement.vulnerabilities {
                by_name.entry(name).or_default().push(index);
            }
        }
        let installed = by_purl(context.packages);
        let mut is_used = vec![false; self.statements.len()];
        let mut n_suppressed = 0;
        for finding in findings.iter_mut().filter(|it| it.kind == FindingKind::Vulnerability) {
            let Some(package) = &finding.package else { continue };
            let of_purl = |purl: &str| FoundPackage::new(purl, installed.get(purl).copied());
            let of_source = finding.vulnerability.as_ref().map(|facts| facts.packages.as_slice());
            // A statement about one of several packages of a source leaves the others.
            let found: Option<Vec<FoundPackage<'_>>> = match of_source.unwrap_or_default() {
                [] => of_purl(&package.purl).map(|found| vec![found]),
                purls => purls.iter().map(|purl| of_purl(purl)).collect(),
            };
            let Some(found) = found else { continue };
            let names = std::iter::once(&finding.check).chain(&finding.aliases);
            let mut indexes: Vec<usize> =
                names.filter_map(|name| by_name.get(name.as_str())).flatten().copied().collect();
            indexes.sort_unstable();
            indexes.dedup();
            let mut latest: Option<&Stated> = None;
            for index in indexes {
                let Some(stated) = self.statements.get(index) else { continue };
                let products = &stated.statement.products;
                let is_covered = |found: &FoundPackage<'_>| {
                    products.iter().any(|product| product.covers(found, context))
                };
                if !found.iter().all(is_covered) {
                    continue;
                }
                if let Some(is_used) = is_used.get_mut(index) {
                    *is_used = true;
                }
                let is_later = latest
                    .is_none_or(|latest| latest.statement.timestamp <= stated.statement.timestamp);
                if is_later {
                    latest = Some(stated);
                }
            }
            if let Some(suppression) = latest.and_then(Stated::suppression) {
                n_suppressed += 1;
                finding.suppressed.get_or_insert(suppression);
            }
        }
        let unused = self.statements.iter().zip(is_used).filter(|(_, is_used)| !is_used);
        VexAnswer { n_suppressed, unused: unused.map(|(stated, _)| stated.line()).collect() }
    }
}

impl Stated {
    /// What takes a finding off; none where the statement says that it is one.
    fn suppression(&self) -> Option<Suppression> {
        let VexStatement { status, justification, impact, author, .. } = &self.statement;
        match status {
            VexStatus::NotAffected | VexStatus::Fixed => (),
            VexStatus::Affected | VexStatus::UnderInvestigation => return None,
        }
        let parts = std::iter::once(status.as_str())
            .chain(justification.as_deref())
            .chain(impact.as_deref());
        let reason: Vec<&str> = parts.collect();
        Some(Suppression {
            reason: reason.join(": "),
            until: None,
            by: format!("{author} (VEX, {})", self.source),
            japanese: None,
        })
    }

    fn line(&self) -> String {
        let Self { source, number, statement } = self;
        let names = statement.vulnerabilities.join(", ");
        format!("{source}: statement {number} ({names}, {})", statement.status.as_str())
    }
}

#[cfg(test)]
mod tests {
    use sekisho_types::{
        Confidence, Severity, VulnerabilityFacts,
        report::{Finding, FindingKind, FindingPackage},
    };

    use super::*;
    use crate::vex::VexImage;

    fn finding(check: &str, aliases: &[&str], purls: &[&str]) -> Finding {
        Finding {
            id: String::new(),
            kind: FindingKind::Vulnerability,
            check: check.to_owned(),
            aliases: aliases.iter().map(|&alias| alias.to_owned()).collect(),
            severity: Severity::High,
            confidence: Confidence::High,
            title: String::new(),
            message: String::new(),
            remediation: String::new(),
            references: Vec::new(),
            package: Some(FindingPackage {
                name: "a".to_owned(),
                version: "1".to_owned(),
                purl: purls[0].to_owned(),
                fixed_version: None,
            }),
            location: None,
            vulnerability: Some(VulnerabilityFacts {
                packages: purls.iter().map(|&purl| purl.to_owned()).collect(),
                ..VulnerabilityFacts::default()
            }),
            suppressed: None,
            origin: None,
            japanese: None,
        }
    }

    fn openvex(time: &str, name: &str, purl: &str, rest: &str) -> Vex {
        let text = format!(
            r#"{{"@context":"https://openvex.dev/ns/v0.2.0","author":"sec","timestamp":"{time}","statements":[
            {{"vulnerability":{{"name":"{name}"}},"products":[{{"@id":"{purl}"}}],{rest}}}]}}"#
        );
        Vex::read(text.as_bytes()).unwrap()
    }

    /// Why each finding does not count, then what was not used.
    fn shown(documents: &[Vex], mut findings: Vec<Finding>) -> String {
        let mut set = VexSet::default();
        for (number, vex) in documents.iter().enumerate() {
            set.add(&format!("{number}.json"), vex.clone());
        }
        let image = VexImage::default();
        let context = VexContext { image: &image, os: None, packages: &[] };
        let answer = set.apply(&context, &mut findings);
        let mut lines: Vec<String> = findings
            .into_iter()
            .map(|finding| match finding.suppressed {
                Some(it) => format!("{}: {} by {}", finding.check, it.reason, it.by),
                None => format!("{}: counts", finding.check),
            })
            .collect();
        lines.extend(answer.unused.iter().map(|unused| format!("unused: {unused}")));
        lines.join("\n")
    }

    const ABSENT: &str = r#""status":"not_affected","justification":"component_not_present""#;

    #[test]
    fn a_statement_takes_off_what_it_names_by_any_name() {
        let vex = openvex("2026-05-01T00:00:00Z", "GHSA-1", "pkg:npm/qs", ABSENT);
        let findings = vec![
            finding("CVE-1", &["GHSA-1"], &["pkg:npm/qs@6"]),
            finding("CVE-1", &["GHSA-1"], &["pkg:npm/other@6"]),
            finding("CVE-2", &[], &["pkg:npm/qs@6"]),
        ];
        let unused = openvex("2026-05-01T00:00:00Z", "CVE-9", "pkg:npm/qs", ABSENT);
        insta::assert_snapshot!(shown(&[vex, unused], findings), @"
        CVE-1: not_affected: component_not_present by sec (VEX, 0.json)
        CVE-1: counts
        CVE-2: counts
        unused: 1.json: statement 1 (CVE-9, not_affected)
        ");
    }

    #[test]
    fn the_latest_statement_counts() {
        let old = openvex("2026-05-01T00:00:00Z", "CVE-1", "pkg:npm/qs", ABSENT);
        let new = openvex("2026-06-01T00:00:00Z", "CVE-1", "pkg:npm/qs", r#""status":"affected""#);
        let findings = || vec![finding("CVE-1", &[], &["pkg:npm/qs@6"])];
        assert_eq!(shown(&[new.clone(), old.clone()], findings()), "CVE-1: counts");
        assert_eq!(shown(&[old.clone(), new], findings()), "CVE-1: counts");
        let newer = openvex("2026-07-01T00:00:00Z", "CVE-1", "pkg:npm/qs", r#""status":"fixed""#);
        assert_eq!(shown(&[newer, old], findings()), "CVE-1: fixed by sec (VEX, 0.json)");
    }

    #[test]
    fn one_package_of_a_source_leaves_the_others() {
        let vex = |purl: &str| openvex("2026-05-01T00:00:00Z", "CVE-1", purl, ABSENT);
        let findings = || {
            vec![finding("CVE-1", &[], &["pkg:deb/debian/libssl3@1", "pkg:deb/debian/openssl@1"])]
        };
        assert!(shown(&[vex("pkg:deb/debian/libssl3")], findings()).starts_with("CVE-1: counts"));
    }
}

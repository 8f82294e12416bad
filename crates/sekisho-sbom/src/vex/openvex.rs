//! OpenVEX 0.2.0.
//!
//! # Source
//!
//! openvex/spec, "OpenVEX Specification v0.2.0"; the words of a justification are those of its
//! "Status Justifications".

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{
    Vex, VexError, VexFormat, VexStatement, VexStatus, from_json,
    product::{Product, ProductId},
    text, time,
};

const CONTEXT: &str = "https://openvex.dev/ns/v0.2.0";

/// Also the labels of flags in CSAF 2.0, section 3.2.3.5.
pub(super) const JUSTIFICATIONS: [&str; 5] = [
    "component_not_present",
    "vulnerable_code_not_present",
    "vulnerable_code_not_in_execute_path",
    "vulnerable_code_cannot_be_controlled_by_adversary",
    "inline_mitigations_already_exist",
];

#[derive(Debug, Deserialize)]
struct Document {
    #[serde(rename = "@context")]
    context: String,
    #[serde(rename = "@id", default)]
    id: String,
    author: String,
    timestamp: Option<String>,
    last_updated: Option<String>,
    statements: Vec<Statement>,
}

#[derive(Debug, Deserialize)]
struct Statement {
    vulnerability: Vulnerability,
    timestamp: Option<String>,
    last_updated: Option<String>,
    #[serde(default)]
    products: Vec<Named>,
    status: VexStatus,
    supplier: Option<String>,
    status_notes: Option<String>,
    justification: Option<String>,
    #[serde(rename = "impact_statement")]
    impact: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Vulnerability {
    name: String,
    #[serde(default)]
    aliases: Vec<String>,
}

/// A product, or a component of one.
#[derive(Debug, Deserialize)]
struct Named {
    #[serde(rename = "@id")]
    id: Option<String>,
    #[serde(default)]
    identifiers: BTreeMap<String, String>,
    #[serde(default)]
    hashes: BTreeMap<String, String>,
    #[serde(default)]
    subcomponents: Vec<Self>,
}

pub(super) fn read(bytes: &[u8]) -> Result<Vex, VexError> {
    let document: Document = from_json(bytes)?;
    if document.context != CONTEXT {
        return Err(VexError::Unsupported {
            what: "@context",
            found: document.context,
            supported: "write https://openvex.dev/ns/v0.2.0",
        });
    }
    let document_time = document.last_updated.or(document.timestamp);
    let mut statements = Vec::new();
    for (number, statement) in (1..).zip(document.statements) {
        let Statement { vulnerability, status, justification, .. } = statement;
        let word = text(justification);
        if let Some(word) = word.as_ref().filter(|it| !JUSTIFICATIONS.contains(&it.as_str())) {
            return Err(VexError::Statement {
                number,
                vulnerability: vulnerability.name,
                reason: format!("has the justification {word:?}, which OpenVEX does not have"),
            });
        }
        let when = statement.last_updated.or(statement.timestamp);
        let author = text(statement.supplier).unwrap_or_else(|| document.author.clone());
        let read = VexStatement {
            vulnerabilities: std::iter::once(vulnerability.name)
                .chain(vulnerability.aliases)
                .collect(),
            products: statement.products.into_iter().map(product).collect(),
            status,
            justification: word,
            impact: text(statement.impact).or_else(|| text(statement.status_notes)),
            timestamp: time(when.as_deref().or(document_time.as_deref())),
            author,
        };
        statements.push(read.checked(number)?);
    }
    Ok(Vex { format: VexFormat::OpenVex, id: document.id, statements })
}

fn product(named: Named) -> Product {
    let (ids, components) = ids(named);
    Product {
        ids,
        components: components.into_iter().flat_map(|named| self::ids(named).0).collect(),
    }
}

/// Every name of one thing, and its components.
fn ids(named: Named) -> (Vec<ProductId>, Vec<Named>) {
    let Named { id, identifiers, hashes, subcomponents } = named;
    let names = id.into_iter().chain(identifiers.into_values());
    let mut ids: Vec<ProductId> = names.map(|name| ProductId::parse(&name)).collect();
    ids.extend(hashes.iter().filter_map(|(name, value)| ProductId::of_hash(name, value)));
    (ids, subcomponents)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(statement: &str) -> String {
        format!(
            r#"{{"@context":"{CONTEXT}","@id":"https://shop.example/vex-1","author":"shop security",
            "timestamp":"2026-05-01T00:00:00Z","version":1,"statements":[{statement}]}}"#
        )
    }

    fn mistake(text: &str) -> String {
        let err = Vex::read(text.as_bytes()).unwrap_err();
        let source = std::error::Error::source(&err).map(ToString::to_string);
        format!("{err}{}", source.map(|source| format!(": {source}")).unwrap_or_default())
    }

    #[test]
    fn a_statement_is_read_with_its_components() {
        let vex = Vex::read(document(r#"{
            "vulnerability":{"name":"CVE-2026-1","aliases":["GHSA-1"]},
            "products":[{"@id":"pkg:oci/shop@sha256:abc","subcomponents":[{"@id":"pkg:deb/debian/zlib1g"}]}],
            "status":"not_affected","justification":"vulnerable_code_not_in_execute_path",
            "impact_statement":"inflate is never called"}"#).as_bytes()).unwrap();
        let [statement] = &vex.statements[..] else { panic!("{vex:?}") };
        assert_eq!(statement.vulnerabilities, ["CVE-2026-1", "GHSA-1"]);
        assert_eq!(statement.author, "shop security");
        assert_eq!(statement.timestamp.unwrap().to_string(), "2026-05-01T00:00:00Z");
        assert_eq!(statement.products[0].components.len(), 1);
    }

    #[test]
    fn what_says_too_little_is_refused_with_its_place() {
        let product = r#""products":[{"@id":"pkg:npm/a"}]"#;
        let vulnerability = r#""vulnerability":{"name":"CVE-2026-1"}"#;
        insta::assert_snapshot!(mistake(&document(&format!(r#"{{{vulnerability},{product},"status":"not_affected"}}"#))), @r#"statement 1 ("CVE-2026-1") says not_affected without saying why"#);
        insta::assert_snapshot!(mistake(&document(&format!(r#"{{{vulnerability},"status":"fixed"}}"#))), @r#"statement 1 ("CVE-2026-1") names no product"#);
        insta::assert_snapshot!(mistake(&document(&format!(r#"{{{vulnerability},{product},"status":"not_affected","justification":"because"}}"#))), @r#"statement 1 ("CVE-2026-1") has the justification "because", which OpenVEX does not have"#);
        let wrong =
            mistake(&document(&format!(r#"{{{vulnerability},{product},"status":"safe"}}"#)));
        assert!(wrong.contains("unknown variant `safe`") && wrong.contains("line 2"), "{wrong}");
        let old = document("").replace("/v0.2.0", "");
        insta::assert_snapshot!(mistake(&old), @r#"@context is "https://openvex.dev/ns", which is not supported: write https://openvex.dev/ns/v0.2.0"#);
        insta::assert_snapshot!(mistake("{}"), @"it is neither OpenVEX nor a VEX document of CSAF or CycloneDX");
    }
}

//! CycloneDX 1.4 to 1.6 as VEX: vulnerabilities with an analysis.
//!
//! # Source
//!
//! ECMA-424, "Vulnerabilities"; cyclonedx.org, "BOM-Link" for references into other documents.

use std::collections::BTreeMap;

use sekisho_types::Purl;
use serde::Deserialize;

use super::{
    Vex, VexError, VexFormat, VexStatement, VexStatus, from_json,
    product::{Product, ProductId},
    text, time,
};

const VERSIONS: [&str; 3] = ["1.4", "1.5", "1.6"];

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    bom_format: String,
    spec_version: String,
    #[serde(default)]
    serial_number: String,
    #[serde(default)]
    metadata: Metadata,
    #[serde(default)]
    components: Vec<Component>,
    #[serde(default)]
    vulnerabilities: Vec<Vulnerability>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Metadata {
    timestamp: Option<String>,
    component: Option<Component>,
    authors: Vec<Named>,
    supplier: Option<Named>,
    manufacturer: Option<Named>,
    manufacture: Option<Named>,
}

#[derive(Debug, Deserialize)]
struct Named {
    name: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Component {
    #[serde(rename = "bom-ref")]
    bom_ref: Option<String>,
    purl: Option<String>,
    #[serde(default)]
    hashes: Vec<Hash>,
    #[serde(default)]
    components: Vec<Self>,
}

#[derive(Debug, Deserialize)]
struct Hash {
    alg: String,
    content: String,
}

#[derive(Debug, Deserialize)]
struct Vulnerability {
    #[serde(default)]
    id: String,
    #[serde(default)]
    references: Vec<Reference>,
    updated: Option<String>,
    analysis: Option<Analysis>,
    #[serde(default)]
    affects: Vec<Affect>,
}

#[derive(Debug, Deserialize)]
struct Reference {
    #[serde(default)]
    id: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Analysis {
    state: Option<State>,
    justification: Option<Justification>,
    detail: Option<String>,
    last_updated: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Resolved,
    ResolvedWithPedigree,
    Exploitable,
    InTriage,
    FalsePositive,
    NotAffected,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Justification {
    CodeNotPresent,
    CodeNotReachable,
    RequiresConfiguration,
    RequiresDependency,
    RequiresEnvironment,
    ProtectedByCompiler,
    ProtectedAtRuntime,
    ProtectedAtPerimeter,
    ProtectedByMitigatingControl,
}

#[derive(Debug, Deserialize)]
struct Affect {
    #[serde(rename = "ref")]
    reference: String,
    #[serde(default)]
    versions: Vec<AffectedVersion>,
}

#[derive(Debug, Deserialize)]
struct AffectedVersion {
    version: Option<String>,
}

pub(super) fn read(bytes: &[u8]) -> Result<Vex, VexError> {
    let document: Document = from_json(bytes)?;
    if document.bom_format != "CycloneDX" {
        return Err(VexError::Format);
    }
    if !VERSIONS.contains(&&*document.spec_version) {
        return Err(VexError::Unsupported {
            what: "specVersion",
            found: document.spec_version,
            supported: "it has to be 1.4, 1.5 or 1.6",
        });
    }
    let names = Names::new(&document);
    let author = author(&document.metadata);
    let mut statements = Vec::new();
    for vulnerability in document.vulnerabilities {
        let Vulnerability { id, references, updated, analysis, affects } = vulnerability;
        // A bill of materials lists what it found; only an analysis with a state says more.
        let Some(analysis) = analysis else { continue };
        let Some(state) = analysis.state else { continue };
        let when = analysis.last_updated.or(updated);
        let when = when.as_deref().or(document.metadata.timestamp.as_deref());
        let justification = analysis.justification.map(Justification::as_str);
        let implied = (state == State::FalsePositive).then_some("false_positive");
        let statement = VexStatement {
            vulnerabilities: std::iter::once(id)
                .chain(references.into_iter().map(|reference| reference.id))
                .filter(|id| !id.is_empty())
                .collect(),
            products: affects.iter().map(|affect| names.product(affect)).collect(),
            status: state.status(),
            justification: justification.or(implied).map(str::to_owned),
            impact: text(analysis.detail),
            timestamp: time(when),
            author: author.clone(),
        };
        let number = statements.len() + 1;
        statements.push(statement.checked(number)?);
    }
    if statements.is_empty() {
        return Err(VexError::Format);
    }
    Ok(Vex { format: VexFormat::CycloneDx, id: document.serial_number, statements })
}

/// Who says it: the authors, else who made or supplied what it is about.
fn author(metadata: &Metadata) -> String {
    let Metadata { authors, supplier, manufacturer, manufacture, .. } = metadata;
    let mut named = authors.iter().chain(supplier).chain(manufacturer).chain(manufacture);
    named.find_map(|it| it.name.clone()).unwrap_or_else(|| "nobody who is named".to_owned())
}

impl State {
    fn status(self) -> VexStatus {
        match self {
            Self::Resolved | Self::ResolvedWithPedigree => VexStatus::Fixed,
            Self::Exploitable => VexStatus::Affected,
            Self::InTriage => VexStatus::UnderInvestigation,
            Self::FalsePositive | Self::NotAffected => VexStatus::NotAffected,
        }
    }
}

impl Justification {
    fn as_str(self) -> &'static str {
        match self {
            Self::CodeNotPresent => "code_not_present",
            Self::CodeNotReachable => "code_not_reachable",
            Self::RequiresConfiguration => "requires_configuration",
            Self::RequiresDependency => "requires_dependency",
            Self::RequiresEnvironment => "requires_environment",
            Self::ProtectedByCompiler => "protected_by_compiler",
            Self::ProtectedAtRuntime => "protected_at_runtime",
            Self::ProtectedAtPerimeter => "protected_at_perimeter",
            Self::ProtectedByMitigatingControl => "protected_by_mitigating_control",
        }
    }
}

/// The components of a document by their references.
#[derive(Debug)]
struct Names {
    serial_number: String,
    by_reference: BTreeMap<String, Vec<ProductId>>,
    /// What the document is about, where something identifies it.
    subject: Vec<ProductId>,
    subject_reference: Option<String>,
}

impl Names {
    fn new(document: &Document) -> Self {
        let subject = document.metadata.component.as_ref();
        let mut by_reference = BTreeMap::new();
        let mut components: Vec<&Component> = document.components.iter().chain(subject).collect();
        while let Some(component) = components.pop() {
            components.extend(&component.components);
            if let Some(reference) = &component.bom_ref {
                by_reference.insert(reference.clone(), component.ids());
            }
        }
        let serial_number = document.serial_number.clone();
        let subject_reference = subject.and_then(|component| component.bom_ref.clone());
        let subject = subject.map(Component::ids).unwrap_or_default();
        Self { serial_number, by_reference, subject, subject_reference }
    }

    /// What is affected, in what the document is about.
    fn product(&self, affect: &Affect) -> Product {
        let reference = self.local(&affect.reference);
        let ids = match self.by_reference.get(reference) {
            Some(ids) if !ids.is_empty() => ids.clone(),
            _ => vec![ProductId::parse(reference)],
        };
        let is_subject = self.subject_reference.as_deref() == Some(reference);
        let ids = narrowed(ids, &affect.versions);
        if self.subject.is_empty() || is_subject {
            Product { ids, components: Vec::new() }
        } else {
            Product { ids: self.subject.clone(), components: ids }
        }
    }

    /// The reference without the document that it points into: this one, or one whose references
    /// are package URLs.
    fn local<'a>(&self, reference: &'a str) -> &'a str {
        match reference.strip_prefix("urn:cdx:").and_then(|rest| rest.split_once('#')) {
            Some((document, fragment)) => {
                let serial = self.serial_number.strip_prefix("urn:uuid:");
                let is_here = serial.is_some_and(|serial| document.starts_with(serial));
                if is_here || fragment.parse::<Purl>().is_ok() { fragment } else { reference }
            }
            None => reference,
        }
    }
}

/// With versions beside them, package URLs without one mean these; a range is not understood, so
/// that it fits nothing.
fn narrowed(ids: Vec<ProductId>, versions: &[AffectedVersion]) -> Vec<ProductId> {
    if versions.is_empty() {
        return ids;
    }
    let mut narrowed = Vec::new();
    for id in ids {
        let ProductId::Purl(purl) = id else {
            narrowed.push(id);
            continue;
        };
        for version in versions.iter().filter_map(|it| it.version.as_ref()) {
            if purl.version.is_empty() || purl.version == *version {
                let purl = Purl { version: version.clone(), ..(*purl).clone() };
                narrowed.push(ProductId::Purl(Box::new(purl)));
            }
        }
    }
    narrowed
}

impl Component {
    fn ids(&self) -> Vec<ProductId> {
        let mut ids: Vec<ProductId> = self.purl.iter().map(|purl| ProductId::parse(purl)).collect();
        ids.extend(self.hashes.iter().filter_map(|it| ProductId::of_hash(&it.alg, &it.content)));
        ids
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(analysis: &str, affects: &str) -> String {
        format!(
            r#"{{"bomFormat":"CycloneDX","specVersion":"1.5","serialNumber":"urn:uuid:1-2","version":1,
            "metadata":{{"timestamp":"2026-05-01T00:00:00Z","authors":[{{"name":"shop security"}}]}},
            "components":[{{"type":"library","name":"qs","bom-ref":"7","purl":"pkg:npm/qs"}}],
            "vulnerabilities":[{{"id":"GHSA-1","references":[{{"id":"CVE-2026-1","source":{{}}}}],
            "analysis":{analysis},"affects":[{affects}]}}]}}"#
        )
    }

    fn products(affects: &str) -> Vec<String> {
        let text = document(r#"{"state":"resolved"}"#, affects);
        let vex = Vex::read(text.as_bytes()).unwrap();
        let product = &vex.statements[0].products[0];
        product
            .ids
            .iter()
            .map(|id| match id {
                ProductId::Purl(purl) => purl.to_string(),
                id => format!("{id:?}"),
            })
            .collect()
    }

    #[test]
    fn a_component_is_found_by_its_reference() {
        assert_eq!(products(r#"{"ref":"7"}"#), ["pkg:npm/qs"]);
        assert_eq!(products(r#"{"ref":"urn:cdx:1-2/1#7"}"#), ["pkg:npm/qs"]);
        assert_eq!(products(r#"{"ref":"urn:cdx:9-9/1#pkg:npm/a@1"}"#), ["pkg:npm/a@1"]);
        let versions = r#"{"ref":"7","versions":[{"version":"6.0.0"},{"range":"vers:npm/<6"}]}"#;
        assert_eq!(products(versions), ["pkg:npm/qs@6.0.0"]);
    }

    #[test]
    fn an_analysis_says_what_holds_and_why() {
        for (analysis, status, justification) in [
            (
                r#"{"state":"not_affected","justification":"code_not_reachable"}"#,
                VexStatus::NotAffected,
                Some("code_not_reachable"),
            ),
            (r#"{"state":"false_positive"}"#, VexStatus::NotAffected, Some("false_positive")),
            (r#"{"state":"exploitable"}"#, VexStatus::Affected, None),
            (r#"{"state":"in_triage"}"#, VexStatus::UnderInvestigation, None),
            (r#"{"state":"resolved_with_pedigree"}"#, VexStatus::Fixed, None),
        ] {
            let vex = Vex::read(document(analysis, r#"{"ref":"7"}"#).as_bytes()).unwrap();
            let statement = &vex.statements[0];
            assert_eq!(statement.status, status);
            assert_eq!(statement.justification.as_deref(), justification);
            assert_eq!(statement.vulnerabilities, ["GHSA-1", "CVE-2026-1"]);
        }
    }

    #[test]
    fn a_list_of_findings_is_no_vex() {
        for analysis in ["{}", r#"{"detail":"accepted"}"#] {
            let err = Vex::read(document(analysis, r#"{"ref":"7"}"#).as_bytes()).unwrap_err();
            assert!(matches!(err, VexError::Format), "{err}");
        }
        let unargued = document(r#"{"state":"not_affected"}"#, r#"{"ref":"7"}"#);
        insta::assert_snapshot!(Vex::read(unargued.as_bytes()).unwrap_err(), @r#"statement 1 ("GHSA-1") says not_affected without saying why"#);
    }
}

//! CycloneDX, with the properties that Syft, Trivy and we add.

use std::collections::BTreeMap;

use sekisho_types::{Confidence, Digest, OsRelease};
use serde::Deserialize;
use serde_json::Value;

use super::{
    Document, InventoryError, MAX_LISTED, from_json, image_digest,
    listed::{self, Listed},
};

const VERSIONS: [&str; 6] = ["1.2", "1.3", "1.4", "1.5", "1.6", "1.7"];

const SYFT_LOCATION: &str = "syft:location:";
const TRIVY: &str = "aquasecurity:trivy:";

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bom {
    spec_version: String,
    #[serde(default)]
    metadata: Metadata,
    #[serde(default)]
    components: Vec<Component>,
    #[serde(default)]
    compositions: Vec<Composition>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Metadata {
    /// A list before 1.5, an object with components since.
    tools: Value,
    component: Option<Component>,
    properties: Vec<Property>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Component {
    #[serde(rename = "type")]
    kind: String,
    name: String,
    version: Option<String>,
    description: Option<String>,
    purl: Option<String>,
    publisher: Option<String>,
    supplier: Option<Named>,
    hashes: Vec<Hash>,
    licenses: Vec<LicenseChoice>,
    evidence: Evidence,
    properties: Vec<Property>,
    components: Vec<Self>,
}

#[derive(Debug, Deserialize)]
struct Named {
    name: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Hash {
    alg: String,
    content: String,
}

#[derive(Debug, Deserialize)]
struct LicenseChoice {
    expression: Option<String>,
    license: Option<License>,
}

#[derive(Debug, Deserialize)]
struct License {
    id: Option<String>,
    name: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Evidence {
    /// One before 1.6, a list since.
    identity: Value,
    occurrences: Vec<Occurrence>,
}

#[derive(Debug, Deserialize)]
struct Occurrence {
    location: String,
}

#[derive(Debug, Deserialize)]
struct Property {
    name: String,
    #[serde(default)]
    value: String,
}

#[derive(Debug, Deserialize)]
struct Composition {
    aggregate: String,
}

pub(super) fn read(bytes: &[u8]) -> Result<Document, InventoryError> {
    let bom: Bom = from_json(bytes)?;
    if !VERSIONS.contains(&&*bom.spec_version) {
        return Err(InventoryError::Version {
            format: "CycloneDX",
            version: bom.spec_version,
            supported: "1.2 to 1.7 are read",
        });
    }
    let Metadata { tools, component, properties } = bom.metadata;
    let mut document = Document {
        format: format!("CycloneDX {}", bom.spec_version),
        tool: tool(&tools),
        ..Document::default()
    };
    if let Some(root) = &component {
        document.name.clone_from(&root.name);
        document.is_image = root.kind == "container";
        document.digest = root.digest();
        document.layers = root.layers();
    }
    for property in properties.iter().filter(|it| it.name == "sekisho:unknown") {
        document.unknowns.push(format!("whoever wrote it could not read {}", property.value));
    }
    let is_incomplete = |it: &Composition| it.aggregate.starts_with("incomplete");
    if document.unknowns.is_empty() && bom.compositions.iter().any(is_incomplete) {
        document.unknowns.push("the document says that it is incomplete".to_owned());
    }
    let mut components: Vec<Component> = bom.components;
    components.extend(component.into_iter().flat_map(|root| root.components));
    components.reverse();
    while let Some(mut component) = components.pop() {
        components.append(&mut component.components);
        match component.kind.as_str() {
            "operating-system" => document.os = Some(component.os()),
            "library" | "framework" => document.listed.push(component.listed()),
            // An application is a package where it says which one.
            "application" if component.purl.is_some() => document.listed.push(component.listed()),
            _ => (),
        }
        if document.listed.len() > MAX_LISTED {
            return Err(InventoryError::TooMany);
        }
    }
    Ok(document)
}

/// `syft 1.18.1`, from whichever shape the tools have.
fn tool(tools: &Value) -> String {
    let first = tools.get("components").unwrap_or(tools).get(0);
    let text = |key: &str| first.and_then(|tool| tool.get(key)).and_then(Value::as_str);
    [text("name"), text("version")].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

impl Component {
    fn property(&self, name: &str) -> Option<String> {
        let found = self.properties.iter().find(|it| it.name == name && !it.value.is_empty());
        found.map(|property| property.value.clone())
    }

    /// The first that is there.
    fn any(&self, names: &[&str]) -> Option<String> {
        names.iter().find_map(|name| self.property(name))
    }

    fn os(&self) -> OsRelease {
        let id = self.property("syft:distro:id").unwrap_or_else(|| self.name.clone());
        let version = self.version.clone().or_else(|| self.property("syft:distro:versionID"));
        let mut os = listed::os(&id, &version.unwrap_or_default());
        os.codename = os.codename.or_else(|| self.property("syft:distro:versionCodename"));
        os.pretty_name.clone_from(&self.description);
        os
    }

    /// Of the image: from its package URL, a hash, a property or its version.
    fn digest(&self) -> Option<Digest> {
        let of_purl = self.purl.as_deref().and_then(image_digest);
        let of_hash = || {
            let hash = self.hashes.iter().find(|hash| hash.alg == "SHA-256")?;
            Digest::parse(&format!("sha256:{}", hash.content)).ok()
        };
        let of_version = || Digest::parse(self.version.as_deref()?).ok();
        let of_trivy = || Digest::parse(&self.property(&format!("{TRIVY}ImageID"))?).ok();
        of_purl.or_else(of_hash).or_else(of_version).or_else(of_trivy)
    }

    fn layers(&self) -> Vec<Digest> {
        let names = ["sekisho:layer".to_owned(), format!("{TRIVY}DiffID")];
        let layers = self.properties.iter().filter(|it| names.contains(&it.name));
        layers.filter_map(|it| Digest::parse(&it.value).ok()).collect()
    }

    fn listed(self) -> Listed {
        let trivy = |name: &str| format!("{TRIVY}{name}");
        let source_version = self.property("sekisho:source_version").or_else(|| {
            // Trivy writes the parts of a version each by itself.
            let version = self.property(&trivy("SrcVersion"))?;
            let release = self.property(&trivy("SrcRelease"));
            let version = release.map_or(version.clone(), |release| format!("{version}-{release}"));
            let epoch = self.property(&trivy("SrcEpoch")).filter(|epoch| epoch != "0");
            Some(epoch.map_or(version.clone(), |epoch| format!("{epoch}:{version}")))
        });
        let layer = self.any(&["sekisho:layer", "syft:location:0:layerID", &trivy("LayerDiffID")]);
        Listed {
            arch: self.any(&["sekisho:arch", "syft:metadata:architecture"]),
            source_name: self.any(&[
                "sekisho:source_name",
                "syft:metadata:source",
                "syft:metadata:originPackage",
                &trivy("SrcName"),
            ]),
            source_version: source_version.or_else(|| self.property("syft:metadata:sourceVersion")),
            module: self.any(&[
                "sekisho:module",
                "syft:metadata:modularityLabel",
                &trivy("Modularitylabel"),
            ]),
            layer: layer.and_then(|layer| Digest::parse(&layer).ok()),
            owned_by: self.property("sekisho:owned_by"),
            paths: self.paths(),
            confidence: self.confidence(),
            licenses: licenses(self.licenses),
            supplier: self.supplier.and_then(|supplier| supplier.name).or(self.publisher),
            name: self.name,
            version: self.version.unwrap_or_default(),
            purl: self.purl,
        }
    }

    fn paths(&self) -> Vec<String> {
        let mut of_syft: BTreeMap<u64, &str> = BTreeMap::new();
        for property in &self.properties {
            let number = property.name.strip_prefix(SYFT_LOCATION);
            let number = number.and_then(|rest| rest.strip_suffix(":path"));
            if let Some(number) = number.and_then(|number| number.parse().ok()) {
                of_syft.insert(number, &property.value);
            }
        }
        let of_trivy = self.property(&format!("{TRIVY}FilePath"));
        let occurrences = self.evidence.occurrences.iter().map(|it| it.location.as_str());
        let all = occurrences.chain(of_syft.into_values()).chain(of_trivy.as_deref());
        all.map(|path| path.trim_start_matches('/').to_owned()).collect()
    }

    fn confidence(&self) -> Option<Confidence> {
        let identity = &self.evidence.identity;
        let first = identity.get(0).unwrap_or(identity);
        let confidence = first.get("confidence").and_then(Value::as_f64)?;
        Some(if confidence > 0.8 {
            Confidence::High
        } else if confidence > 0.5 {
            Confidence::Medium
        } else {
            Confidence::Low
        })
    }
}

fn licenses(choices: Vec<LicenseChoice>) -> Vec<String> {
    let texts = choices.into_iter().filter_map(|choice| {
        let of_license = |license: License| license.id.or(license.name);
        choice.expression.or_else(|| choice.license.and_then(of_license))
    });
    texts.collect()
}

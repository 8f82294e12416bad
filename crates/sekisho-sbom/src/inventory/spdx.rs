//! SPDX, with the sentences in which Syft, Trivy and we say more.

use std::collections::BTreeMap;

use sekisho_types::Digest;
use serde::Deserialize;

use super::{
    Document, InventoryError, MAX_LISTED, from_json, image_digest,
    listed::{self, Listed},
};

const VERSIONS: [&str; 2] = ["SPDX-2.2", "SPDX-2.3"];

const NOTHING: [&str; 3] = ["", "NOASSERTION", "NONE"];

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Spdx {
    #[serde(rename = "spdxVersion")]
    version: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    comment: String,
    #[serde(default)]
    creation_info: CreationInfo,
    #[serde(default)]
    packages: Vec<Package>,
    #[serde(default)]
    has_extracted_licensing_infos: Vec<ExtractedLicense>,
    #[serde(default)]
    relationships: Vec<Relationship>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct CreationInfo {
    creators: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Package {
    #[serde(rename = "SPDXID")]
    id: String,
    name: String,
    version_info: String,
    supplier: String,
    originator: String,
    source_info: String,
    license_declared: String,
    license_concluded: String,
    checksums: Vec<Checksum>,
    external_refs: Vec<ExternalRef>,
    primary_package_purpose: String,
    annotations: Vec<Annotation>,
    /// Where Trivy put its annotations before 0.58.
    attribution_texts: Vec<String>,
    description: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Checksum {
    algorithm: String,
    checksum_value: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ExternalRef {
    reference_type: String,
    reference_locator: String,
}

#[derive(Debug, Deserialize)]
struct Annotation {
    #[serde(default)]
    comment: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ExtractedLicense {
    license_id: String,
    #[serde(default)]
    name: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Relationship {
    #[serde(default)]
    spdx_element_id: String,
    #[serde(rename = "relationshipType", default)]
    kind: String,
    #[serde(default)]
    related_spdx_element: String,
    #[serde(default)]
    comment: String,
}

pub(super) fn read(bytes: &[u8]) -> Result<Document, InventoryError> {
    let spdx: Spdx = from_json(bytes)?;
    if !VERSIONS.contains(&&*spdx.version) {
        return Err(InventoryError::Version {
            format: "SPDX",
            version: spdx.version.trim_start_matches("SPDX-").to_owned(),
            supported: "2.2 and 2.3 are read",
        });
    }
    if spdx.packages.len() > MAX_LISTED {
        return Err(InventoryError::TooMany);
    }
    let creators = &spdx.creation_info.creators;
    let tool = creators.iter().find_map(|creator| creator.strip_prefix("Tool: "));
    let tool = tool.map(|tool| match tool.rsplit_once('-') {
        Some((name, version)) => format!("{name} {version}"),
        None => tool.to_owned(),
    });
    let mut document = Document {
        format: spdx.version.replace('-', " "),
        tool: tool.unwrap_or_default(),
        name: spdx.name,
        ..Document::default()
    };
    for line in spdx.comment.lines() {
        if let Some(what) = line.strip_prefix("Not read: ") {
            document.unknowns.push(format!("whoever wrote it could not read {what}"));
        }
    }
    let described: Vec<&str> = spdx
        .relationships
        .iter()
        .filter(|it| it.kind == "DESCRIBES")
        .map(|it| it.related_spdx_element.as_str())
        .collect();
    let licenses: BTreeMap<&str, &str> = spdx
        .has_extracted_licensing_infos
        .iter()
        .map(|it| (it.license_id.as_str(), it.name.as_str()))
        .collect();
    let owners = owners(&spdx.relationships, &spdx.packages);
    for package in &spdx.packages {
        let purpose = package.primary_package_purpose.replace('_', "-");
        if described.contains(&&*package.id) {
            document.name.clone_from(&package.name);
            document.is_image = purpose == "CONTAINER";
            document.digest = package.digest();
            document.layers = package.layers();
        } else if purpose == "OPERATING-SYSTEM" {
            let mut os = listed::os(&package.name, &package.version_info);
            os.pretty_name.clone_from(&package.description);
            document.os = Some(os);
        } else if package.purl().is_some() || matches!(&*purpose, "" | "LIBRARY") {
            let mut one = package.listed(&licenses);
            one.owned_by = owners.get(package.id.as_str()).map(|&owner| owner.to_owned());
            document.listed.push(one);
        }
    }
    Ok(document)
}

/// Packages of the system by the packages whose files they brought along: as Syft says it, and as
/// we say it by containing.
fn owners<'a>(
    relationships: &'a [Relationship],
    packages: &'a [Package],
) -> BTreeMap<&'a str, &'a str> {
    let purls: BTreeMap<&str, &str> =
        packages.iter().filter_map(|it| Some((it.id.as_str(), it.purl()?))).collect();
    let mut owners = BTreeMap::new();
    for relationship in relationships {
        let is_owner = relationship.comment.starts_with("ownership-by-file-overlap")
            || relationship.kind == "CONTAINS";
        let owner = purls.get(relationship.spdx_element_id.as_str()).copied();
        let is_system = |purl: &str| {
            ["pkg:deb/", "pkg:apk/", "pkg:rpm/", "pkg:alpm/"]
                .iter()
                .any(|start| purl.starts_with(start))
        };
        if let Some(owner) = owner.filter(|purl| is_owner && is_system(purl)) {
            owners.insert(relationship.related_spdx_element.as_str(), owner);
        }
    }
    owners
}

impl Package {
    fn purl(&self) -> Option<&str> {
        let found = self.external_refs.iter().find(|it| it.reference_type == "purl");
        found.map(|reference| reference.reference_locator.as_str())
    }

    /// What Trivy says under this word.
    fn annotated<'a>(&'a self, word: &'a str) -> impl Iterator<Item = &'a str> {
        let comments = self.annotations.iter().map(|annotation| annotation.comment.as_str());
        comments
            .chain(self.attribution_texts.iter().map(String::as_str))
            .filter_map(move |comment| comment.strip_prefix(word)?.strip_prefix(": "))
    }

    fn digest(&self) -> Option<Digest> {
        let of_checksum = || {
            let checksum = self.checksums.iter().find(|it| it.algorithm == "SHA256")?;
            Digest::parse(&format!("sha256:{}", checksum.checksum_value)).ok()
        };
        let of_trivy = || Digest::parse(self.annotated("ImageID").next()?).ok();
        self.purl().and_then(image_digest).or_else(of_checksum).or_else(of_trivy)
    }

    fn layers(&self) -> Vec<Digest> {
        self.annotated("DiffID").filter_map(|digest| Digest::parse(digest).ok()).collect()
    }

    fn listed(&self, licenses: &BTreeMap<&str, &str>) -> Listed {
        let said = self.said();
        let license = [&self.license_declared, &self.license_concluded]
            .into_iter()
            .find(|text| !NOTHING.contains(&text.as_str()));
        let license = license.map(|id| match licenses.get(id.as_str()) {
            Some(name) if !name.is_empty() => (*name).to_owned(),
            _ => id.clone(),
        });
        let layer = said.layer.or_else(|| self.annotated("LayerDiffID").next());
        Listed {
            name: self.name.clone(),
            version: Some(&self.version_info)
                .filter(|text| !NOTHING.contains(&text.as_str()))
                .cloned()
                .unwrap_or_default(),
            purl: self.purl().map(str::to_owned),
            source_name: said.source.map(|(name, _)| name.to_owned()),
            source_version: said.source.map(|(_, version)| version.to_owned()),
            licenses: license.into_iter().collect(),
            supplier: [&self.supplier, &self.originator].into_iter().find_map(|text| party(text)),
            layer: layer.and_then(|layer| Digest::parse(layer).ok()),
            paths: said.paths.into_iter().map(|it| it.trim_start_matches('/').to_owned()).collect(),
            ..Listed::default()
        }
    }

    /// What `sourceInfo` says: ours, Syft's or Trivy's sentence.
    fn said(&self) -> Said<'_> {
        let mut said = Said::default();
        for part in self.source_info.split("; ") {
            if let Some(paths) = part.strip_prefix("found in ") {
                said.paths = paths.split(", ").collect();
            } else if let Some(layer) = part.strip_prefix("layer ") {
                said.layer = Some(layer);
            } else if let Some(source) = part.strip_prefix("built from source package ") {
                said.source = source.rsplit_once(' ');
            } else if let Some(source) = part.strip_prefix("built package from: ") {
                said.source = source.rsplit_once(' ');
            } else if let Some(path) = part.strip_prefix("package found in: ") {
                said.paths = vec![path];
            } else if let Some((_, paths)) = part
                .strip_prefix("acquired package info from ")
                .and_then(|rest| rest.split_once(": "))
            {
                said.paths = paths.split(", ").collect();
            }
        }
        said
    }
}

#[derive(Debug, Default)]
struct Said<'a> {
    paths: Vec<&'a str>,
    layer: Option<&'a str>,
    /// Name and version.
    source: Option<(&'a str, &'a str)>,
}

/// `Organization: Name` without its kind.
fn party(text: &str) -> Option<String> {
    if NOTHING.contains(&text) {
        return None;
    }
    let name = text.split_once(": ").map_or(text, |(_, name)| name);
    Some(name.trim().to_owned())
}

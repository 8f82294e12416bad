//! What a bill of materials lists, whoever wrote it.
//!
//! Ours, Syft's and Trivy's say more than the formats have fields for, in properties and
//! annotations; that is read as well. What a document does not say is not guessed.

mod cyclonedx;
mod listed;
mod spdx;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use sekisho_types::{Digest, InstalledPackage, OsRelease, Purl};
use serde::Deserialize;

use listed::Listed;

/// Largest document: one of 100,000 packages with all their files takes 100 MB.
pub const MAX_SBOM_BYTES: usize = 512 << 20;

/// Most things that a document lists.
const MAX_LISTED: usize = 1_000_000;

/// Most names that one sentence has.
const MAX_NAMED: usize = 5;

/// The content of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inventory {
    /// `CycloneDX 1.6`, `SPDX 2.3`.
    pub format: String,
    /// Who wrote it: `syft 1.18.1`; empty where nobody says.
    pub tool: String,
    /// What it is about; empty where the document does not name it.
    pub name: String,
    /// Whether it is about an image, and not about files.
    pub is_image: bool,
    /// Of the image.
    pub digest: Option<Digest>,
    pub os: Option<OsRelease>,
    /// `diff_id`s, in the order of the document.
    pub layers: Vec<Digest>,
    pub packages: Vec<InstalledPackage>,
    /// What the document leaves open, a sentence without a full stop each.
    pub unknowns: Vec<String>,
}

/// Why a file gives nothing.
#[derive(Debug, thiserror::Error)]
pub enum InventoryError {
    #[error("it is larger than {MAX_SBOM_BYTES} bytes")]
    TooLarge,
    #[error("it is no JSON of the expected shape")]
    Json {
        #[source]
        source: serde_json::Error,
    },
    #[error("it is neither CycloneDX nor SPDX in JSON")]
    Format,
    #[error("it is {format} {version}, which is not supported: {supported}")]
    Version { format: &'static str, version: String, supported: &'static str },
    #[error("it lists more than {MAX_LISTED} things")]
    TooMany,
}

#[derive(Debug, Deserialize)]
struct Marks {
    #[serde(rename = "bomFormat")]
    bom_format: Option<String>,
    #[serde(rename = "spdxVersion")]
    spdx_version: Option<String>,
}

/// A document as one of the readers understands it.
#[derive(Debug, Default)]
struct Document {
    format: String,
    tool: String,
    name: String,
    is_image: bool,
    digest: Option<Digest>,
    os: Option<OsRelease>,
    layers: Vec<Digest>,
    listed: Vec<Listed>,
    unknowns: Vec<String>,
}

impl Inventory {
    /// Reads `CycloneDX` 1.2 to 1.7 or SPDX 2.2 and 2.3, in JSON.
    ///
    /// # Errors
    ///
    /// On what is neither, and on more than a document may have.
    pub fn read(bytes: &[u8]) -> Result<Self, InventoryError> {
        if bytes.len() > MAX_SBOM_BYTES {
            return Err(InventoryError::TooLarge);
        }
        let document = match from_json(bytes)? {
            Marks { bom_format: Some(name), .. } if name == "CycloneDX" => cyclonedx::read(bytes)?,
            Marks { spdx_version: Some(_), .. } => spdx::read(bytes)?,
            Marks { .. } => return Err(InventoryError::Format),
        };
        Ok(Self::of(document))
    }

    fn of(document: Document) -> Self {
        let Document { format, tool, name, is_image, digest, os, layers, listed, mut unknowns } =
            document;
        let os = os.or_else(|| listed::os_of(&listed));
        let mut packages = Vec::with_capacity(listed.len());
        let mut unmatched: Vec<(String, String)> = Vec::new();
        let mut spelled: BTreeMap<String, String> = BTreeMap::new();
        for one in listed {
            let purl = one.purl.clone();
            match one.package(os.as_ref()) {
                Ok(Some(package)) => {
                    spelled.extend(purl.map(|purl| (purl, package.purl.clone())));
                    packages.push(package);
                }
                Ok(None) => (),
                Err((reason, name)) => unmatched.push((reason, name)),
            }
        }
        unmatched.sort();
        for group in unmatched.chunk_by(|a, b| a.0 == b.0) {
            let names: Vec<&str> =
                group.iter().take(MAX_NAMED).map(|(_, name)| name.as_str()).collect();
            let more = match group.len().saturating_sub(MAX_NAMED) {
                0 => String::new(),
                n => format!(" and {n} more"),
            };
            let reason = group.first().map(|(reason, _)| reason.as_str()).unwrap_or_default();
            unknowns.push(format!("{reason}: {}{more}", names.join(", ")));
        }
        // An owner is named as the document spells it, and found as we do.
        for owner in packages.iter_mut().filter_map(|package| package.owned_by.as_mut()) {
            if let Some(purl) = spelled.get(owner) {
                owner.clone_from(purl);
            }
        }
        packages.sort_by_cached_key(|it| {
            (it.kind, it.name.clone(), it.version.clone(), it.paths.clone(), it.purl.clone())
        });
        Self { format, tool, name, is_image, digest, os, layers, packages, unknowns }
    }
}

fn from_json<'de, T: Deserialize<'de>>(bytes: &'de [u8]) -> Result<T, InventoryError> {
    serde_json::from_slice(bytes).map_err(|source| InventoryError::Json { source })
}

/// A digest that a package URL of an image has as its version.
fn image_digest(purl: &str) -> Option<Digest> {
    let purl: Purl = purl.parse().ok()?;
    (purl.kind == "oci").then(|| Digest::parse(&purl.version).ok())?
}

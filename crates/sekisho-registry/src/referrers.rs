//! What is attached to an image: the referrers API, its fallback tag, and cosign's tag.
//!
//! # Source
//!
//! opencontainers/distribution-spec, "Listing Referrers" and "Referrers Tag Schema";
//! opencontainers/image-spec, `manifest.md`; sigstore/cosign, "Signature Specification" for the
//! tag that ends in `.att`.

use std::io::Read as _;

use sekisho_archive::{limits, sha256};
use sekisho_types::Digest;
use serde::Deserialize;

use crate::{RegistryError, Repository};

/// Most pages of one list.
const MAX_PAGES: usize = 50;

/// Most artifacts that are looked at.
const MAX_ARTIFACTS: usize = 500;

/// Most blobs of one artifact.
const MAX_BLOBS: usize = 100;

const INDEX_TYPE: &str = "application/vnd.oci.image.index.v1+json";

/// Answers of a registry that does not have the API, besides that there is nothing.
const WITHOUT_API: [u16; 3] = [400, 405, 501];

/// Something attached to an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// Of its manifest.
    pub digest: Digest,
    /// What kind of thing it is; empty where nobody says.
    pub artifact_type: String,
    pub blobs: Vec<ArtifactBlob>,
}

/// A part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArtifactBlob {
    pub media_type: String,
    pub digest: Digest,
    pub size_bytes: u64,
}

#[derive(Debug, Deserialize)]
struct Index {
    #[serde(default)]
    manifests: Vec<Listed>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    digest: Digest,
    #[serde(default)]
    artifact_type: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactManifest {
    #[serde(default)]
    artifact_type: String,
    config: Option<Config>,
    #[serde(default)]
    layers: Vec<Blob>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Config {
    #[serde(default)]
    media_type: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Blob {
    #[serde(default)]
    media_type: String,
    digest: Digest,
    size: u64,
}

impl Repository {
    /// Everything that is attached to the manifest `digest` and whose kind `is_wanted`; a kind is
    /// empty where the list does not say it.
    ///
    /// # Errors
    ///
    /// When the registry cannot be asked, and on more than a list may have. That there is nothing
    /// is no error.
    pub fn attached(
        &self,
        digest: &Digest,
        is_wanted: &dyn Fn(&str) -> bool,
    ) -> Result<Vec<Artifact>, RegistryError> {
        let mut artifacts = Vec::new();
        for listed in self.listed(digest)?.into_iter().filter(|it| is_wanted(&it.artifact_type)) {
            if artifacts.len() == MAX_ARTIFACTS {
                return Err(RegistryError::TooMany { what: "artifacts", limit: MAX_ARTIFACTS });
            }
            artifacts.push(self.artifact(&listed.digest.to_string(), listed.artifact_type)?);
        }
        let tag = format!("{}-{}.att", digest.algorithm(), digest.to_hex());
        match self.artifact(&tag, String::new()) {
            Ok(artifact) => artifacts.push(artifact),
            Err(RegistryError::NotFound { .. }) => (),
            Err(err) => return Err(err),
        }
        Ok(artifacts)
    }

    /// Reads a blob of an artifact into memory, and verifies it.
    ///
    /// # Errors
    ///
    /// When it is larger than `limit_bytes`, or other than its digest.
    pub fn read_artifact_blob(
        &self,
        blob: &ArtifactBlob,
        limit_bytes: u64,
    ) -> Result<Vec<u8>, RegistryError> {
        let broken = |source| RegistryError::Body { url: format!("blob {}", blob.digest), source };
        if blob.size_bytes > limit_bytes {
            return Err(broken(std::io::ErrorKind::FileTooLarge.into()));
        }
        let mut bytes = Vec::new();
        self.open_blob(&blob.digest, Some(blob.size_bytes))?
            .take(blob.size_bytes + 1)
            .read_to_end(&mut bytes)
            .map_err(broken)?;
        let actual = sha256(&bytes);
        if actual != blob.digest {
            let url = format!("blob {}", blob.digest);
            return Err(RegistryError::Digest { url, expected: blob.digest, actual });
        }
        Ok(bytes)
    }

    /// The list of the API, else that of the tag which stands for it.
    fn listed(&self, digest: &Digest) -> Result<Vec<Listed>, RegistryError> {
        let mut listed = Vec::new();
        let mut path = Some(format!("referrers/{digest}"));
        let mut n_pages = 0;
        while let Some(page) = path.take() {
            n_pages += 1;
            if n_pages > MAX_PAGES {
                return Err(RegistryError::TooMany { what: "pages", limit: MAX_PAGES });
            }
            match self.page(&page) {
                Ok((index, next)) => {
                    listed.extend(index.manifests);
                    path = next;
                }
                Err(err) if n_pages == 1 && is_without_api(&err) => {
                    return self.listed_by_tag(digest);
                }
                Err(err) => return Err(err),
            }
        }
        Ok(listed)
    }

    fn listed_by_tag(&self, digest: &Digest) -> Result<Vec<Listed>, RegistryError> {
        let tag = format!("{}-{}", digest.algorithm(), digest.to_hex());
        match self.manifest(&tag) {
            Ok(manifest) if manifest.media_type == INDEX_TYPE => {
                let index: Index = parse(&tag, &manifest.bytes)?;
                Ok(index.manifests)
            }
            Ok(_) => Ok(Vec::new()),
            Err(RegistryError::NotFound { .. }) => Ok(Vec::new()),
            Err(err) => Err(err),
        }
    }

    /// One page, and the path of the next.
    fn page(&self, path: &str) -> Result<(Index, Option<String>), RegistryError> {
        let (url, response) = self.fetch(path, &|request| request.header("accept", INDEX_TYPE))?;
        let link = response.headers().get("link").and_then(|value| value.to_str().ok());
        let next = link.and_then(|link| self.next_page(link));
        let mut bytes = Vec::new();
        response
            .take(limits::DOCUMENT_BYTES + 1)
            .read_to_end(&mut bytes)
            .and_then(|_| {
                let is_short = bytes.len() as u64 <= limits::DOCUMENT_BYTES;
                is_short.then_some(()).ok_or_else(|| std::io::ErrorKind::FileTooLarge.into())
            })
            .map_err(|source| RegistryError::Body { url: url.clone(), source })?;
        Ok((parse(&url, &bytes)?, next))
    }

    /// The path in this repository that a `Link` header calls the next; a link to anywhere else
    /// is not followed.
    fn next_page(&self, link: &str) -> Option<String> {
        let (target, parameters) = link.trim().strip_prefix('<')?.split_once('>')?;
        if !parameters.contains("rel=\"next\"") && !parameters.contains("rel=next") {
            return None;
        }
        let target = match target.split_once("://") {
            Some((_, rest)) => rest.split_once('/').map(|(_, path)| path)?,
            None => target.trim_start_matches('/'),
        };
        let path = target.strip_prefix(&format!("v2/{}/", self.name()))?;
        path.starts_with("referrers/").then(|| path.to_owned())
    }

    fn artifact(&self, reference: &str, listed_as: String) -> Result<Artifact, RegistryError> {
        let manifest = self.manifest(reference)?;
        let parsed: ArtifactManifest = parse(reference, &manifest.bytes)?;
        if parsed.layers.len() > MAX_BLOBS {
            return Err(RegistryError::TooMany { what: "blobs", limit: MAX_BLOBS });
        }
        let stated = [listed_as, parsed.artifact_type];
        let of_config = parsed.config.map(|config| config.media_type);
        let artifact_type = stated.into_iter().chain(of_config).find(|text| !text.is_empty());
        let blobs = parsed.layers.into_iter().map(|blob| ArtifactBlob {
            media_type: blob.media_type,
            digest: blob.digest,
            size_bytes: blob.size,
        });
        Ok(Artifact {
            digest: manifest.digest,
            artifact_type: artifact_type.unwrap_or_default(),
            blobs: blobs.collect(),
        })
    }
}

fn is_without_api(err: &RegistryError) -> bool {
    match err {
        RegistryError::NotFound { .. } => true,
        RegistryError::Status { status, .. } => WITHOUT_API.contains(status),
        _ => false,
    }
}

fn parse<'de, T: Deserialize<'de>>(url: &str, bytes: &'de [u8]) -> Result<T, RegistryError> {
    serde_json::from_slice(bytes)
        .map_err(|source| RegistryError::Json { url: url.to_owned(), source })
}

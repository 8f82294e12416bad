//! The JSON documents of an image, as they are written.
//!
//! # Source
//!
//! OCI Image Specification, image-index.md, manifest.md and config.md; Docker Image Manifest
//! Version 2, Schema 2; `manifest.json` of `docker save`.

use std::collections::BTreeMap;

use sekisho_types::Digest;
use serde::{Deserialize, Deserializer};

use crate::Descriptor;

/// An index or a manifest, told apart by what it has.
#[derive(Debug, Deserialize)]
pub(crate) struct Document {
    #[serde(rename = "schemaVersion", default)]
    pub(crate) schema_version: u32,
    #[serde(rename = "mediaType", default)]
    pub(crate) media_type: String,
    #[serde(rename = "artifactType", default)]
    pub(crate) artifact_type: String,
    pub(crate) manifests: Option<Vec<Descriptor>>,
    pub(crate) config: Option<Descriptor>,
    pub(crate) layers: Option<Vec<Descriptor>>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Configuration {
    #[serde(default, deserialize_with = "null_as_default")]
    pub(crate) created: String,
    #[serde(default, deserialize_with = "null_as_default")]
    pub(crate) os: String,
    #[serde(default, deserialize_with = "null_as_default")]
    pub(crate) architecture: String,
    pub(crate) variant: Option<String>,
    #[serde(default, deserialize_with = "null_as_default")]
    pub(crate) config: Execution,
    pub(crate) rootfs: RootFs,
    #[serde(default, deserialize_with = "null_as_default")]
    pub(crate) history: Vec<History>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct RootFs {
    #[serde(default, deserialize_with = "null_as_default")]
    pub(crate) diff_ids: Vec<Digest>,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct History {
    #[serde(default, deserialize_with = "null_as_default")]
    pub(crate) created: String,
    #[serde(default, deserialize_with = "null_as_default")]
    pub(crate) created_by: String,
    #[serde(default, deserialize_with = "null_as_default")]
    pub(crate) comment: String,
    #[serde(default, deserialize_with = "null_as_default")]
    pub(crate) empty_layer: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Execution {
    #[serde(default, deserialize_with = "null_as_default")]
    pub(crate) user: String,
    #[serde(default, deserialize_with = "null_as_default")]
    pub(crate) entrypoint: Vec<String>,
    #[serde(default, deserialize_with = "null_as_default")]
    pub(crate) cmd: Vec<String>,
    #[serde(default, deserialize_with = "null_as_default")]
    pub(crate) env: Vec<String>,
    #[serde(default, deserialize_with = "null_as_default")]
    pub(crate) working_dir: String,
    #[serde(default, deserialize_with = "null_as_default")]
    pub(crate) exposed_ports: BTreeMap<String, serde_json::Value>,
    #[serde(default, deserialize_with = "null_as_default")]
    pub(crate) volumes: BTreeMap<String, serde_json::Value>,
    #[serde(default, deserialize_with = "null_as_default")]
    pub(crate) labels: BTreeMap<String, String>,
    #[serde(default, deserialize_with = "null_as_default")]
    pub(crate) healthcheck: Healthcheck,
    #[serde(default, deserialize_with = "null_as_default")]
    pub(crate) stop_signal: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Healthcheck {
    #[serde(default, deserialize_with = "null_as_default")]
    pub(crate) test: Vec<String>,
}

/// One image in `manifest.json` of `docker save`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct SavedImage {
    pub(crate) config: String,
    #[serde(default, deserialize_with = "null_as_default")]
    pub(crate) repo_tags: Vec<String>,
    #[serde(default, deserialize_with = "null_as_default")]
    pub(crate) layers: Vec<String>,
}

/// Go writes an empty list, map or struct as `null`.
fn null_as_default<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: Default + Deserialize<'de>,
    D: Deserializer<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

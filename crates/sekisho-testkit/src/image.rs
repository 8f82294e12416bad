//! Images: layers, configuration, manifest.

use std::{collections::BTreeMap, io::Write as _};

use sekisho_types::Digest;
use serde_json::{Value, json};

use crate::{layer::Layer, sha256};

/// When everything that is built was created.
const CREATED: &str = "2024-01-01T00:00:00Z";

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BlobCompression {
    Plain,
    #[default]
    Gzip,
    Zstd,
}

/// Whose names a manifest calls its parts by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MediaTypes {
    #[default]
    Oci,
    /// Docker image manifest version 2, schema 2.
    Docker,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Platform {
    pub os: String,
    pub architecture: String,
    pub variant: Option<String>,
}

impl Platform {
    /// Reads `linux/arm64/v8`.
    pub fn new(text: &str) -> Self {
        let mut parts = text.split('/').map(str::to_owned);
        Self {
            os: parts.next().expect("split gives at least one part"),
            architecture: parts.next().expect("a platform names an architecture"),
            variant: parts.next(),
        }
    }

    pub(crate) fn to_json(&self) -> Value {
        let mut json = json!({"os": self.os, "architecture": self.architecture});
        if let Some(variant) = &self.variant {
            json["variant"] = json!(variant);
        }
        json
    }
}

/// What is run, and how.
#[derive(Debug, Clone)]
pub struct ImageConfig {
    pub platform: Platform,
    pub created: Option<String>,
    /// `NAME=value`.
    pub env: Vec<String>,
    pub entrypoint: Vec<String>,
    pub cmd: Vec<String>,
    /// Empty for root.
    pub user: String,
    pub working_dir: String,
    /// `["CMD", "curl", …]`; none where the image has no health check.
    pub healthcheck: Option<Vec<String>>,
    pub labels: BTreeMap<String, String>,
    /// `8080/tcp`.
    pub exposed_ports: Vec<String>,
}

impl Default for ImageConfig {
    fn default() -> Self {
        Self {
            platform: Platform::new("linux/amd64"),
            created: Some(CREATED.to_owned()),
            env: Vec::new(),
            entrypoint: Vec::new(),
            cmd: Vec::new(),
            user: String::new(),
            working_dir: String::new(),
            healthcheck: None,
            labels: BTreeMap::new(),
            exposed_ports: Vec::new(),
        }
    }
}

/// A part of an image as it lies in a registry or a layout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blob {
    pub bytes: Vec<u8>,
    pub digest: Digest,
    pub media_type: String,
}

impl Blob {
    pub fn new(bytes: Vec<u8>, media_type: impl Into<String>) -> Self {
        Self { digest: sha256(&bytes), bytes, media_type: media_type.into() }
    }

    pub(crate) fn json(document: &Value, media_type: &str) -> Self {
        Self::new(document.to_string().into_bytes(), media_type)
    }

    /// The OCI descriptor that refers to this blob.
    pub fn descriptor(&self) -> Value {
        json!({
            "mediaType": self.media_type,
            "digest": self.digest,
            "size": self.bytes.len(),
        })
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerBlob {
    pub blob: Blob,
    pub diff_id: Digest,
    /// The tar inside.
    pub tar: Vec<u8>,
}

/// An image of one platform, ready to be written into a [`Bundle`](crate::Bundle).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    pub platform: Platform,
    pub config: Blob,
    pub manifest: Blob,
    pub layers: Vec<LayerBlob>,
}

impl Image {
    /// Configuration and layers, what a manifest refers to.
    pub fn blobs(&self) -> impl Iterator<Item = &Blob> {
        std::iter::once(&self.config).chain(self.layers.iter().map(|layer| &layer.blob))
    }
}

/// Builds an image, a step of a Dockerfile after the other.
#[derive(Debug, Default)]
pub struct ImageBuilder {
    config: ImageConfig,
    compression: BlobCompression,
    media_types: MediaTypes,
    layers: Vec<(Layer, BlobCompression)>,
    history: Vec<Value>,
}

impl ImageBuilder {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn config(&mut self, config: ImageConfig) -> &mut Self {
        self.config = config;
        self
    }

    /// Sets how the layers that follow are compressed.
    pub fn compression(&mut self, compression: BlobCompression) -> &mut Self {
        self.compression = compression;
        self
    }

    pub fn media_types(&mut self, media_types: MediaTypes) -> &mut Self {
        self.media_types = media_types;
        self
    }

    /// A layer and the step that made it. The image names the layer by its `diff_id`, also
    /// where a test has set a wrong one.
    pub fn layer(&mut self, layer: Layer, created_by: &str) -> &mut Self {
        self.layers.push((layer, self.compression));
        self.history.push(json!({"created": CREATED, "created_by": created_by}));
        self
    }

    /// A step that changed the configuration alone.
    pub fn empty_step(&mut self, created_by: &str) -> &mut Self {
        let step = json!({"created": CREATED, "created_by": created_by, "empty_layer": true});
        self.history.push(step);
        self
    }

    pub fn build(&self) -> Image {
        let names = self.media_types;
        let layers: Vec<LayerBlob> = self
            .layers
            .iter()
            .map(|(layer, compression)| LayerBlob {
                blob: Blob::new(
                    compress(&layer.tar, *compression),
                    layer_media_type(names, *compression),
                ),
                diff_id: layer.diff_id,
                tar: layer.tar.clone(),
            })
            .collect();
        let (manifest_type, config_type) = match names {
            MediaTypes::Oci => (
                "application/vnd.oci.image.manifest.v1+json",
                "application/vnd.oci.image.config.v1+json",
            ),
            MediaTypes::Docker => (
                "application/vnd.docker.distribution.manifest.v2+json",
                "application/vnd.docker.container.image.v1+json",
            ),
        };
        let config = Blob::json(&self.config_json(), config_type);
        let descriptors: Vec<_> = layers.iter().map(|layer| layer.blob.descriptor()).collect();
        let manifest = json!({
            "schemaVersion": 2,
            "mediaType": manifest_type,
            "config": config.descriptor(),
            "layers": descriptors,
        });
        Image {
            platform: self.config.platform.clone(),
            config,
            manifest: Blob::json(&manifest, manifest_type),
            layers,
        }
    }

    /// # Source
    ///
    /// OCI image specification, config.md; `Healthcheck` is Docker's.
    fn config_json(&self) -> Value {
        let config = &self.config;
        let mut run = json!({});
        let mut set = |key: &str, value: Value, is_set: bool| {
            if is_set {
                run[key] = value;
            }
        };
        set("Env", json!(config.env), !config.env.is_empty());
        set("Entrypoint", json!(config.entrypoint), !config.entrypoint.is_empty());
        set("Cmd", json!(config.cmd), !config.cmd.is_empty());
        set("User", json!(config.user), !config.user.is_empty());
        set("WorkingDir", json!(config.working_dir), !config.working_dir.is_empty());
        set("Labels", json!(config.labels), !config.labels.is_empty());
        set("Healthcheck", json!({"Test": config.healthcheck}), config.healthcheck.is_some());
        let ports: BTreeMap<_, _> = config.exposed_ports.iter().map(|p| (p, json!({}))).collect();
        set("ExposedPorts", json!(ports), !ports.is_empty());
        let mut json = config.platform.to_json();
        json["config"] = run;
        if let Some(created) = &config.created {
            json["created"] = json!(created);
        }
        let diff_ids: Vec<_> = self.layers.iter().map(|(layer, _)| layer.diff_id).collect();
        json["rootfs"] = json!({"type": "layers", "diff_ids": diff_ids});
        json["history"] = json!(self.history);
        json
    }
}

fn layer_media_type(names: MediaTypes, compression: BlobCompression) -> String {
    let (base, separator) = match names {
        MediaTypes::Oci => ("application/vnd.oci.image.layer.v1.tar", '+'),
        MediaTypes::Docker => ("application/vnd.docker.image.rootfs.diff.tar", '.'),
    };
    match compression {
        BlobCompression::Plain => base.to_owned(),
        BlobCompression::Gzip => format!("{base}{separator}gzip"),
        BlobCompression::Zstd => format!("{base}{separator}zstd"),
    }
}

fn compress(bytes: &[u8], compression: BlobCompression) -> Vec<u8> {
    const TO_MEMORY: &str = "writing to memory does not fail";
    match compression {
        BlobCompression::Plain => bytes.to_vec(),
        BlobCompression::Gzip => {
            let level = flate2::Compression::new(6);
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), level);
            encoder.write_all(bytes).expect(TO_MEMORY);
            encoder.finish().expect(TO_MEMORY)
        }
        BlobCompression::Zstd => zstd::stream::encode_all(bytes, 3).expect(TO_MEMORY),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use sekisho_archive::{BlobExpectation, BlobReader};

    use super::*;
    use crate::LayerBuilder;

    #[test]
    fn every_compression_unpacks_to_the_layer() {
        let layer = LayerBuilder::new().file("a", [7; 5000]).finish();
        for compression in [BlobCompression::Plain, BlobCompression::Gzip, BlobCompression::Zstd] {
            let image =
                ImageBuilder::new().compression(compression).layer(layer.clone(), "COPY").build();
            let blob = image.layers[0].blob.clone();
            let expected = BlobExpectation {
                digest: Some(blob.digest),
                diff_id: Some(layer.diff_id),
                size_bytes: Some(blob.bytes.len() as u64),
            };
            let read = BlobReader::new(Box::new(Cursor::new(blob.bytes)), expected)
                .and_then(BlobReader::finish)
                .unwrap();
            assert_eq!(read.size_bytes, layer.tar.len() as u64);
        }
    }

    #[test]
    fn the_configuration_says_what_the_builder_was_told() {
        let image = ImageBuilder::new()
            .config(ImageConfig {
                env: vec!["A=b".to_owned()],
                cmd: vec!["/app".to_owned()],
                healthcheck: Some(vec!["CMD".to_owned(), "true".to_owned()]),
                exposed_ports: vec!["80/tcp".to_owned()],
                platform: Platform::new("linux/arm64/v8"),
                ..ImageConfig::default()
            })
            .empty_step("ENV A=b")
            .build();
        insta::assert_snapshot!(String::from_utf8(image.config.bytes).unwrap(), @r#"{"architecture":"arm64","config":{"Cmd":["/app"],"Env":["A=b"],"ExposedPorts":{"80/tcp":{}},"Healthcheck":{"Test":["CMD","true"]}},"created":"2024-01-01T00:00:00Z","history":[{"created":"2024-01-01T00:00:00Z","created_by":"ENV A=b","empty_layer":true}],"os":"linux","rootfs":{"diff_ids":[],"type":"layers"},"variant":"v8"}"#);
    }
}

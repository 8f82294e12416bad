//! The advisory database as an artifact of a registry.
//!
//! The first layer is the signed manifest, each other one a segment, compressed, with the digest of
//! its content as an annotation. So a push sends and a pull fetches only the segments that the
//! other side does not have.
//!
//! # Source
//!
//! OCI Image Specification 1.1, "Guidelines for Artifact Usage".

use std::{
    collections::BTreeMap,
    io::{BufReader, Read, Seek, Write},
    path::Path,
};

use anyhow::{Context, bail};
use sekisho_advisory::{Database, Import, Manifest, SegmentRef, TrustedKeys};
use sekisho_archive::{Sha256, decompress, sha256};
use sekisho_registry::Repository;
use sekisho_types::Digest;
use serde::{Deserialize, Serialize};

const IMAGE_MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const EMPTY: &str = "application/vnd.oci.empty.v1+json";
const ARTIFACT: &str = "application/vnd.sekisho.database.v1";
const MANIFEST: &str = "application/vnd.sekisho.database.manifest.v1";
const SEGMENT: &str = "application/vnd.sekisho.database.segment.v1+zstd";
const ANNOTATION: &str = "vnd.sekisho.segment";

/// Largest manifest of a database.
const MAX_MANIFEST_BYTES: u64 = 32 << 20;

/// The same for everybody, so that one segment is one blob.
const LEVEL: i32 = 9;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ImageManifest {
    schema_version: u32,
    media_type: String,
    #[serde(default)]
    artifact_type: String,
    config: Descriptor,
    layers: Vec<Descriptor>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor {
    media_type: String,
    digest: Digest,
    size: u64,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    annotations: BTreeMap<String, String>,
}

/// Sends the database under a tag; gives the digest of the artifact.
pub(crate) fn push(
    database: &Database,
    repository: &Repository,
    tag: &str,
    progress: &dyn Fn(&str),
) -> anyhow::Result<Digest> {
    let signed = database.signed_manifest();
    let mut layers = vec![push_bytes(repository, MANIFEST, signed)?];
    for segment in database.manifest().segments() {
        let content = segment.digest.to_string();
        let is_there = |layer: &Descriptor| layer.annotations.get(ANNOTATION) == Some(&content);
        if layers.iter().any(is_there) {
            continue;
        }
        progress(&content);
        let mut packed = Packed { file: tempfile::tempfile()?, hash: Sha256::default(), size: 0 };
        let mut encoder = zstd::stream::write::Encoder::new(&mut packed, LEVEL)?;
        database.copy_segment(segment, &mut encoder)?;
        encoder.finish()?;
        let Packed { mut file, hash, size } = packed;
        let digest = hash.finish();
        file.rewind()?;
        let open = || {
            let mut file = file.try_clone()?;
            file.rewind()?;
            Ok(file)
        };
        repository.push_blob(&digest, size, &open)?;
        let annotations = BTreeMap::from([(ANNOTATION.to_owned(), content)]);
        layers.push(Descriptor { media_type: SEGMENT.to_owned(), digest, size, annotations });
    }
    let artifact = ImageManifest {
        schema_version: 2,
        media_type: IMAGE_MANIFEST.to_owned(),
        artifact_type: ARTIFACT.to_owned(),
        config: push_bytes(repository, EMPTY, b"{}")?,
        layers,
    };
    Ok(repository.push_manifest(tag, IMAGE_MANIFEST, &serde_json::to_vec(&artifact)?)?)
}

fn push_bytes(
    repository: &Repository,
    media_type: &str,
    bytes: &[u8],
) -> anyhow::Result<Descriptor> {
    let digest = sha256(bytes);
    let open = || {
        let mut file = tempfile::tempfile()?;
        file.write_all(bytes)?;
        file.rewind()?;
        Ok(file)
    };
    let size = bytes.len() as u64;
    repository.push_blob(&digest, size, &open)?;
    let (media_type, annotations) = (media_type.to_owned(), BTreeMap::new());
    Ok(Descriptor { media_type, digest, size, annotations })
}

/// Fetches the database with a tag or digest, as far as it is not there already.
pub(crate) fn pull(
    repository: &Repository,
    reference: &str,
    directory: &Path,
    trust: &TrustedKeys,
    progress: &dyn Fn(&str),
) -> anyhow::Result<Manifest> {
    let found = repository.manifest(reference)?;
    let artifact: ImageManifest = serde_json::from_slice(&found.bytes)
        .ok()
        .filter(|artifact: &ImageManifest| artifact.artifact_type == ARTIFACT)
        .with_context(|| format!("{reference:?} is no advisory database"))?;
    let layer = artifact.layers.iter().find(|layer| layer.media_type == MANIFEST);
    let layer = layer.context("the artifact has no manifest of a database")?;
    let mut signed = Vec::new();
    let blob = repository.open_blob(&layer.digest, Some(layer.size))?;
    blob.take(MAX_MANIFEST_BYTES + 1).read_to_end(&mut signed)?;
    let import = Import::begin(directory, signed, trust)?;
    let segments: Vec<SegmentRef> = import.manifest().segments().cloned().collect();
    for segment in segments {
        if import.has(&segment) {
            continue;
        }
        let content = segment.digest.to_string();
        progress(&content);
        let mut layers = artifact.layers.iter();
        let layer = layers.find(|layer| layer.annotations.get(ANNOTATION) == Some(&content));
        let Some(layer) = layer else {
            bail!("the artifact does not have the segment {content}");
        };
        let blob = repository.open_blob(&layer.digest, Some(layer.size))?;
        let (_, mut unpacked) = decompress(BufReader::new(blob))?;
        import.segment(&segment, &mut unpacked)?;
    }
    Ok(import.finish()?)
}

/// A file whose digest is known when it is complete.
struct Packed {
    file: std::fs::File,
    hash: Sha256,
    size: u64,
}

impl Write for Packed {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let n = self.file.write(bytes)?;
        self.hash.update(bytes.get(..n).unwrap_or_default());
        self.size += n as u64;
        Ok(n)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}

use std::sync::Arc;

use crate::{
    Content, Descriptor, Image, ImageConfig, ImageError, Platform, content::read_document,
    document::Document, image::StoredLayer,
};

/// Deepest nesting of indexes. Builders make two levels; the specification sets no bound.
const MAX_INDEX_DEPTH: usize = 8;

const CONFIG_TYPES: [&str; 2] =
    ["application/vnd.oci.image.config.v1+json", "application/vnd.docker.container.image.v1+json"];

/// Finds the image behind `root`, which is an index or a manifest.
///
/// Of several images the one for `platform` is taken; without one, the image for this machine,
/// or the only one there is.
///
/// # Errors
///
/// When a document is missing, damaged or not what its digest says; when there is no image for
/// the platform; and on Docker schema 1, encrypted layers and artifacts that are no images.
pub fn resolve(
    content: Arc<dyn Content>,
    root: Descriptor,
    platform: Option<&Platform>,
) -> Result<Image, ImageError> {
    let mut descriptor = root;
    for _ in 0..MAX_INDEX_DEPTH {
        let document = read(&*content, &descriptor)?;
        match document.manifests {
            Some(manifests) => descriptor = choose(manifests, platform)?,
            None => return image(content, &descriptor, document),
        }
    }
    Err(ImageError::Nesting { limit: MAX_INDEX_DEPTH })
}

fn read(content: &dyn Content, descriptor: &Descriptor) -> Result<Document, ImageError> {
    if descriptor.media_type.starts_with("application/vnd.docker.distribution.manifest.v1+") {
        return Err(ImageError::Schema1);
    }
    let bytes = read_document(content, descriptor)?;
    let document: Document = serde_json::from_slice(&bytes).map_err(|source| ImageError::Json {
        what: format!("manifest {}", descriptor.digest),
        source,
    })?;
    if document.schema_version == 1 {
        return Err(ImageError::Schema1);
    }
    Ok(document)
}

/// Takes the manifest for a platform, or the index that might hold it.
fn choose(
    mut manifests: Vec<Descriptor>,
    platform: Option<&Platform>,
) -> Result<Descriptor, ImageError> {
    manifests.retain(|descriptor| !is_attestation(descriptor));
    let host = Platform::host();
    let wanted = platform.unwrap_or(&host);
    let fits = |descriptor: &&Descriptor| {
        // What names no platform may be anything: an index, or an image of its own.
        descriptor.platform.as_ref().is_none_or(|offered| wanted.accepts(offered))
    };
    let exact =
        manifests.iter().find(|descriptor| descriptor.platform.is_some() && fits(descriptor));
    if let Some(descriptor) = exact.or_else(|| manifests.iter().find(fits)) {
        return Ok(descriptor.clone());
    }
    if platform.is_none() && manifests.len() == 1 {
        return Ok(manifests.remove(0));
    }
    let offered: Vec<String> = manifests
        .iter()
        .filter_map(|descriptor| descriptor.platform.as_ref())
        .map(Platform::to_string)
        .collect();
    let offered = if offered.is_empty() { "no image".to_owned() } else { offered.join(", ") };
    Err(ImageError::Platform { wanted: wanted.to_string(), offered })
}

/// Build tools put provenance beside images, as manifests for no platform.
fn is_attestation(descriptor: &Descriptor) -> bool {
    descriptor.annotation("vnd.docker.reference.type").is_some()
        || descriptor.platform.as_ref().is_some_and(|platform| platform.os == "unknown")
}

fn image(
    content: Arc<dyn Content>,
    descriptor: &Descriptor,
    manifest: Document,
) -> Result<Image, ImageError> {
    let digest = descriptor.digest;
    let (Some(config), Some(layers)) = (manifest.config, manifest.layers) else {
        let media_type = [manifest.media_type, descriptor.media_type.clone()].concat();
        return Err(ImageError::UnknownDocument { digest, media_type });
    };
    if !config.media_type.is_empty() && !CONFIG_TYPES.contains(&config.media_type.as_str()) {
        let media_type = match manifest.artifact_type {
            artifact_type if artifact_type.is_empty() => config.media_type,
            artifact_type => artifact_type,
        };
        return Err(ImageError::Artifact { digest, media_type });
    }
    if let Some((index, layer)) =
        layers.iter().enumerate().find(|(_, layer)| layer.media_type.ends_with("+encrypted"))
    {
        let media_type = layer.media_type.clone();
        return Err(ImageError::Encrypted { number: index + 1, media_type });
    }
    let config = ImageConfig::parse(&read_document(&*content, &config)?)?;
    let n_layers = layers.len();
    if n_layers != config.diff_ids.len() {
        return Err(ImageError::LayerCount { n_layers, n_diff_ids: config.diff_ids.len() });
    }
    let stored = layers
        .iter()
        .map(|blob| StoredLayer {
            digest: Some(blob.digest),
            size_bytes: blob.size_bytes,
            ..StoredLayer::default()
        })
        .collect();
    let open = move |index: usize| match layers.get(index) {
        Some(blob) => content.open(blob),
        None => Err(std::io::ErrorKind::NotFound.into()),
    };
    Image::new(digest, config, stored, Box::new(open))
}

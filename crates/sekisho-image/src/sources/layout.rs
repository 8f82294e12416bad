//! The `index.json` of an OCI layout.
//!
//! # Source
//!
//! OCI Image Specification, image-layout.md, "index.json file".

use crate::{Descriptor, ImageError, Platform, document::Document};

const REF_NAME: &str = "org.opencontainers.image.ref.name";
/// What containerd and Docker write beside the short name.
const IMAGE_NAME: &str = "io.containerd.image.name";

/// Takes the entry that `reference` names; without one, the only entry, or of entries for
/// several platforms the one that fits.
pub(super) fn choose_entry(
    index: &[u8],
    name: &str,
    reference: Option<&str>,
    platform: Option<&Platform>,
) -> Result<Descriptor, ImageError> {
    let what = format!("index.json of {name:?}");
    let index: Document =
        serde_json::from_slice(index).map_err(|source| ImageError::Json { what, source })?;
    let mut entries = index.manifests.unwrap_or_default();
    let offered = describe(&entries);
    let no_such = |wanted: &str| ImageError::NoSuchImage {
        name: name.to_owned(),
        wanted: wanted.to_owned(),
        offered: offered.clone(),
    };
    if let Some(reference) = reference {
        entries.retain(|entry| {
            [REF_NAME, IMAGE_NAME].iter().any(|key| entry.annotation(key) == Some(reference))
                || entry.digest.to_string() == reference
        });
    } else if entries.len() > 1 && entries.iter().all(|entry| entry.platform.is_some()) {
        let host = Platform::host();
        let wanted = platform.unwrap_or(&host);
        let offered: Vec<String> = entries
            .iter()
            .filter_map(|entry| entry.platform.as_ref())
            .map(Platform::to_string)
            .collect();
        entries.retain(|entry| entry.platform.as_ref().is_some_and(|offer| wanted.accepts(offer)));
        if entries.is_empty() {
            let (wanted, offered) = (wanted.to_string(), offered.join(", "));
            return Err(ImageError::Platform { wanted, offered });
        }
    }
    let n_images = entries.len();
    match entries.into_iter().next() {
        None => Err(no_such(reference.unwrap_or("any image"))),
        Some(entry) if n_images == 1 || reference.is_some() => Ok(entry),
        Some(_) => Err(ImageError::Ambiguous { name: name.to_owned(), n_images, offered }),
    }
}

fn describe(entries: &[Descriptor]) -> String {
    let names: Vec<String> = entries
        .iter()
        .map(|entry| match (entry.annotation(IMAGE_NAME), entry.annotation(REF_NAME)) {
            (Some(name), _) | (None, Some(name)) => format!("{name:?}"),
            (None, None) => entry.digest.to_string(),
        })
        .collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

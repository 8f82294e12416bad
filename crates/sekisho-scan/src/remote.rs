//! Images in registries.

use std::{
    io::{self, Cursor, Read},
    sync::Arc,
};

use sekisho_image::{Content, Descriptor, Image, resolve};
use sekisho_registry::{Client, Manifest, Repository};
use sekisho_types::Reference;

use crate::{error::ScanError, open::failed, scan::Config, target::Target};

/// A repository as a place of blobs; the manifest that the search starts at is there already.
#[derive(Debug)]
struct Pulled {
    repository: Repository,
    root: Manifest,
}

impl Content for Pulled {
    fn open(&self, descriptor: &Descriptor) -> io::Result<Box<dyn Read + Send>> {
        let digest = &descriptor.digest;
        if *digest == self.root.digest {
            return Ok(Box::new(Cursor::new(self.root.bytes.clone())));
        }
        let is_manifest =
            ["manifest", "index"].iter().any(|word| descriptor.media_type.contains(word));
        if is_manifest {
            let manifest =
                self.repository.manifest(&digest.to_string()).map_err(io::Error::other)?;
            return Ok(Box::new(Cursor::new(manifest.bytes)));
        }
        self.repository.open_blob(digest, descriptor.size_bytes).map_err(io::Error::other)
    }
}

/// Finds an image in its registry.
pub(crate) fn open_registry(
    text: &str,
    target: &Target,
    config: &Config,
) -> Result<Image, ScanError> {
    let (repository, reference) = repository(text, config)?;
    let wrong = |source| ScanError::Registry { reference: text.to_owned(), source };
    let root = repository.manifest(&reference.version()).map_err(wrong)?;
    let descriptor = Descriptor {
        media_type: root.media_type.clone(),
        size_bytes: Some(root.bytes.len() as u64),
        ..Descriptor::new(root.digest)
    };
    resolve(Arc::new(Pulled { repository, root }), descriptor, config.platform.as_ref())
        .map_err(|source| failed(target, source))
}

/// The repository that a reference names.
pub(crate) fn repository(
    text: &str,
    config: &Config,
) -> Result<(Repository, Reference), ScanError> {
    let reference: Reference =
        text.parse().map_err(|source| ScanError::Reference { text: text.to_owned(), source })?;
    let Some(registry) = &config.registry else {
        return Err(ScanError::Offline { reference: text.to_owned() });
    };
    let wrong = |source| ScanError::Registry { reference: text.to_owned(), source };
    let client = Client::new(registry.clone()).map_err(wrong)?;
    Ok((client.repository(&reference.registry, &reference.repository), reference))
}

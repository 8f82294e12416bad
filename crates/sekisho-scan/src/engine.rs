//! Images in the engines of this machine.

use std::{
    io::{self, Read},
    sync::Arc,
};

use sekisho_engine::{
    ContentStore, EngineImage, Kind, OnDisk, PlatformName, StoredImage, find, find_content,
};
use sekisho_image::{
    ArchiveStream, Content, Descriptor, Image, ImageConfig, ImageError, Layout, Platform,
    StoredLayer, resolve,
};

use crate::{
    error::ScanError,
    open::{Reopen, Subject, failed},
    scan::Config,
    target::Target,
};

/// Finds an image of Docker or Podman.
pub(crate) fn open_engine(
    kind: Kind,
    name: &str,
    target: &Target,
    config: &Config,
) -> Result<Subject, ScanError> {
    let platform = config.platform.as_ref().map(|platform| PlatformName {
        os: &platform.os,
        architecture: &platform.architecture,
        variant: platform.variant.as_deref(),
    });
    let found = find(kind, &config.engines, name, platform).map_err(ScanError::Engine)?;
    check_platform(&found, config.platform.as_ref()).map_err(|source| failed(target, source))?;
    if let Some(image) = on_disk(&found, config) {
        return Ok(Subject::Image(Box::new(image)));
    }
    let (target, name) = (target.clone(), name.to_owned());
    let open = move || {
        let reader = found.stream().map_err(ScanError::Engine)?;
        ArchiveStream::new(&name, reader).map_err(|source| failed(&target, source))
    };
    let stream = open()?;
    let reopen = Some(Reopen(Box::new(open)));
    Ok(Subject::Stream { stream, reopen, layout: Some(Layout::DockerArchive), reference: None })
}

/// Finds an image of containerd.
pub(crate) fn open_containerd(
    name: &str,
    target: &Target,
    config: &Config,
) -> Result<Image, ScanError> {
    let found = find_content(&config.engines, name).map_err(ScanError::Engine)?;
    let root = Descriptor {
        media_type: found.media_type,
        size_bytes: found.size_bytes,
        ..Descriptor::new(found.digest)
    };
    resolve(Arc::new(Blobs(found.store)), root, config.platform.as_ref())
        .map_err(|source| failed(target, source))
}

/// The image from the files of a daemon; none where it has to be streamed.
fn on_disk(found: &EngineImage, config: &Config) -> Option<Image> {
    let image = match found.on_disk()? {
        OnDisk::Layers(stored) => stored_image(stored),
        OnDisk::Content(store) => {
            let root = Descriptor::new(found.id);
            let image = resolve(Arc::new(Blobs(store.clone())), root, config.platform.as_ref());
            let is_whole = |image: &Image| {
                let mut digests = image.layers.iter().map(|layer| layer.stored.digest);
                digests.all(|digest| digest.is_some_and(|digest| store.has(&digest)))
            };
            match image {
                Ok(image) if !is_whole(&image) => return None,
                image => image,
            }
        }
    };
    match image {
        Ok(image) => Some(image),
        Err(err) => {
            let error: &dyn std::error::Error = &err;
            tracing::info!(error, "the image is streamed by the daemon");
            None
        }
    }
}

/// The store of a containerd as a place of blobs.
#[derive(Debug)]
struct Blobs(ContentStore);

impl Content for Blobs {
    fn open(&self, descriptor: &Descriptor) -> io::Result<Box<dyn Read + Send>> {
        self.0.open(&descriptor.digest)
    }
}

/// A daemon may have the image for another platform than is asked for.
fn check_platform(found: &EngineImage, wanted: Option<&Platform>) -> Result<(), ImageError> {
    let offered = Platform {
        os: found.os.clone(),
        architecture: found.architecture.clone(),
        variant: found.variant.clone(),
    };
    match wanted {
        Some(wanted) if !wanted.accepts(&offered) => {
            Err(ImageError::Platform { wanted: wanted.to_string(), offered: offered.to_string() })
        }
        Some(_) | None => Ok(()),
    }
}

fn stored_image(stored: StoredImage) -> Result<Image, ImageError> {
    let StoredImage { config, layers } = stored;
    let config = ImageConfig::parse(&config)?;
    let known = layers
        .iter()
        .map(|layer| StoredLayer {
            estimated_bytes: Some(layer.estimated_bytes),
            ..StoredLayer::default()
        })
        .collect();
    let open = move |index: usize| match layers.get(index) {
        Some(layer) => layer.open(),
        None => Err(io::ErrorKind::NotFound.into()),
    };
    Image::new(config.digest, config, known, Box::new(open))
}

//! Images in the engines of this machine.

use sekisho_engine::{EngineImage, Kind, PlatformName, StoredImage, find};
use sekisho_image::{ArchiveStream, Image, ImageConfig, ImageError, Layout, Platform, StoredLayer};

use crate::{
    error::ScanError,
    open::{Subject, failed},
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
    let wrong = |source| ScanError::Engine { name: name.to_owned(), source };
    let platform = config.platform.as_ref().map(|platform| PlatformName {
        os: &platform.os,
        architecture: &platform.architecture,
        variant: platform.variant.as_deref(),
    });
    let found = find(kind, &config.engines, name, platform).map_err(wrong)?;
    check_platform(&found, config.platform.as_ref()).map_err(|source| failed(target, source))?;
    if let Some(stored) = found.on_disk() {
        let image = stored_image(stored).map_err(|source| failed(target, source))?;
        return Ok(Subject::Image(Box::new(image)));
    }
    let reader = found.stream().map_err(wrong)?;
    let stream = ArchiveStream::new(name, reader).map_err(|source| failed(target, source))?;
    Ok(Subject::Stream { stream, layout: Some(Layout::DockerArchive), reference: None })
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
        None => Err(std::io::ErrorKind::NotFound.into()),
    };
    Image::new(config.digest, config, known, Box::new(open))
}

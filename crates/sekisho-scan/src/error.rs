use std::{error::Error, fmt, io};

use sekisho_advisory::StoreError;
use sekisho_engine::EngineError;
use sekisho_image::ImageError;
use sekisho_registry::RegistryError;
use sekisho_sbom::{InventoryError, vex::VexError};
use sekisho_types::{Digest, ReferenceError, report::Source};

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    #[error("failed to read {target:?}")]
    Image {
        target: String,
        #[source]
        source: ImageError,
    },
    #[error("failed to read {entry:?} of {target:?}")]
    Streamed {
        target: String,
        entry: String,
        #[source]
        source: io::Error,
    },
    #[error("the layer {entry:?} unpacks to the digest {actual}, the image names {expected}")]
    DiffId { entry: String, expected: Digest, actual: Digest },
    #[error("{path:?} is neither a file nor a directory")]
    NoSuchPath {
        path: String,
        #[source]
        source: io::Error,
    },
    #[error("failed to read {path:?} as a bill of materials")]
    Sbom {
        path: String,
        #[source]
        source: InventoryError,
    },
    #[error(
        "a bill of materials says nothing about findings of the kind {kind:?}: scan the image for \
         them"
    )]
    NotListed { kind: &'static str },
    #[error("failed to read what is attached to {name:?}")]
    Attached {
        name: String,
        #[source]
        source: AttachedError,
    },
    #[error("VEX documents are attached to images in registries: name it as registry:{name}")]
    NotInRegistry { name: String },
    #[error("{name:?} is a bill of materials, which has no files to look into: name the image")]
    NoFiles { name: String },
    #[error("failed to pull {reference:?}")]
    Registry {
        reference: String,
        #[source]
        source: RegistryError,
    },
    #[error("{text:?} is not the name of an image")]
    Reference {
        text: String,
        #[source]
        source: ReferenceError,
    },
    #[error("{reference:?} would have to be pulled, and the network is not to be used")]
    Offline { reference: String },
    #[error("failed to look packages up in the advisory database")]
    Database {
        #[source]
        source: StoreError,
    },
    /// It names the engine and the image.
    #[error(transparent)]
    Engine(EngineError),
    #[error("{name:?} is neither a path nor an image that was found{}", told(tried))]
    Nowhere { name: String, tried: Vec<NotFound> },
}

/// Why what is attached to an image cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum AttachedError {
    #[error(transparent)]
    Registry(RegistryError),
    #[error(transparent)]
    Vex(VexError),
}

/// A place where an image was looked for.
#[derive(Debug)]
pub struct NotFound {
    pub source: Source,
    pub error: ScanError,
}

impl fmt::Display for NotFound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { source, error } = self;
        f.write_str(source.as_str())?;
        let mut cause: Option<&dyn Error> = Some(error);
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

/// Every place with its reasons, a line each.
fn told(tried: &[NotFound]) -> String {
    let lines: Vec<String> = tried.iter().map(|place| format!("\n  {place}")).collect();
    lines.concat()
}

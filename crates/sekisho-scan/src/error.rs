use std::io;

use sekisho_image::ImageError;
use sekisho_registry::RegistryError;
use sekisho_types::{Digest, ReferenceError};

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
}

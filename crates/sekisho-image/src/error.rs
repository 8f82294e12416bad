use std::io;

use sekisho_types::Digest;

/// Why an image cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum ImageError {
    #[error("failed to read the blob {digest}")]
    Blob {
        digest: Digest,
        #[source]
        source: io::Error,
    },
    #[error("failed to read layer {number} of {n_layers} ({diff_id})")]
    Layer {
        /// From 1.
        number: usize,
        n_layers: usize,
        diff_id: Digest,
        #[source]
        source: io::Error,
    },
    #[error("the blob {expected} has the digest {actual}: it is damaged or was changed")]
    DocumentDigest { expected: Digest, actual: Digest },
    #[error("the blob {digest} has {actual} bytes, {expected} are announced")]
    DocumentSize { digest: Digest, expected: u64, actual: u64 },
    #[error("{digest} cannot be verified: only sha256 is computed")]
    Algorithm { digest: Digest },
    #[error("the {what} is not valid JSON of the expected shape")]
    Json {
        /// Noun with its digest or file name.
        what: String,
        #[source]
        source: serde_json::Error,
    },
    #[error(
        "the image has a manifest of Docker schema 1, which is not supported: registries stopped \
         serving it in 2021; push the image again with a current tool"
    )]
    Schema1,
    #[error("{digest} is no container image but an artifact of type {media_type:?}")]
    Artifact { digest: Digest, media_type: String },
    #[error("{digest} is neither an index nor a manifest (media type {media_type:?})")]
    UnknownDocument { digest: Digest, media_type: String },
    #[error("the indexes are nested more than {limit} deep")]
    Nesting { limit: usize },
    #[error("the image is not there for {wanted}; there is {offered}")]
    Platform { wanted: String, offered: String },
    #[error("the manifest lists {n_layers} layers, the configuration {n_diff_ids}")]
    LayerCount { n_layers: usize, n_diff_ids: usize },
    #[error("the image has {n_layers} layers; at most {limit} are read")]
    TooManyLayers { n_layers: usize, limit: usize },
    #[error("layer {number} is encrypted ({media_type}); decrypt the image first")]
    Encrypted { number: usize, media_type: String },
    #[error("failed to read {path:?}")]
    Path {
        path: std::path::PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("failed to read the archive {name:?}")]
    Archive {
        name: String,
        #[source]
        source: sekisho_archive::tar::TarError,
    },
    #[error("{name:?} is no archive of an image: it holds neither manifest.json nor index.json")]
    NoImageArchive { name: String },
    #[error("{name:?} is no OCI layout: it holds no index.json")]
    NoLayout { name: String },
    #[error("the archive has no file {entry:?}, which its manifest names")]
    MissingEntry { entry: String },
    #[error("the archive has more than {limit} {what}")]
    TooMany { what: &'static str, limit: u64 },
    #[error("there is no image {wanted:?} in {name:?}; there is {offered}")]
    NoSuchImage { name: String, wanted: String, offered: String },
    #[error("{name:?} holds {n_images} images: name one as PATH:NAME of {offered}")]
    Ambiguous { name: String, n_images: usize, offered: String },
}

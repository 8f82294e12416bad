use std::{io, path::PathBuf};

use sekisho_types::Digest;

use crate::{BoltError, Kind};

/// Why an engine did not give an image.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    #[error("{text:?} is not the address of an engine: {what}")]
    Endpoint { text: String, what: &'static str },
    #[error("{kind} does not run here: {path:?} is not there; {}", kind.how_to_start())]
    NoSocket { kind: Kind, path: PathBuf },
    #[error("{kind} does not run: nobody listens at {path:?}; {}", kind.how_to_start())]
    Refused { kind: Kind, path: PathBuf },
    #[error("this user may not speak to {kind} at {path:?}: {}", kind.how_to_be_allowed())]
    Permission { kind: Kind, path: PathBuf },
    #[error("failed to connect to {kind} at {path:?}")]
    Connect {
        kind: Kind,
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("there is no place to look for {kind}")]
    NoEndpoint { kind: Kind },
    #[error("failed to set up TLS")]
    Tls {
        #[source]
        source: rustls::Error,
    },
    #[error("failed to set up TLS with the certificates in {path:?}: {what}")]
    Certificates { path: PathBuf, what: String },
    #[error("failed to prepare requests to {kind}")]
    Client {
        kind: Kind,
        #[source]
        source: reqwest::Error,
    },
    #[error("no answer from {kind} to {path:?}")]
    Request {
        kind: Kind,
        path: String,
        #[source]
        source: reqwest::Error,
    },
    /// `message` is what the engine said, shortened.
    #[error("{kind} answered {status} to {path:?}: {message:?}")]
    Status { kind: Kind, path: String, status: u16, message: String },
    #[error("failed to read the answer of {kind} to {path:?}")]
    Body {
        kind: Kind,
        path: String,
        #[source]
        source: io::Error,
    },
    #[error("the answer of {kind} to {path:?} is not JSON of the expected shape")]
    Json {
        kind: Kind,
        path: String,
        #[source]
        source: serde_json::Error,
    },
    #[error("{name:?} is not the name of an image")]
    Name { name: String },
    #[error("{kind} has no image {name:?}")]
    NoSuchImage { kind: Kind, name: String },
    #[error("{kind} calls its image {name:?} by the id {id:?}, which is no digest")]
    Id { kind: Kind, name: String, id: String },
    #[error("failed to read the layer store of Docker in {path:?}")]
    Store {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("the layer store of Docker in {path:?} is damaged: {what}")]
    StoreDamage { path: PathBuf, what: String },
    #[error("containerd does not run here: it keeps nothing in {path:?}")]
    NoContainerd { path: PathBuf },
    #[error("this user may not read what containerd keeps in {path:?}: use sudo")]
    ContentPermission { path: PathBuf },
    #[error("failed to look up an image in the metadata of containerd, {path:?}")]
    Metadata {
        path: PathBuf,
        #[source]
        source: BoltError,
    },
    #[error("the metadata of containerd, {path:?}, calls an image {text:?}, which is no digest")]
    MetadataDigest { path: PathBuf, text: String },
    #[error("containerd has no image {name:?} (looked in {namespaces})")]
    NoSuchContent { name: String, namespaces: String },
    #[error("{path:?} has the digest {actual}, its name says {expected}")]
    StoreDigest { path: PathBuf, expected: Digest, actual: Digest },
}

impl EngineError {
    /// How near to an answer this was; of several failures the nearest is worth telling.
    pub(crate) fn rank(&self) -> u8 {
        match self {
            Self::NoEndpoint { .. } | Self::NoSocket { .. } | Self::NoContainerd { .. } => 0,
            Self::Refused { .. } => 1,
            Self::NoSuchImage { .. } | Self::NoSuchContent { .. } => 2,
            Self::Permission { .. } | Self::ContentPermission { .. } => 3,
            Self::Endpoint { .. }
            | Self::Connect { .. }
            | Self::Certificates { .. }
            | Self::Tls { .. }
            | Self::Client { .. }
            | Self::Request { .. }
            | Self::Status { .. }
            | Self::Body { .. }
            | Self::Json { .. }
            | Self::Name { .. }
            | Self::Id { .. }
            | Self::Store { .. }
            | Self::Metadata { .. }
            | Self::MetadataDigest { .. }
            | Self::StoreDamage { .. }
            | Self::StoreDigest { .. } => 4,
        }
    }
}

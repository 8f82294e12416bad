//! Registries: the distribution protocol as a client.
//!
//! # Invariants
//!
//! * A manifest is compared with its digest before it is given out; a blob is given out as it
//!   comes, and whoever reads it verifies it.
//! * Credentials go to the host they are for, and to where that host's challenge sends them
//!   over TLS; never into a log or an error.
//! * A request that failed for a passing reason is repeated, a download goes on where it broke.
//!
//! # Source
//!
//! OCI Distribution Specification 1.1; "Token Authentication Specification" of the
//! distribution project; the protocol of docker-credential-helpers.

mod auth;
mod blob;
mod blob_cache;
mod challenge;
mod client;
mod credentials;
mod error;
mod push;
mod referrers;
mod repository;

pub use blob_cache::BlobCache;
pub use client::{Client, Config};
pub use credentials::{Credentials, DockerConfig};
pub use error::RegistryError;
pub use referrers::{Artifact, ArtifactBlob};
pub use repository::{Manifest, Repository};

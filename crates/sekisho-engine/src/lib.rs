//! Images of the container engines on this machine.
//!
//! Docker and Podman are asked over their socket, without a program of theirs. Docker hands an
//! image out as a tar that it first writes to disk, so where its files can be read they are: the
//! layer store keeps what is needed to rebuild the very bytes of every layer. The store of
//! containerd is read as files too.
//!
//! # Invariants
//!
//! * For an image, engines are only asked, never told: every request is a `GET`. Only
//!   [`Containers`] tells, and it touches nothing that it did not make.
//! * No lock of an engine is taken, and nothing of its files is written.
//! * A path from an image never leads out of the directory that its layer is in.
//! * What is given out is not yet verified: the digests are, and whoever reads compares.
//!
//! What the bytes mean is not here.

mod bolt;
mod config;
mod containerd;
mod containers;
mod daemon;
mod endpoint;
mod error;
mod layer_store;
mod tar_split;
mod tls;

pub use bolt::{Bolt, BoltError, Bucket, Snapshot};
pub use config::Config;
pub use containerd::{ContentImage, ContentStore, DEFAULT_CONTAINERD, find_content};
pub use containers::{ContainerSpec, Containers};
pub use daemon::{EngineImage, Kind, OnDisk, PlatformName, find};
pub use endpoint::{DEFAULT_DOCKER, DEFAULT_PODMAN};
pub use error::EngineError;
pub use layer_store::{StoredImage, StoredLayer};
pub use tar_split::TarSplit;

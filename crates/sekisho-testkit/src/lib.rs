//! Builders of what Sekisho reads: layers, images, archives, programs, package databases.
//!
//! For tests and the demo only: no crate depends on it outside `dev-dependencies`. The same
//! calls give the same bytes on every machine, so digests can stand in tests. A builder also
//! writes what is wrong, where it is asked to: hostile names, lying sizes, missing blobs.
//! Mistakes in the calls themselves panic.
//!
//! Reading is not here: tests read back through the crates under test.

mod bolt;
mod bundle;
pub mod daemon;
mod debian;
pub mod demo;
mod elf;
mod image;
mod jar;
mod layer;
pub mod packages;
mod registry;
pub mod report;
pub mod schema;
pub mod seeds;
mod tar_header;
mod tls;
mod web;

pub use bolt::{BoltBucket, bolt};
pub use bundle::{Bundle, Node};
pub use debian::debian;
pub use elf::{Elf, ElfKind, go_buildinfo, rust_dep_section};
pub use image::{
    Blob, BlobCompression, Image, ImageBuilder, ImageConfig, LayerBlob, MediaTypes, Platform,
};
pub use jar::{ZipBuilder, manifest, maven_jar, pom_properties};
pub use layer::{Attributes, Layer, LayerBuilder, LongNames, SparseFormat};
pub use registry::{RegistryAccess, RegistryServer};
pub use tar_header::{BLOCK_BYTES, TarHeader};
pub use tls::write_tls_pair;
pub use web::{WebAnswer, WebRequest, WebServer};

/// The SHA-256 of `bytes`.
pub fn sha256(bytes: &[u8]) -> sekisho_types::Digest {
    use sha2::Digest as _;
    sekisho_types::Digest::Sha256(sha2::Sha256::digest(bytes).into())
}

//! An image: from wherever it lies to its configuration, its layers and their squashed view.
//!
//! Sources on disk are opened here: OCI layouts, archives of both kinds, and plain directories.
//! Other crates bring blobs over the network or from an engine and hand them in as
//! [`Content`]; from a manifest on, all of them are read by [`resolve()`].
//!
//! # Invariants
//!
//! * Every document is verified against its digest before it is believed, every layer against
//!   the `diff_id` of the configuration once it is read.
//! * Nothing is written to disk and no link is followed out of an image.
//!
//! HTTP is not here, and neither is what the files mean.

mod content;
mod document;
mod error;
mod image;
mod platform;
mod resolve;
mod sources;
mod squash;
mod tree;

pub use content::{Content, Descriptor, read_document};
pub use error::ImageError;
pub use image::{HistoryStep, Image, ImageConfig, ImageLayer, OpenLayer, StoredLayer};
pub use platform::{Platform, PlatformError};
pub use resolve::resolve;
pub use sources::{
    archive::{Archive, Layout},
    directory::{DirectoryEntry, walk},
    oci_dir::OciDir,
    stream::{ArchiveStream, StreamedEntry},
};
pub use squash::{Squashed, SquashedFile};
pub use tree::{HardLink, LayerTree, LayerTreeBuilder, Node, NodeKind, PlaceError, Placed};

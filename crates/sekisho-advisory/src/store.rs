//! The database: a directory of segments that never change, and a signed manifest that names them.
//!
//! ```text
//! manifest            what the database consists of, signed; replaced by a rename
//! manifest.previous   the one before
//! segments/<sha256>   answers; mapped when asked, each block verified before it is used
//! lock                held by the one writer
//! ```
//!
//! # Invariants
//!
//! * Nothing in a manifest is believed before its signature, and no byte of a segment is used
//!   before its block has been compared with what the manifest stands for.
//! * A question has an answer or an error. Damage is never an empty answer.
//! * Readers take no lock. A writer that stops anywhere leaves the database as it was.

mod accepted;
mod archive;
mod build;
mod builder;
mod cve_writer;
mod database;
mod details_writer;
mod dictionary;
mod encode;
mod error;
mod import;
mod key;
mod manifest;
mod map;
mod record;
mod segment;
mod segment_writer;
mod sorter;
mod source_writer;
mod writer;

pub use archive::import;
pub use build::{Build, BuildProgress, BuildSummary, build};
pub use builder::DatabaseBuilder;
pub use database::Database;
pub use error::{BuildError, ExportError, OpenError, StoreError};
pub use import::Import;
pub use key::{KeyError, PublicKey, SigningKey, TrustedKeys};
pub use manifest::{Holds, Manifest, SegmentRef, Source, SourceFile};
pub use record::Details;

/// The version of what reads feeds and writes segments. Raising it means that everything is built
/// again from the feeds; what changes the shape of records raises the version in the first bytes of
/// a segment too.
const READER: u32 = 1;

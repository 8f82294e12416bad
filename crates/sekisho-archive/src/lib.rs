//! Bounded reading of what strangers packed.
//!
//! Compressed streams, tar and zip come from an attacker: whatever they claim, memory stays
//! within [`limits`], nothing is written to disk by a name of theirs, and damage is an error
//! that says what was being read. This crate owns the raw decoders; a lint bans them elsewhere.

mod blob;
mod compression;
pub mod limits;
mod sha;
mod spool;
pub mod tar;
pub mod zip;

pub use blob::{BlobError, BlobExpectation, BlobReader, BlobSummary, UnpackReader};
pub use compression::{Compression, decompress, inflate_zlib};
pub use sha::{Sha256, sha256};
pub use spool::Spool;

//! Feeds of advisories, read into one shape, and the database made of them.
//!
//! Each feed is a file of `feeds/` that reads what its publisher writes. A record that cannot be
//! understood is left out by name and counted, never guessed at, and never ends the import.
//!
//! The database is a directory that answers look-ups by package and by CVE: see `store`.
//!
//! Images and packages of images are not here, and neither is the network.

mod advisory;
mod ecosystem;
mod entry;
mod error;
mod feed;
mod feeds {
    pub(crate) mod amazon;
    pub(crate) mod debian;
    pub(crate) mod epss;
    pub(crate) mod kev;
    pub(crate) mod nvd;
    pub(crate) mod osv;
    pub(crate) mod redhat;
    pub(crate) mod secdb;
}
mod item;
mod json_stream;
mod range;
mod records;
#[cfg(test)]
mod shown;
mod store;
mod text;

pub use advisory::{Advisory, AdvisoryKind, Affected, Rating, State};
pub use ecosystem::Ecosystem;
pub use entry::Entry;
pub use error::FeedError;
pub use feed::{FEEDS, Feed, read_feed};
pub use feeds::{epss::Epss, kev::KnownExploited};
pub use item::{FeedSummary, Item, Skipped};
pub use range::{End, Range};
pub use store::{
    Build, BuildError, BuildProgress, BuildSummary, Database, DatabaseBuilder, Details,
    ExportError, Holds, Import, KeyError, Manifest, OpenError, PublicKey, SegmentRef, SigningKey,
    Source, SourceFile, StoreError, TrustedKeys, build, import,
};

//! The three databases that rpm has kept its packages in, and the headers in all of them.
//!
//! Each backend maps a number to one header: SQLite since RHEL 9 and Fedora 33, NDB in SUSE, and
//! the hash tables of BerkeleyDB before. The readers take pages by offset and hold one header at
//! a time. Every page belongs to one owner in a sound database, so a page is taken once and a
//! second claim is damage: that ends cycles and shared chains without a limit on depth.

mod bdb;
mod header;
mod integer;
mod ndb;
mod package;
mod pages;
mod source_rpm;
mod sqlite;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod writer;

pub(crate) use bdb::read as read_bdb;
pub(crate) use ndb::read as read_ndb;
pub(crate) use package::identity;
pub(crate) use source_rpm::set_source;
pub(crate) use sqlite::{describe_journal, describe_wal, read as read_sqlite};

/// Largest header that is read. rpm stops at 256 MiB; a kernel-devel of 20,000 files takes 2 MB.
const HEADER_BYTES: u64 = 64 << 20;

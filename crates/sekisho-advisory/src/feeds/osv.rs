//! Records in the format of OSV, and the archives in which OSV hands out those of one ecosystem.
//!
//! A record is one member of the archive.
//!
//! # Source
//!
//! Open Source Vulnerability format 1.7, ossf.github.io/osv-schema.

mod archive;
mod range;
mod record;

pub(crate) use archive::read;

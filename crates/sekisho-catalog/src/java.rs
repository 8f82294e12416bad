//! What a Java archive says of itself and of the archives in it.
//!
//! Not every builder leaves the coordinates that Maven puts into `META-INF/maven`, so there are
//! three sources, each less sure than the one before: `pom.properties` or `pom.xml`, the main
//! section of the manifest, and the name of the file.

mod archive;
mod coordinates;
mod known_groups;
mod manifest;
mod pom;
#[cfg(test)]
mod tests;

pub(crate) use self::archive::{is_other_format, read};

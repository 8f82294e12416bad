use std::cmp::Ordering;

use sekisho_archive::limits;
use sekisho_types::{ImagePath, Package, PackageKind};
use serde::{Deserialize, Serialize};

use crate::CatalogError;

/// What one file proves.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cataloged {
    pub packages: Vec<Record>,
    pub owned: Vec<Owned>,
    pub damages: Vec<Damage>,
    /// Starts of the digests of files as their packages brought them, where a database has them.
    /// They are for whoever reads the same layer, and kept no longer.
    #[serde(skip)]
    pub digests: Vec<[u8; 8]>,
}

/// A package as one record states it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    pub package: Package,
    /// What [`Owned::key`] calls this package; none when no file lists what it owns.
    pub key: Option<String>,
    /// Where in an archive the record lies, `BOOT-INF/lib/x.jar`; none for the file itself.
    pub inner_path: Option<String>,
}

/// Paths that a package owns, from whichever file lists them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owned {
    pub kind: PackageKind,
    /// Unique among the packages of `kind` in an image: `libc6:amd64`, or the path of the record.
    pub key: String,
    pub paths: Vec<ImagePath>,
}

/// A part of a file that could not be understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Damage {
    /// From 1, where the format has lines.
    pub line: Option<u64>,
    pub inner_path: Option<String>,
    /// A sentence without a full stop.
    pub reason: String,
}

impl Cataloged {
    /// Adds a package about whose files nothing is known.
    pub fn package(&mut self, package: Package) {
        self.packages.push(Record { package, key: None, inner_path: None });
    }

    /// Adds a package of a database that lists many.
    ///
    /// # Errors
    ///
    /// Beyond [`limits::DATABASE_PACKAGES`].
    pub(crate) fn add_record(&mut self, record: Record) -> Result<(), CatalogError> {
        let limit = limits::DATABASE_PACKAGES;
        if self.packages.len() >= limit {
            return Err(CatalogError::TooMany { what: "packages", limit: limit as u64 });
        }
        self.packages.push(record);
        Ok(())
    }

    pub fn damage_at_line(&mut self, line: u64, reason: impl Into<String>) {
        self.add_damage(Damage { line: Some(line), inner_path: None, reason: reason.into() });
    }

    pub fn damage(&mut self, reason: impl Into<String>) {
        self.add_damage(Damage { line: None, inner_path: None, reason: reason.into() });
    }

    /// A damaged part of an archive; none for the archive itself.
    pub fn damage_in(&mut self, inner_path: Option<String>, reason: impl Into<String>) {
        self.add_damage(Damage { line: None, inner_path, reason: reason.into() });
    }

    /// Keeps the first of them, and says once that there are more.
    fn add_damage(&mut self, damage: Damage) {
        match self.damages.len().cmp(&limits::FILE_DAMAGES) {
            Ordering::Less => self.damages.push(damage),
            Ordering::Equal => {
                let reason = "more parts are damaged than are listed".to_owned();
                self.damages.push(Damage { line: None, inner_path: None, reason });
            }
            Ordering::Greater => (),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.packages.is_empty() && self.owned.is_empty() && self.damages.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endless_damage_is_named_once() {
        let mut out = Cataloged::default();
        for line in 1..1_000 {
            out.damage_at_line(line, "no field");
        }
        assert_eq!(out.damages.len(), limits::FILE_DAMAGES + 1);
        assert_eq!(out.damages.last().unwrap().reason, "more parts are damaged than are listed");
    }
}

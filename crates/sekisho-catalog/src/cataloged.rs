use sekisho_types::{ImagePath, Package, PackageKind};
use serde::{Deserialize, Serialize};

/// What one file proves.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cataloged {
    pub packages: Vec<Record>,
    pub owned: Vec<Owned>,
    pub damages: Vec<Damage>,
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

    pub fn damage_at_line(&mut self, line: u64, reason: impl Into<String>) {
        self.damages.push(Damage { line: Some(line), inner_path: None, reason: reason.into() });
    }

    pub fn damage(&mut self, reason: impl Into<String>) {
        self.damages.push(Damage { line: None, inner_path: None, reason: reason.into() });
    }

    pub fn is_empty(&self) -> bool {
        self.packages.is_empty() && self.owned.is_empty() && self.damages.is_empty()
    }
}

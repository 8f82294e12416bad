use serde::{Deserialize, Serialize};

use crate::{PackageKind, Severity};

/// What to type so that fewer vulnerabilities are left.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FixAdvice {
    /// What clears most comes first.
    pub commands: Vec<FixCommand>,
    /// The package with the worst finding comes first.
    pub packages: Vec<PackageFix>,
}

/// A line for a shell or a Dockerfile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FixCommand {
    pub command: String,
    /// How many findings it clears.
    pub clears: usize,
    /// The worst of them.
    pub severity: Severity,
}

/// The smallest version that clears as many findings of a package as any.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageFix {
    pub name: String,
    pub kind: PackageKind,
    pub version: String,
    pub fixed_version: String,
    /// How many findings it clears.
    pub clears: usize,
    /// How many stay, because nobody has fixed them.
    pub remains: usize,
    /// The worst that it clears.
    pub severity: Severity,
}

use serde::{Deserialize, Serialize};

/// Which packages were looked up among the advisories, and which were not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    pub asked: Vec<AskedEcosystem>,
    pub omitted: Vec<Omitted>,
    /// Advisories that would have been findings, had their publishers not taken them back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub withdrawn: Vec<WithdrawnAdvisory>,
}

/// Packages whose advisories the database holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedEcosystem {
    /// `Debian 12`, `npm`.
    pub ecosystem: String,
    pub n_packages: usize,
    /// Its publisher tells of what it has fixed and of nothing else.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub fixed_only: bool,
}

/// Packages that were not looked up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Omitted {
    pub because: OmittedBecause,
    /// Who made them, where that is the reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supplier: Option<String>,
    pub n_packages: usize,
    /// The first of their names, sorted.
    pub packages: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OmittedBecause {
    /// A package of the distribution brought them, and the distribution answers for it.
    Owned,
    /// Somebody else than the distribution made them, whose advisories the database has not.
    ThirdParty,
    /// The kernel that runs is the host's.
    KernelHeaders,
    /// A key that rpm keeps like a package.
    Key,
    /// Nothing tells the group of a Java archive, and advisories name it by that.
    NoGroup,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WithdrawnAdvisory {
    pub id: String,
    pub package: String,
    pub version: String,
    /// When it was taken back, RFC 3339.
    pub withdrawn: String,
}

use serde::{Deserialize, Serialize};

use crate::Digest;

/// Whose layers brought a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// The image that this one was built on.
    Base,
    /// The layers that were added to it.
    App,
}

/// What an image inherits, and what its age does to it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lineage {
    /// How many of the lowest layers are of the base; none where nothing tells.
    pub base_layers: Option<usize>,
    /// Findings that count and came with the base.
    pub inherited: usize,
    /// Findings that count and came with the layers above it.
    pub own: usize,
    /// Days since the image was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days: Option<i64>,
    /// Days since its base was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_days: Option<i64>,
    /// What building on a newer base would change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rebuild: Option<Rebuild>,
}

/// The same image on another base, as far as its vulnerabilities go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rebuild {
    /// The other base, as it was given.
    pub base: String,
    pub digest: Option<Digest>,
    pub created: Option<String>,
    /// Ids of the findings that would be gone, sorted.
    pub removes: Vec<String>,
    /// How many inherited ones the other base has as well.
    pub remains: usize,
    /// How many it has that this image does not inherit.
    pub adds: usize,
    /// Whether everything in the other base could be read and looked up.
    pub is_complete: bool,
}

use serde::{Deserialize, Serialize};

/// The distribution an image says it is.
///
/// # Source
///
/// os-release(5).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OsRelease {
    /// `ID`: `debian`, `alpine`, `rhel`.
    pub id: String,
    /// `VERSION_ID`: `12`, `3.19.1`; empty for a rolling or an unstable release.
    pub version: String,
    /// `VERSION_CODENAME`: `bookworm`.
    pub codename: Option<String>,
    /// `ID_LIKE`, nearest relative first.
    pub id_like: Vec<String>,
    /// `PRETTY_NAME`.
    pub pretty_name: Option<String>,
}

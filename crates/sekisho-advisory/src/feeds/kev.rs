//! The catalog of vulnerabilities that are known to be exploited, of CISA.
//!
//! # Source
//!
//! cisa.gov, "Known Exploited Vulnerabilities Catalog", JSON schema.

use serde::Deserialize;

use crate::FeedError;

/// One entry of the catalog.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KnownExploited {
    #[serde(rename = "cveID")]
    pub cve: String,
    /// A date, `2021-11-03`.
    #[serde(default)]
    pub date_added: String,
    #[serde(default)]
    pub due_date: String,
    /// `Known` where ransomware uses it.
    #[serde(default)]
    pub known_ransomware_campaign_use: String,
}

#[derive(Deserialize)]
struct Catalog {
    vulnerabilities: Vec<KnownExploited>,
}

/// Reads the catalog, in its order.
///
/// # Errors
///
/// When it is not the catalog.
pub fn read(json: &[u8]) -> Result<Vec<KnownExploited>, FeedError> {
    let catalog: Catalog =
        serde_json::from_slice(json).map_err(|source| FeedError::Json { source })?;
    Ok(catalog.vulnerabilities)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_read_with_their_dates() {
        let json = br#"{"title":"x","vulnerabilities":[{"cveID":"CVE-2021-1","dateAdded":"2021-11-03","dueDate":"2021-11-17","knownRansomwareCampaignUse":"Known","product":"y"}]}"#;
        let entries = read(json).unwrap();
        assert_eq!((entries.len(), entries[0].cve.as_str()), (1, "CVE-2021-1"));
        assert!(read(b"{}").is_err());
    }
}

//! The catalog of vulnerabilities that are known to be exploited, of CISA.
//!
//! # Source
//!
//! cisa.gov, "Known Exploited Vulnerabilities Catalog", JSON schema.

use serde::{Deserialize, Serialize};

use crate::{
    Item,
    error::ReadError,
    feed::FeedFile,
    json_stream::{JsonStream, Raw},
    records::Records,
    text,
};

/// Largest entry; real ones have about 1 kB.
const MAX_ENTRY_BYTES: usize = 1 << 20;

/// One entry of the catalog.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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

pub(crate) fn read(file: &FeedFile, out: &mut Records<'_>) -> Result<(), ReadError> {
    let mut json = JsonStream::new(file.unpacked()?);
    json.enter_object()?;
    let mut has_entries = false;
    while let Some(key) = json.next_key()? {
        match key.as_str() {
            "vulnerabilities" if json.enter_array()? => {
                has_entries = true;
                let mut number: u64 = 0;
                while json.next_element()? {
                    number += 1;
                    let raw = json.raw(MAX_ENTRY_BYTES)?;
                    entry(number, &raw, out);
                }
            }
            "dateReleased" => {
                if let Raw::Bytes(bytes) = json.raw(MAX_ENTRY_BYTES)?
                    && let Ok(date) = serde_json::from_slice::<&str>(&bytes)
                {
                    out.date(date);
                }
            }
            "vulnerabilities" => (),
            _ => json.skip()?,
        }
    }
    if !has_entries {
        return Err(ReadError::Damaged { what: "no list of vulnerabilities", at: 0 });
    }
    Ok(())
}

fn entry(number: u64, raw: &Raw, out: &mut Records<'_>) {
    let name = || format!("entry {number}");
    let bytes = match raw {
        Raw::Bytes(bytes) => bytes,
        Raw::TooLarge { size_bytes } => {
            return out.skip(&name(), &format!("the entry has {size_bytes} bytes"));
        }
    };
    match serde_json::from_slice::<KnownExploited>(bytes) {
        Ok(entry) if text::is_id(&entry.cve) => out.import(Item::KnownExploited(entry)),
        Ok(_) => out.skip(&name(), "the entry has no id that can be one"),
        Err(err) => out.skip(&name(), &format!("no entry of the catalog: {err}")),
    }
}

#[cfg(test)]
mod tests {
    use crate::shown::shown;

    fn read(json: &str) -> String {
        shown("kev", &[("kev.json", json.as_bytes())])
    }

    #[test]
    fn entries_are_read_with_their_dates() {
        insta::assert_snapshot!(read(
            r#"{"title":"x","dateReleased":"2025-08-25T17:04:19.9796Z","vulnerabilities":[
            {"cveID":"CVE-2021-1","dateAdded":"2021-11-03","dueDate":"2021-11-17","knownRansomwareCampaignUse":"Known","product":"y"},
            {"cveID":7},{"cveID":"CVE \u0007"},"text"]}"#
        ), @r#"
        CVE-2021-1 exploited since 2021-11-03, due 2021-11-17
        skipped entry 2: no entry of the catalog: invalid type: integer `7`, expected a string at line 1 column 10
        skipped entry 3: the entry has no id that can be one
        skipped entry 4: no entry of the catalog: invalid type: string "text", expected struct KnownExploited at line 1 column 6
        1 of 4, 0 in part
        "#);
    }

    #[test]
    fn another_document_is_refused() {
        insta::assert_snapshot!(read("{}"), @"error: the feed file ROOT/kev.json has no list of vulnerabilities at byte 0");
        insta::assert_snapshot!(read("<html>"), @"error: the feed file ROOT/kev.json has no object where one is expected at byte 0");
        insta::assert_snapshot!(read(r#"{"vulnerabilities":[{"cveID":"CVE-1"}"#), @"
        CVE-1 exploited since , due 
        error: the feed file ROOT/kev.json has an end in the middle of the text at byte 37
        ");
    }
}

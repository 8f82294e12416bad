//! How bad the National Vulnerability Database says that each CVE is. Its lists of products are
//! not read: they name no packages.
//!
//! # Source
//!
//! nvd.nist.gov, "CVE API 2.0 schema"; the yearly feeds have the same shape.

use serde::Deserialize;

use crate::{
    Item, Rating,
    error::ReadError,
    feed::FeedFile,
    json_stream::{JsonStream, Raw},
    records::Records,
    text,
};

/// Largest entry; those with thousands of products have about 5 MB.
const MAX_ENTRY_BYTES: usize = 32 << 20;

/// Most ratings of one CVE: two parties rate in four versions of CVSS.
const MAX_RATINGS: usize = 32;

#[derive(Deserialize)]
struct Entry {
    cve: Cve,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Cve {
    id: String,
    #[serde(default)]
    last_modified: String,
    #[serde(default)]
    metrics: Metrics,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Metrics {
    #[serde(rename = "cvssMetricV40")]
    v40: Vec<Metric>,
    #[serde(rename = "cvssMetricV31")]
    v31: Vec<Metric>,
    #[serde(rename = "cvssMetricV30")]
    v30: Vec<Metric>,
    #[serde(rename = "cvssMetricV2")]
    v2: Vec<Metric>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metric {
    cvss_data: CvssData,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CvssData {
    vector_string: String,
}

pub(crate) fn read(file: &FeedFile, out: &mut Records<'_>) -> Result<(), ReadError> {
    let mut json = JsonStream::new(file.unpacked()?);
    json.enter_object()?;
    let mut has_entries = false;
    while let Some(key) = json.next_key()? {
        if key != "vulnerabilities" || !json.enter_array()? {
            if key != "vulnerabilities" {
                json.skip()?;
            }
            continue;
        }
        has_entries = true;
        let mut number: u64 = 0;
        while json.next_element()? {
            number += 1;
            let name = || format!("{} entry {number}", file.name);
            match json.raw(MAX_ENTRY_BYTES)? {
                Raw::TooLarge { size_bytes } => {
                    out.skip(&name(), &format!("the entry has {size_bytes} bytes"));
                }
                Raw::Bytes(bytes) => match serde_json::from_slice::<Entry>(&bytes) {
                    Ok(Entry { cve }) if text::is_id(&cve.id) => add(cve, out),
                    Ok(_) => out.skip(&name(), "the entry has no id that can be one"),
                    Err(err) => out.skip(&name(), &format!("no entry of the NVD: {err}")),
                },
            }
        }
    }
    if !has_entries {
        return Err(ReadError::Damaged { what: "no list of vulnerabilities", at: 0 });
    }
    Ok(())
}

fn add(cve: Cve, out: &mut Records<'_>) {
    let Metrics { v40, v31, v30, v2 } = cve.metrics;
    let of = |scheme: &'static str, metrics: Vec<Metric>| {
        let rating =
            move |metric: Metric| text::rating(scheme.to_owned(), metric.cvss_data.vector_string);
        metrics.into_iter().filter_map(rating)
    };
    let mut ratings: Vec<Rating> = of("CVSS_V4", v40)
        .chain(of("CVSS_V3", v31))
        .chain(of("CVSS_V3", v30))
        .chain(of("CVSS_V2", v2))
        .take(MAX_RATINGS)
        .collect();
    // The database and whoever reported it often rate alike.
    ratings.dedup();
    out.date(&cve.last_modified);
    if ratings.is_empty() {
        out.skip(&cve.id, "nobody has rated it yet");
    } else {
        out.import(Item::Severity { cve: cve.id, ratings });
    }
}

#[cfg(test)]
mod tests {
    use crate::shown::shown;

    fn read(json: &str) -> String {
        shown("nvd", &[("nvd/nvdcve-2.0-2024.json", json.as_bytes())])
    }

    #[test]
    fn each_version_of_cvss_is_a_rating() {
        insta::assert_snapshot!(read(
            r#"{"resultsPerPage":2,"timestamp":"2024-01-01T00:00:00.000","vulnerabilities":[{"cve":{"id":"CVE-2024-1","lastModified":"2024-05-01T10:15:08.190","vulnStatus":"Analyzed","metrics":{
            "cvssMetricV40":[{"source":"a","type":"Secondary","cvssData":{"version":"4.0","vectorString":"CVSS:4.0/AV:N/AC:L","baseScore":9.3}}],
            "cvssMetricV31":[{"cvssData":{"vectorString":"CVSS:3.1/AV:N/AC:L"}},{"cvssData":{"vectorString":"CVSS:3.1/AV:N/AC:L"}}],
            "cvssMetricV2":[{"cvssData":{"vectorString":"AV:N/AC:L/Au:N/C:P/I:P/A:P"}}]}}},
            {"cve":{"id":"CVE-2024-2","metrics":{}}},{"cve":{"id":"CVE 3"}},{"cve":7}]}"#
        ), @"
        CVE-2024-1 CVSS_V4 CVSS:4.0/AV:N/AC:L, CVSS_V3 CVSS:3.1/AV:N/AC:L, CVSS_V2 AV:N/AC:L/Au:N/C:P/I:P/A:P
        skipped CVE-2024-2: nobody has rated it yet
        skipped nvd/nvdcve-2.0-2024.json entry 3: the entry has no id that can be one
        skipped nvd/nvdcve-2.0-2024.json entry 4: no entry of the NVD: invalid type: integer `7`, expected struct Cve at line 1 column 8
        1 of 4, 0 in part
        ");
    }

    #[test]
    fn another_document_is_refused() {
        insta::assert_snapshot!(read("{}"), @"error: the feed file ROOT/nvd/nvdcve-2.0-2024.json has no list of vulnerabilities at byte 0");
        insta::assert_snapshot!(read(r#"{"vulnerabilities":null}"#), @"error: the feed file ROOT/nvd/nvdcve-2.0-2024.json has no list of vulnerabilities at byte 0");
    }
}

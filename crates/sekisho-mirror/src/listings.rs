//! Lists of publishers that lead to the files of a feed.

use quick_xml::{Reader, events::Event};
use sekisho_types::Digest;

use crate::{FetchError, client::Http};

/// Largest list that leads to a file.
const MAX_LISTING_BYTES: u64 = 1 << 20;

/// Largest list of what has changed; a line a document.
const MAX_CHANGES_BYTES: u64 = 64 << 20;

/// Most documents that are fetched one by one. An archive is made every few days, in which some
/// thousand change; beyond this the next archive is waited for.
const MAX_CHANGED: usize = 20_000;

/// What Red Hat has now.
#[derive(Debug, Default)]
pub(crate) struct RedHat {
    /// The newest archive.
    pub(crate) url: String,
    /// Documents that changed since it was made, below the same address.
    pub(crate) changed: Vec<String>,
}

/// Asks for the newest archive, and for what has changed since.
///
/// # Source
///
/// Red Hat's "Security data guidelines": `archive_latest.txt` names the archive, whose name has
/// the day in it; `changes.csv` has a path and a time a line.
pub(crate) fn red_hat(base: &str, http: &Http) -> Result<RedHat, FetchError> {
    let list = format!("{base}archive_latest.txt");
    let text = http.text(&list, MAX_LISTING_BYTES)?;
    let name = std::str::from_utf8(&text).unwrap_or_default().trim();
    if !is_archive_name(name) {
        return Err(FetchError::Listing { url: list, what: "name of an archive" });
    }
    let url = format!("{base}changes.csv");
    let changes = http.text(&url, MAX_CHANGES_BYTES)?;
    let changed = changed_since(day(name), &String::from_utf8_lossy(&changes));
    let changed = changed.ok_or(FetchError::Listing { url, what: "list of changes" })?;
    Ok(RedHat { url: format!("{base}{name}"), changed })
}

/// The day in the name of an archive, `2026-11-24`; the first of all days where there is none.
fn day(name: &str) -> &str {
    let is_day = |part: &&str| {
        let mut numbers = part.split('-');
        let mut has = |n| {
            numbers.next().is_some_and(|it: &str| {
                it.len() == n && it.bytes().all(|byte| byte.is_ascii_digit())
            })
        };
        has(4) && has(2) && has(2)
    };
    name.split(['_', '.']).find(is_day).unwrap_or_default()
}

/// The documents that a list says have changed on `day` or later; none where it is no such list.
fn changed_since(day: &str, list: &str) -> Option<Vec<String>> {
    let mut changed = Vec::new();
    for line in list.lines().filter(|line| !line.trim().is_empty()) {
        let (path, time) = line.split_once(',')?;
        let (path, time) = (path.trim().trim_matches('"'), time.trim().trim_matches('"'));
        if !is_document(path) || !time.starts_with(|char: char| char.is_ascii_digit()) {
            return None;
        }
        // Both begin with the year, so they are in the order of time.
        if time >= day && changed.len() < MAX_CHANGED {
            changed.push(path.to_owned());
        }
    }
    Some(changed)
}

/// Whether `path` is that of a document, `2024/cve-2024-1.json`.
fn is_document(path: &str) -> bool {
    let Some((year, name)) = path.split_once('/') else { return false };
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    year.len() == 4
        && year.bytes().all(|byte| byte.is_ascii_digit())
        && name
            .strip_suffix(".json")
            .is_some_and(|name| !name.is_empty() && name.bytes().all(is_plain))
}

/// Whether `name` is the name of one file beside the list.
fn is_archive_name(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    name.ends_with(".tar.zst") && !name.starts_with('.') && name.bytes().all(is_plain)
}

/// The address and the digest of the list of updates in the repository that `mirrors` leads to.
pub(crate) fn amazon(mirrors: &str, http: &Http) -> Result<(String, Option<Digest>), FetchError> {
    let text = http.text(mirrors, MAX_LISTING_BYTES)?;
    let wrong = |what| FetchError::Listing { url: mirrors.to_owned(), what };
    let base = std::str::from_utf8(&text).unwrap_or_default().lines().next().unwrap_or_default();
    let base = base.trim().trim_end_matches('/');
    if !base.starts_with("https://") {
        return Err(wrong("list of mirrors with TLS"));
    }
    let url = format!("{base}/repodata/repomd.xml");
    let metadata = http.text(&url, MAX_LISTING_BYTES)?;
    let found = std::str::from_utf8(&metadata).ok().and_then(location);
    let (path, digest) = found.ok_or(FetchError::Listing { url, what: "place of updateinfo" })?;
    Ok((format!("{base}/{path}"), digest))
}

/// Where `repomd.xml` says that the list of updates lies, and its SHA-256.
///
/// # Source
///
/// createrepo's `repomd.xml`: `data` of the type `updateinfo` with `location` and `checksum`.
fn location(xml: &str) -> Option<(String, Option<Digest>)> {
    let mut reader = Reader::from_str(xml);
    let (mut is_wanted, mut is_sha256) = (false, false);
    let (mut place, mut digest) = (None, None);
    loop {
        match reader.read_event().ok()? {
            Event::Start(element) | Event::Empty(element) => {
                let attribute = |name: &str| {
                    let attribute = element.try_get_attribute(name).ok()??;
                    Some(attribute.value.into_owned())
                };
                match element.local_name().as_ref() {
                    "data" => is_wanted = attribute("type").as_deref() == Some("updateinfo"),
                    "location" if is_wanted => place = attribute("href"),
                    "checksum" => is_sha256 = attribute("type").as_deref() == Some("sha256"),
                    _ => (),
                }
            }
            Event::Text(text) if is_wanted && is_sha256 && digest.is_none() => {
                digest = format!("sha256:{}", text.xml10_content().trim()).parse().ok();
            }
            Event::End(element) if element.local_name().as_ref() == "data" => is_wanted = false,
            Event::Eof => break,
            _ => (),
        }
    }
    let place = place.filter(|place| {
        let is_path = !place.contains("..") && !place.contains(':') && !place.starts_with('/');
        is_path && place.bytes().all(|byte| byte.is_ascii_graphic())
    })?;
    Some((place, digest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_updates_is_found_with_its_digest() {
        let hex = "0123456789abcdef".repeat(4);
        let xml = |place: &str| {
            format!(
                r#"<repomd xmlns="http://linux.duke.edu/metadata/repo"><data type="primary"><checksum type="sha256">00</checksum><location href="repodata/primary.xml.gz"/></data>
                <data type="updateinfo"><checksum type="sha256">{hex}</checksum><open-checksum type="sha256">11</open-checksum><location href="{place}"/></data></repomd>"#
            )
        };
        let (place, digest) = location(&xml("repodata/x-updateinfo.xml.gz")).unwrap();
        assert_eq!(place, "repodata/x-updateinfo.xml.gz");
        assert_eq!(digest.unwrap().to_string(), format!("sha256:{hex}"));
        assert!(location(&xml("../../x")).is_none());
        assert!(location(&xml("https://example.org/x")).is_none());
        assert!(location("<repomd/>").is_none());
        assert!(location("<repomd").is_none());
    }

    #[test]
    fn an_archive_is_one_file() {
        assert!(is_archive_name("csaf_vex_2026-11-24.tar.zst"));
        assert!(!is_archive_name("../x.tar.zst"));
        assert!(!is_archive_name("https://example.org/x.tar.zst"));
        assert!(!is_archive_name(""));
    }

    #[test]
    fn what_changed_after_the_archive_is_fetched_beside_it() {
        assert_eq!(day("csaf_vex_2026-11-24.tar.zst"), "2026-11-24");
        assert_eq!(day("csaf_vex.tar.zst"), "");
        let list = "\"2026/cve-2026-2.json\",\"2026-11-25T01:00:00+00:00\"\n\
            \"2024/cve-2024-1.json\",\"2026-11-24T09:00:00+00:00\"\n\
            \"2024/cve-2024-3.json\",\"2026-11-23T23:00:00+00:00\"\n";
        let changed = changed_since("2026-11-24", list).unwrap();
        assert_eq!(changed, ["2026/cve-2026-2.json", "2024/cve-2024-1.json"]);
        assert_eq!(changed_since("2026-11-24", "").unwrap().len(), 0);
        assert!(changed_since("", "<html>\n").is_none());
        assert!(changed_since("", "../../x.json,2026-11-24\n").is_none());
        assert!(changed_since("", "2024/..json,2026-11-24\n").is_none());
    }
}

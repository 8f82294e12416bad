//! What a text of a feed may be, before it becomes part of an advisory.

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};

use crate::Rating;

/// Longest id of an advisory or a weakness.
const MAX_ID_BYTES: usize = 256;

/// Longest name of a package: Maven coordinates and paths of Go modules reach 200 bytes.
const MAX_PACKAGE_BYTES: usize = 512;

/// Longest version; those of Go and of rpm modules reach 120 bytes.
const MAX_VERSION_BYTES: usize = 512;

/// Longest date; RFC 3339 with nanoseconds has 35.
const MAX_DATE_BYTES: usize = 40;

/// Longest summary that is kept.
const MAX_SUMMARY_BYTES: usize = 1024;

/// Longest address of a web page that is kept.
const MAX_REFERENCE_BYTES: usize = 2048;

/// Most web pages that are kept of one advisory.
const MAX_REFERENCES: usize = 100;

/// Whether `text` can be an id: printable ASCII without spaces.
pub(crate) fn is_id(text: &str) -> bool {
    (1..=MAX_ID_BYTES).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Whether `text` can be the name of a package.
pub(crate) fn is_package(text: &str) -> bool {
    is_line(text, MAX_PACKAGE_BYTES)
}

/// Whether `text` can be a version.
pub(crate) fn is_version(text: &str) -> bool {
    is_line(text, MAX_VERSION_BYTES)
}

fn is_line(text: &str, max_bytes: usize) -> bool {
    (1..=max_bytes).contains(&text.len()) && !text.chars().any(char::is_control)
}

/// The moment that a date of a feed stands for; one without an offset is taken as UTC.
pub(crate) fn timestamp(text: &str) -> Option<Timestamp> {
    if text.len() > MAX_DATE_BYTES {
        return None;
    }
    let civil = |text: &str| {
        let date = text.parse::<DateTime>().ok()?;
        TimeZone::UTC.to_timestamp(date).ok()
    };
    text.parse().ok().or_else(|| civil(text))
}

/// A date in the shape of RFC 3339, or nothing where it cannot be one.
pub(crate) fn date(text: &str) -> String {
    match text.parse::<Timestamp>() {
        Ok(_) if text.len() <= MAX_DATE_BYTES => text.to_owned(),
        _ => timestamp(text).map(|date| date.to_string()).unwrap_or_default(),
    }
}

/// A vector or a word, where it can be one.
pub(crate) fn rating(scheme: String, value: String) -> Option<Rating> {
    (is_line(&scheme, MAX_ID_BYTES) && is_id(&value)).then_some(Rating { scheme, value })
}

/// The first line of the first text that has one, cut to a usual length.
pub(crate) fn summary<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let lines = texts.into_iter().filter_map(|text| text.trim().lines().next());
    let line = lines.map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let end = line.floor_char_boundary(MAX_SUMMARY_BYTES);
    line.get(..end).unwrap_or_default().to_owned()
}

/// The web pages among `texts`.
pub(crate) fn references(texts: impl IntoIterator<Item = String>) -> Vec<String> {
    let is_page = |text: &String| {
        let is_http = text.starts_with("https://") || text.starts_with("http://");
        is_http && is_line(text, MAX_REFERENCE_BYTES)
    };
    texts.into_iter().filter(is_page).take(MAX_REFERENCES).collect()
}

use jiff::{Timestamp, Unit};

/// The time of a document whose subject does not say when it was made.
const UNKNOWN: &str = "1970-01-01T00:00:00Z";

/// The time an image was made, in UTC and to the second as SPDX wants it; none where the text
/// is no time.
///
/// # Source
///
/// SPDX 2.3, section 6.9.
pub(crate) fn to_utc_seconds(created: Option<&str>) -> Option<String> {
    let timestamp: Timestamp = created?.parse().ok()?;
    let text = timestamp.round(Unit::Second).ok()?.to_string();
    // Years before 0 and after 9999 are written with a sign, which no schema takes.
    text.starts_with(|first: char| first.is_ascii_digit()).then_some(text)
}

/// As [`to_utc_seconds`], for fields that must have a value.
pub(crate) fn to_utc_seconds_or_epoch(created: Option<&str>) -> String {
    to_utc_seconds(created).unwrap_or_else(|| UNKNOWN.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_in_utc_and_seconds() {
        for (text, want) in [
            (Some("2024-05-01T12:30:15.999999999Z"), "2024-05-01T12:30:16Z"),
            (Some("2024-05-01T12:30:15+09:00"), "2024-05-01T03:30:15Z"),
            (Some("-009999-01-02T01:59:59Z"), UNKNOWN),
            (Some("yesterday"), UNKNOWN),
            (None, UNKNOWN),
        ] {
            assert_eq!(to_utc_seconds_or_epoch(text), want);
        }
    }
}

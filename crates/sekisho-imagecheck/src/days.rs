use jiff::Timestamp;

/// Dates up to here are what tools write who want none: the year 1, and the start of Unix time.
const NO_DATE_BEFORE: i64 = 365 * 24 * 60 * 60;

const SECONDS_A_DAY: i64 = 24 * 60 * 60;

/// Whole days from `date` (RFC 3339) to `now`, negative for a date to come; none where either is
/// not known.
pub(crate) fn days_since(date: &str, now: Option<Timestamp>) -> Option<i64> {
    let date: Timestamp = date.parse().ok()?;
    let seconds = now?.as_second() - date.as_second();
    (date.as_second() > NO_DATE_BEFORE).then(|| seconds.div_euclid(SECONDS_A_DAY))
}

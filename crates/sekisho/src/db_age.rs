//! How old the advisory database may be.

use std::path::PathBuf;

use jiff::Timestamp;
use sekisho_advisory::Database;
use serde::{Deserialize, Deserializer, de};

/// Hours since its feeds were fetched, at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MaxAge {
    hours: i64,
}

impl Default for MaxAge {
    fn default() -> Self {
        Self { hours: 48 }
    }
}

impl MaxAge {
    /// `48h` or `7d`.
    fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is no age such as 48h or 7d");
        let (number, hours_of) = match (text.strip_suffix('h'), text.strip_suffix('d')) {
            (Some(number), _) => (number, 1),
            (None, Some(number)) => (number, 24),
            (None, None) => return Err(wrong()),
        };
        let number: u32 = number.parse().map_err(|_| wrong())?;
        Ok(Self { hours: i64::from(number) * hours_of })
    }

    /// Why a database is too old at the time of `now`; none where it is not.
    pub(crate) fn exceeded_by(
        self,
        database: &Database,
        dir: PathBuf,
        now: Timestamp,
    ) -> Option<TooOld> {
        let manifest = database.manifest();
        let hours = now.duration_since(manifest.fetched).as_hours();
        let is_old = hours > self.hours || now > manifest.expires;
        is_old.then(|| TooOld { dir, age: in_words(hours), limit: in_words(self.hours) })
    }
}

/// An age in hours, and from two days on in days.
fn in_words(hours: i64) -> String {
    match (hours, hours / 24) {
        (1, _) => "1 hour".to_owned(),
        (..48, _) => format!("{hours} hours"),
        (_, days) => format!("{days} days"),
    }
}

impl<'de> Deserialize<'de> for MaxAge {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

/// A database that says nothing of what was found since.
#[derive(Debug, thiserror::Error)]
#[error("the advisory database in {dir:?} is {age} old, and {limit} are allowed")]
pub(crate) struct TooOld {
    dir: PathBuf,
    pub(crate) age: String,
    limit: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_a_number_of_hours_or_days() {
        assert_eq!(MaxAge::parse("48h"), Ok(MaxAge::default()));
        assert_eq!(MaxAge::parse("2d"), Ok(MaxAge::default()));
        for text in ["", "h", "48", "-1h", "2w", "99999999999d"] {
            assert!(MaxAge::parse(text).is_err(), "{text}");
        }
        assert_eq!([1, 47, 48, 200].map(in_words).join(", "), "1 hour, 47 hours, 2 days, 8 days");
    }
}

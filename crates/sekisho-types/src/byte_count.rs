use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, de};

/// A size as people write it in settings: `500MiB`, `2 GiB`, `1000000`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ByteCount(pub u64);

/// Why a text is no size.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ByteCountError {
    #[error("{text:?} is no size: write it as 500MiB or 2GiB")]
    Form { text: String },
    #[error("{text:?} is too large")]
    TooLarge { text: String },
}

impl FromStr for ByteCount {
    type Err = ByteCountError;

    fn from_str(text: &str) -> Result<Self, ByteCountError> {
        let form = || ByteCountError::Form { text: text.to_owned() };
        let trimmed = text.trim();
        let digits = trimmed.trim_end_matches(|char: char| !char.is_ascii_digit());
        let unit = trimmed.strip_prefix(digits).unwrap_or_default().trim();
        let factor: u64 = match unit {
            "" | "B" => 1,
            "KiB" | "K" => 1 << 10,
            "MiB" | "M" => 1 << 20,
            "GiB" | "G" => 1 << 30,
            "TiB" | "T" => 1 << 40,
            _ => return Err(form()),
        };
        let number: u64 = digits.parse().map_err(|_| form())?;
        let too_large = || ByteCountError::TooLarge { text: text.to_owned() };
        number.checked_mul(factor).map(Self).ok_or_else(too_large)
    }
}

impl<'de> Deserialize<'de> for ByteCount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl de::Visitor<'_> for Visitor {
            type Value = ByteCount;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number of bytes, or a size such as 500MiB")
            }

            fn visit_u64<E: de::Error>(self, bytes: u64) -> Result<ByteCount, E> {
                Ok(ByteCount(bytes))
            }

            fn visit_i64<E: de::Error>(self, bytes: i64) -> Result<ByteCount, E> {
                u64::try_from(bytes).map(ByteCount).map_err(E::custom)
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<ByteCount, E> {
                text.parse().map_err(E::custom)
            }
        }

        deserializer.deserialize_any(Visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_with_their_units() {
        for (text, want) in [("17", 17), ("2GiB", 2 << 30), ("500 MiB", 500 << 20), ("1K", 1024)] {
            assert_eq!(text.parse(), Ok(ByteCount(want)));
        }
        for text in ["", "GiB", "1 GB", "99999999TiB", "-1"] {
            assert!(text.parse::<ByteCount>().is_err(), "{text}");
        }
    }
}

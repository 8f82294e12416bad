use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A content digest such as `sha256:ba78…`.
///
/// # Source
///
/// OCI Image Specification, descriptor.md, "Digests": the two registered algorithms.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Digest {
    Sha256([u8; 32]),
    Sha512([u8; 64]),
}

/// Why a text is not a digest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DigestError {
    #[error("{text:?} is not a digest: it has no algorithm before a colon")]
    NoAlgorithm { text: String },
    #[error("{text:?} is not a digest of a known algorithm: sha256 or sha512")]
    Algorithm { text: String },
    #[error("{text:?} is not a digest: it needs {expected} lower-case hexadecimal digits")]
    Hex { text: String, expected: usize },
}

impl Digest {
    /// Parses `sha256:<64 hexadecimal digits>` or `sha512:<128 …>`, lower case only.
    pub fn parse(text: &str) -> Result<Self, DigestError> {
        let Some((algorithm, hex)) = text.split_once(':') else {
            return Err(DigestError::NoAlgorithm { text: text.to_owned() });
        };
        match algorithm {
            "sha256" => from_hex(text, hex).map(Self::Sha256),
            "sha512" => from_hex(text, hex).map(Self::Sha512),
            _ => Err(DigestError::Algorithm { text: text.to_owned() }),
        }
    }

    pub fn algorithm(&self) -> &'static str {
        match self {
            Self::Sha256(_) => "sha256",
            Self::Sha512(_) => "sha512",
        }
    }

    /// The part after the colon.
    pub fn to_hex(&self) -> String {
        to_hex(self.as_bytes())
    }

    /// The first twelve hexadecimal digits, as people quote a layer.
    pub fn to_short_hex(&self) -> String {
        to_hex(self.as_bytes().get(..6).unwrap_or_default())
    }

    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Sha256(bytes) => bytes,
            Self::Sha512(bytes) => bytes,
        }
    }
}

fn to_hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 0xf)]).collect()
}

fn from_hex<const N: usize>(text: &str, hex: &str) -> Result<[u8; N], DigestError> {
    let wrong = || DigestError::Hex { text: text.to_owned(), expected: 2 * N };
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Ok(byte - b'0'),
        b'a'..=b'f' => Ok(byte - b'a' + 10),
        _ => Err(wrong()),
    };
    let mut bytes = [0; N];
    let (pairs, rest) = hex.as_bytes().as_chunks::<2>();
    if pairs.len() != N || !rest.is_empty() {
        return Err(wrong());
    }
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Ok(bytes)
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.algorithm(), self.to_hex())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Digest {
    type Err = DigestError;

    fn from_str(text: &str) -> Result<Self, DigestError> {
        Self::parse(text)
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn a_digest_reads_as_it_is_written() {
        let digest = Digest::parse(EMPTY).unwrap();
        assert_eq!(digest.to_string(), EMPTY);
        assert_eq!(digest.to_short_hex(), "e3b0c44298fc");
    }

    #[test]
    fn what_is_no_digest_is_refused() {
        for text in
            ["", "sha256", "md5:00", "sha256:", EMPTY.split_at(70).0, &EMPTY.replace('e', "E")]
        {
            assert!(Digest::parse(text).is_err(), "{text}");
        }
    }
}

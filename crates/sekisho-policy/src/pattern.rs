use std::fmt;

use globset::{GlobBuilder, GlobMatcher};
use serde::{Deserialize, Deserializer, de};

/// A text with wildcards: `*` stays within a part of a path, `**` does not.
#[derive(Clone)]
pub struct Pattern {
    text: String,
    glob: GlobMatcher,
}

impl Pattern {
    /// # Errors
    ///
    /// On brackets or braces that are not closed.
    pub fn parse(text: &str) -> Result<Self, globset::Error> {
        let text = text.trim_start_matches('/').to_owned();
        let glob = GlobBuilder::new(&text).literal_separator(true).build()?.compile_matcher();
        Ok(Self { text, glob })
    }

    /// Whether the whole of `text` fits.
    pub fn fits(&self, text: &str) -> bool {
        self.glob.is_match(text)
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pattern({})", self.text)
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Pattern {}

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(de::Error::custom)
    }
}

use sekisho_types::ByteCount;
use serde::Deserialize;

use crate::Pattern;

/// What an image must and must not have.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Requirements {
    /// Of labels: `name` or `name=pattern`.
    pub labels: Rule,
    /// Of packages, by name or purl.
    pub packages: Rule,
    /// Of USER, as the image states it; `root` stands for an image that states none.
    pub users: Choice,
    /// Of the name of the base image.
    pub base_images: Choice,
    /// Days since the image was made.
    pub max_age_days: Option<i64>,
    /// Days since its base was made.
    pub max_base_age_days: Option<i64>,
    /// Of all layers, uncompressed.
    pub max_size: Option<ByteCount>,
    pub max_layers: Option<usize>,
    /// Of files that later layers delete or replace.
    pub max_hidden: Option<ByteCount>,
}

/// What has to be there, and what must not be.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rule {
    pub required: Vec<Pattern>,
    pub forbidden: Vec<Pattern>,
}

/// What one value may be, and what it must not be.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Choice {
    /// Anything where the list is empty.
    pub allowed: Vec<Pattern>,
    pub forbidden: Vec<Pattern>,
}

impl Choice {
    pub(crate) fn is_empty(&self) -> bool {
        self.allowed.is_empty() && self.forbidden.is_empty()
    }

    pub(crate) fn takes(&self, text: &str) -> bool {
        let is_allowed =
            self.allowed.is_empty() || self.allowed.iter().any(|pattern| pattern.fits(text));
        is_allowed && !self.forbidden.iter().any(|pattern| pattern.fits(text))
    }
}

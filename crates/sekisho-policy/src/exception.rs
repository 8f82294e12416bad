use jiff::civil::Date;
use sekisho_types::report::{Finding, Suppression};
use serde::{Deserialize, Deserializer, de};

use crate::Pattern;

/// A finding that somebody accepts.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exception {
    /// A check (`SEK-IMAGE-0001`), an advisory (`CVE-2022-0778`) or one of its aliases, or the id
    /// of a single finding.
    pub check: String,
    /// Only in files that fit.
    #[serde(default)]
    pub path: Option<Pattern>,
    /// Only in packages whose name or purl fits.
    #[serde(default)]
    pub package: Option<Pattern>,
    /// Only in images whose name fits.
    #[serde(default)]
    pub image: Option<Pattern>,
    /// Only in this layer, by its `diff_id`.
    #[serde(default)]
    pub layer: Option<String>,
    #[serde(deserialize_with = "not_empty")]
    pub reason: String,
    #[serde(deserialize_with = "not_empty")]
    pub owner: String,
    /// The last day on which it holds.
    #[serde(default, deserialize_with = "date")]
    pub until: Option<Date>,
    /// It ends as soon as a fixed version is known.
    #[serde(default)]
    pub until_fixed: bool,
}

impl Exception {
    /// Whether the time of the exception is over.
    pub(crate) fn has_expired(&self, today: Option<Date>) -> bool {
        matches!((self.until, today), (Some(until), Some(today)) if until < today)
    }

    /// Whether `finding`, in an image of this name, is meant.
    pub(crate) fn covers(&self, finding: &Finding, image: &str) -> bool {
        let is_named = self.check == finding.check
            || self.check == finding.id
            || finding.aliases.contains(&self.check);
        let location = finding.location.as_ref();
        let fits = |pattern: &Option<Pattern>, texts: &[&str]| {
            pattern.as_ref().is_none_or(|pattern| texts.iter().any(|text| pattern.fits(text)))
        };
        let path = location.map(|location| location.path.as_str());
        let package = finding.package.as_ref();
        let layer = location.and_then(|location| location.layer);
        let is_fixed = package.is_some_and(|package| package.fixed_version.is_some());
        is_named
            && fits(&self.path, path.as_slice())
            && fits(
                &self.package,
                package
                    .map(|package| [&*package.name, &*package.purl])
                    .as_ref()
                    .map_or(&[], |it| it),
            )
            && fits(&self.image, &[image])
            && self
                .layer
                .as_ref()
                .is_none_or(|wanted| layer.is_some_and(|layer| layer.to_string() == *wanted))
            && !(self.until_fixed && is_fixed)
    }

    pub(crate) fn to_suppression(&self) -> Suppression {
        Suppression {
            reason: self.reason.clone(),
            until: self.until.map(|until| until.to_string()),
            by: self.owner.clone(),
        }
    }
}

fn not_empty<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.trim().is_empty() {
        return Err(de::Error::custom("say something here: an exception without it helps nobody"));
    }
    Ok(text)
}

fn date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let date = text.parse().map_err(|err| {
        de::Error::custom(format!("{text:?} is no date such as 2027-01-31: {err}"))
    })?;
    Ok(Some(date))
}

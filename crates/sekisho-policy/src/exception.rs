use jiff::civil::Date;
use sekisho_types::report::{Finding, Suppression};
use serde::{Deserialize, Deserializer, de};

use crate::Pattern;

/// A finding that somebody accepts.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, remote = "Self")]
pub struct Exception {
    /// A check (`SEK-IMAGE-0001`), an advisory (`CVE-2022-0778`) or one of its aliases, or the id
    /// of a single finding; everything in its scope where none is named.
    #[serde(default)]
    pub check: Option<Pattern>,
    /// Only in files that fit.
    #[serde(default)]
    pub path: Option<Pattern>,
    /// Only in packages whose name or purl fits.
    #[serde(default)]
    pub package: Option<Pattern>,
    /// Only in images whose name fits.
    #[serde(default)]
    pub image: Option<Pattern>,
    /// Only in this layer, by the start of its `diff_id`.
    #[serde(default, deserialize_with = "layer")]
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

/// What an exception says of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    NotMeant,
    Accepted,
    /// It was accepted until there is a fix, and there is one.
    Fixed,
}

impl Exception {
    /// Whether the time of the exception is over.
    pub(crate) fn has_expired(&self, today: Option<Date>) -> bool {
        matches!((self.until, today), (Some(until), Some(today)) if until < today)
    }

    /// What the exception says of `finding`, in an image of this name.
    pub(crate) fn answer(&self, finding: &Finding, image: &str) -> Answer {
        let fits = |pattern: &Option<Pattern>, texts: &[&str]| {
            pattern.as_ref().is_none_or(|pattern| texts.iter().any(|text| pattern.fits(text)))
        };
        let mut names = vec![finding.check.as_str(), finding.id.as_str()];
        names.extend(finding.aliases.iter().map(String::as_str));
        let location = finding.location.as_ref();
        let path = location.map(|location| location.path.as_str());
        let package = finding.package.as_ref();
        let of_source = finding.vulnerability.as_ref().map(|facts| facts.packages.as_slice());
        let package_names: Vec<&str> = package
            .into_iter()
            .flat_map(|package| [&*package.name, &*package.purl])
            .chain(of_source.unwrap_or_default().iter().map(String::as_str))
            .collect();
        let layer = location.and_then(|location| location.layer).map(|layer| layer.to_hex());
        let is_meant = fits(&self.check, &names)
            && fits(&self.path, path.as_slice())
            && fits(&self.package, &package_names)
            && fits(&self.image, &[image])
            && self
                .layer
                .as_deref()
                .is_none_or(|start| layer.as_deref().is_some_and(|layer| layer.starts_with(start)));
        let is_fixed = package.is_some_and(|package| package.fixed_version.is_some());
        match (is_meant, self.until_fixed && is_fixed) {
            (false, _) => Answer::NotMeant,
            (true, true) => Answer::Fixed,
            (true, false) => Answer::Accepted,
        }
    }

    /// `CVE-2022-0778 in zlib1g`.
    pub(crate) fn what(&self) -> String {
        let scope = [&self.path, &self.package, &self.image];
        let mut scope: Vec<&str> = scope.into_iter().flatten().map(Pattern::as_str).collect();
        scope.extend(self.layer.as_deref());
        match (self.check.as_ref().map(Pattern::as_str), scope.as_slice()) {
            (Some(check), []) => check.to_owned(),
            (Some(check), scope) => format!("{check} in {}", scope.join(" ")),
            (None, scope) => format!("all in {}", scope.join(" ")),
        }
    }

    pub(crate) fn to_suppression(&self) -> Suppression {
        Suppression {
            reason: self.reason.clone(),
            until: self.until.map(|until| until.to_string()),
            by: self.owner.clone(),
            japanese: None,
        }
    }
}

impl<'de> Deserialize<'de> for Exception {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // The one that is derived; it knows the keys.
        let exception = Self::deserialize(deserializer)?;
        let Self { check, path, package, layer, .. } = &exception;
        if check.is_none() && path.is_none() && package.is_none() && layer.is_none() {
            return Err(de::Error::custom(
                "an exception says what it accepts: give it a check, path, package or layer",
            ));
        }
        Ok(exception)
    }
}

fn not_empty<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.trim().is_empty() {
        return Err(de::Error::custom("say something here: an exception without it helps nobody"));
    }
    Ok(text)
}

/// Digits of a `diff_id` that the shortest form in reports has.
const MIN_LAYER_DIGITS: usize = 12;

fn layer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let digits = text.strip_prefix("sha256:").unwrap_or(&text);
    let is_hex = digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if !is_hex || digits.len() < MIN_LAYER_DIGITS {
        return Err(de::Error::custom(format!(
            "{text:?} is no layer: take its diff_id, or the first {MIN_LAYER_DIGITS} digits of it"
        )));
    }
    Ok(Some(digits.to_owned()))
}

fn date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let date = text.parse().map_err(|err| {
        de::Error::custom(format!("{text:?} is no date such as 2027-01-31: {err}"))
    })?;
    Ok(Some(date))
}

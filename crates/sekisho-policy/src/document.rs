use std::collections::BTreeMap;

use sekisho_types::{Severity, report::FindingKind};
use serde::{Deserialize, Deserializer, de};

use crate::{Exception, Pattern, Requirements, Rule, VulnerabilityPolicy};

/// What a team wants of its images, as its policy file says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// How reports call it; the path of its file where it has no name.
    pub name: Option<String>,
    pub fail_on: Threshold,
    pub kinds: BTreeMap<FindingKind, KindPolicy>,
    /// The first that fits the path of a finding decides.
    pub paths: Vec<PathPolicy>,
    pub vulnerability: VulnerabilityPolicy,
    pub require: Requirements,
    pub exceptions: Vec<Exception>,
}

/// From which severity on a finding fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Threshold {
    /// This one and worse.
    From(Severity),
    Never,
}

/// What differs for one kind of finding.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct KindPolicy {
    pub fail_on: Option<Threshold>,
}

/// What differs for findings in some files.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PathPolicy {
    pub path: Pattern,
    /// Only findings of these kinds; all where none is named.
    #[serde(default)]
    pub kinds: Vec<FindingKind>,
    pub fail_on: Threshold,
}

/// Why a text is no policy.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// The message shows the line.
    #[error("the policy is wrong")]
    Yaml {
        #[source]
        source: Box<serde_saphyr::Error>,
    },
}

impl Policy {
    /// Reads a policy file; one without content is the default policy.
    ///
    /// # Errors
    ///
    /// On what is no YAML, on unknown keys and on values that mean nothing.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        let is_empty = |line: &str| line.trim().is_empty() || line.trim_start().starts_with('#');
        if text.lines().all(is_empty) {
            return Ok(Self::default());
        }
        serde_saphyr::from_str(text)
            .map_err(|source| PolicyError::Yaml { source: Box::new(source) })
    }

    /// What of the policy can be said of packages alone, and the names of what else it requires.
    pub fn of_packages(&self) -> (Self, Vec<&'static str>) {
        let Requirements { labels, packages, users, base_images, .. } = &self.require;
        let asked = [
            ("labels", *labels != Rule::default()),
            ("the user", !users.is_empty()),
            ("the base image", !base_images.is_empty()),
            (
                "age",
                self.require.max_age_days.is_some() || self.require.max_base_age_days.is_some(),
            ),
            ("size", self.require.max_size.is_some() || self.require.max_hidden.is_some()),
            ("the number of layers", self.require.max_layers.is_some()),
        ];
        let require = Requirements { packages: packages.clone(), ..Requirements::default() };
        let unasked = asked.into_iter().filter(|(_, is_asked)| *is_asked).map(|(name, _)| name);
        (Self { require, ..self.clone() }, unasked.collect())
    }

    /// How reports call it.
    pub(crate) fn name(&self) -> &str {
        self.name.as_deref().unwrap_or("default")
    }

    /// The threshold for a finding of `kind` at `path`.
    pub(crate) fn threshold(&self, kind: FindingKind, path: Option<&str>) -> Threshold {
        let by_path = path.and_then(|path| {
            self.paths.iter().find(|policy| {
                policy.path.fits(path) && (policy.kinds.is_empty() || policy.kinds.contains(&kind))
            })
        });
        if let Some(policy) = by_path {
            return policy.fail_on;
        }
        self.kinds.get(&kind).and_then(|policy| policy.fail_on).unwrap_or(self.fail_on)
    }
}

impl Default for Threshold {
    fn default() -> Self {
        Self::From(Severity::High)
    }
}

impl Threshold {
    /// # Errors
    ///
    /// On anything but a severity or `none`, with the words that are possible.
    pub fn parse(text: &str) -> Result<Self, String> {
        Ok(Self::From(match text {
            "none" => return Ok(Self::Never),
            "info" => Severity::Info,
            "low" => Severity::Low,
            "medium" => Severity::Medium,
            "high" => Severity::High,
            "critical" => Severity::Critical,
            _ => {
                return Err(format!(
                    "{text:?} is no severity: take none, info, low, medium, high or critical"
                ));
            }
        }))
    }

    pub(crate) fn is_reached_by(self, severity: Severity) -> bool {
        match self {
            Self::From(least) => severity >= least,
            Self::Never => false,
        }
    }
}

impl<'de> Deserialize<'de> for Threshold {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::*;

    fn mistake(text: &str) -> String {
        Policy::parse(text).unwrap_err().source().unwrap().to_string()
    }

    #[test]
    fn the_nearest_setting_decides() {
        let policy = Policy::parse(
            "fail_on: critical\nkinds:\n  secret: {fail_on: medium}\npaths:\n\
             - {path: \"/srv/test/**\", kinds: [secret], fail_on: none}\n",
        )
        .unwrap();
        let threshold = |kind, path| policy.threshold(kind, path);
        let (secret, configuration) = (FindingKind::Secret, FindingKind::Configuration);
        assert_eq!(threshold(secret, Some("srv/test/a/b")), Threshold::Never);
        assert_eq!(threshold(secret, Some("srv/a")), Threshold::From(Severity::Medium));
        assert_eq!(
            threshold(configuration, Some("srv/test/a")),
            Threshold::From(Severity::Critical)
        );
        assert_eq!(Policy::parse("# nothing yet\n").unwrap(), Policy::default());
    }

    #[test]
    fn a_mistake_is_shown_on_its_line() {
        insta::assert_snapshot!(mistake("fail_on: high\nfail_no: low\n"), @"
        error: line 2 column 1: unknown field `fail_no`, expected one of name, fail_on, kinds, paths, vulnerability, require, exceptions
         --> <input>:2:1
          |
        1 | fail_on: high
        2 | fail_no: low
          | ^ unknown field `fail_no`, expected one of name, fail_on, kinds, paths, vulnerability, require, exceptions
        ");
        insta::assert_snapshot!(mistake("fail_on: hihg\n"), @r#"
        error: line 1 column 10: "hihg" is no severity: take none, info, low, medium, high or critical
         --> <input>:1:10
          |
        1 | fail_on: hihg
          |          ^ "hihg" is no severity: take none, info, low, medium, high or critical
        "#);
        insta::assert_snapshot!(mistake("exceptions:\n- check: CVE-1\n  reason: ''\n  owner: a\n"), @"
        error: line 3 column 11: say something here: an exception without it helps nobody
         --> <input>:3:11
          |
        1 | exceptions:
        2 | - check: CVE-1
        3 |   reason: ''
          |           ^ say something here: an exception without it helps nobody
        4 |   owner: a
          |
        ");
        insta::assert_snapshot!(mistake("exceptions:\n- {check: a, reason: b, owner: c, until: soon}\n"), @r#"
        error: line 2 column 42: "soon" is no date such as 2027-01-31: failed to parse four digit integer as year: invalid digit, expected 0-9 but got s
         --> <input>:2:42
          |
        1 | exceptions:
        2 | - {check: a, reason: b, owner: c, until: soon}
          |                                          ^ "soon" is no date such as 2027-01-31: failed to parse four digit integer as year: invalid digit, expected 0-9 but got s
        "#);
        insta::assert_snapshot!(mistake("exceptions:\n- {check: a, reason: b, owner: c, layer: first}\n"), @r#"
        error: line 2 column 42: "first" is no layer: take its diff_id, or the first 12 digits of it
         --> <input>:2:42
          |
        1 | exceptions:
        2 | - {check: a, reason: b, owner: c, layer: first}
          |                                          ^ "first" is no layer: take its diff_id, or the first 12 digits of it
        "#);
        insta::assert_snapshot!(mistake("exceptions:\n- {reason: b, owner: c}\n"), @"
        error: line 2 column 3: an exception says what it accepts: give it a check, path, package or layer
         --> <input>:2:3
          |
        1 | exceptions:
        2 | - {reason: b, owner: c}
          |   ^ an exception says what it accepts: give it a check, path, package or layer
        ");
        insta::assert_snapshot!(mistake("vulnerability:\n  ignore_status: [wont_fix]\n"), @"
        error: line 2 column 19: unknown variant `wont_fix`, expected one of affected, fixed, will_not_fix, fix_deferred, end_of_life, under_investigation
         --> <input>:2:19
          |
        1 | vulnerability:
        2 |   ignore_status: [wont_fix]
          |                   ^ unknown variant `wont_fix`, expected one of affected, fixed, will_not_fix, fix_deferred, end_of_life, under_investigation
        ");
        insta::assert_snapshot!(mistake("vulnerability:\n  fail_on_epss: 50\n"), @"
        error: line 2 column 17: 50 is not from 0 to 1
         --> <input>:2:17
          |
        1 | vulnerability:
        2 |   fail_on_epss: 50
          |                 ^ 50 is not from 0 to 1
        ");
    }
}

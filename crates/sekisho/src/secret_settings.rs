//! The part of `sekisho.yaml` that says what is a secret.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use sekisho_secret::{RuleSet, RuleSource, Setting, UserRules};
use serde::Deserialize;
use serde_saphyr::Spanned;

/// Largest file with a rule.
const MAX_RULE_BYTES: u64 = 256 * 1024;

/// Most rules of a user.
const MAX_RULES: usize = 1000;

/// `secret:`, all of it optional.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct SecretSettings {
    /// Files with a rule each, and folders of them; a relative path starts at the settings file.
    pub(crate) rules: Vec<PathBuf>,
    /// Ids or names of rules that are not asked.
    pub(crate) disable: Vec<Spanned<String>>,
    pub(crate) allow: AllowSettings,
    /// Of the settings, for messages.
    #[serde(skip)]
    pub(crate) path: PathBuf,
    #[serde(skip)]
    pub(crate) text: String,
}

/// What is no secret.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct AllowSettings {
    pub(crate) values: Vec<Spanned<String>>,
    /// A secret in which one matches is none.
    pub(crate) patterns: Vec<Spanned<String>>,
    /// Ends of paths: `testdata/id_rsa`, `*.fixture`.
    pub(crate) paths: Vec<Spanned<String>>,
}

impl SecretSettings {
    /// The built-in rules with everything that is said here.
    pub(crate) fn rule_set(&self) -> anyhow::Result<RuleSet> {
        let settings = |list: &[Spanned<String>]| {
            let setting = |it: &Spanned<String>| Setting {
                value: it.value.clone(),
                line: it.referenced.line(),
                column: it.referenced.column(),
            };
            list.iter().map(setting).collect()
        };
        let user = UserRules {
            files: self.files()?,
            disable: settings(&self.disable),
            allow_values: settings(&self.allow.values),
            allow_patterns: settings(&self.allow.patterns),
            allow_paths: settings(&self.allow.paths),
            path: self.path.display().to_string(),
            text: self.text.clone(),
        };
        RuleSet::new(&user).map_err(|wrong| {
            let wrong: Vec<String> = wrong.iter().map(ToString::to_string).collect();
            anyhow::anyhow!("the rules for secrets are wrong\n{}", wrong.join("\n"))
        })
    }

    fn files(&self) -> anyhow::Result<Vec<RuleSource>> {
        let mut paths = Vec::new();
        for path in &self.rules {
            if fs_err::metadata(path)?.is_dir() {
                let mut names = Vec::new();
                for entry in fs_err::read_dir(path)? {
                    names.push(entry?.path());
                }
                names.retain(|name| name.extension().is_some_and(|it| it == "yaml" || it == "yml"));
                names.sort();
                paths.extend(names);
            } else {
                paths.push(path.clone());
            }
        }
        if paths.len() > MAX_RULES {
            bail!("{} rules for secrets are more than {MAX_RULES}", paths.len());
        }
        paths.iter().map(|path| source(path)).collect()
    }
}

fn source(path: &Path) -> anyhow::Result<RuleSource> {
    if fs_err::metadata(path)?.len() > MAX_RULE_BYTES {
        bail!("{} is larger than the {MAX_RULE_BYTES} bytes of a rule", path.display());
    }
    let text = fs_err::read_to_string(path).context("failed to read a rule for secrets")?;
    Ok(RuleSource { path: path.display().to_string(), text })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(settings: &str) -> Result<RuleSet, String> {
        let mut read: SecretSettings = serde_saphyr::from_str(settings).unwrap();
        (read.path, read.text) = ("sekisho.yaml".into(), settings.to_owned());
        read.rule_set().map_err(|err| format!("{err:#}"))
    }

    #[test]
    fn rules_can_be_disabled_and_values_allowed() {
        let text = b"A=postgres://shop:hv7-Lw2qp@db.example/shop\n";
        for (settings, want) in [
            ("disable: []", 1),
            ("disable: [postgres-url-password]", 0),
            ("allow: {values: [hv7-Lw2qp]}", 0),
            ("allow: {patterns: [^hv]}", 0),
            ("allow: {paths: [fixtures/a.sh]}", 0),
            ("allow: {paths: [a.txt]}", 1),
        ] {
            let rules = load(settings).unwrap();
            assert_eq!(rules.scan(b"app/fixtures/a.sh", text).found.len(), want, "{settings}");
        }
        let ids = [load("disable: []").unwrap(), load("disable: [jwt]").unwrap()];
        assert_ne!(ids[0].fingerprint(), ids[1].fingerprint());
    }

    #[test]
    fn mistakes_are_shown_on_their_line() {
        let wrong = load("disable:\n  - jwt\n  - jvt\nallow:\n  patterns: ['(']\n").unwrap_err();
        insta::assert_snapshot!(wrong, @r#"
        the rules for secrets are wrong
        sekisho.yaml:5:14: the pattern is wrong: unclosed group
        5 |   patterns: ['(']
          |              ^
        sekisho.yaml:3:5: there is no rule "jvt"
        3 |   - jvt
          |     ^
        "#);
    }

    #[test]
    fn a_rule_of_the_user_is_held_to_its_examples() {
        let folder = tempfile::tempdir().unwrap();
        let rule = |pattern: &str| {
            format!(
                "id: ACME-0001\nname: acme-key\ntitle: {{en: ACME key, ja: ACME のキー}}\n\
                 severity: high\nconfidence: high\nrationale: {{en: x, ja: x}}\n\
                 remediation: {{en: x, ja: x}}\nkeywords: [acme_]\npattern: '{pattern}'\n\
                 match: ['acme_{{{{hex 16}}}}']\n"
            )
        };
        let path = folder.path().join("acme.yaml");
        let settings = format!("rules: [{}]", folder.path().display());
        fs_err::write(&path, rule("acme_[0-9a-f]{16}")).unwrap();
        let rules = load(&settings).unwrap();
        assert_eq!(rules.scan(b"a.txt", b"acme_01f4e9a2b7c3d586").found.len(), 1);
        for (pattern, want) in [
            ("acme_[0-9a-f]{15}", "is not found"),
            ("acme_[0-9a-f]+", "may match more than"),
            ("acme_[0-9a-f", "unclosed character class"),
            ("acme_(?:[a-z]{1000}){1000}", "too large"),
        ] {
            fs_err::write(&path, rule(pattern)).unwrap();
            let wrong = load(&settings).unwrap_err();
            assert!(wrong.contains(want) && wrong.contains("acme.yaml"), "{wrong}");
        }
    }
}

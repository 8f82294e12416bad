use std::sync::Arc;

use sekisho_catalog::Selection;
use sekisho_imagetest::Wanted;
use sekisho_secret::RuleSet;

use crate::scan::Config;

/// What is asked of every layer.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) selection: Selection,
    /// None where secrets are not looked for.
    pub(crate) secrets: Option<Arc<RuleSet>>,
    /// Files whose content is kept.
    pub(crate) contents: Arc<Wanted>,
    /// Whether nothing is asked but the tree and these contents.
    pub(crate) is_shallow: bool,
}

impl Asked {
    /// `is_directory` for what is no image.
    pub(crate) fn new(is_directory: bool, config: &Config) -> Self {
        let secrets = config.wanted_secrets().cloned();
        Self {
            selection: Selection::new(is_directory),
            secrets,
            contents: Arc::default(),
            is_shallow: false,
        }
    }

    /// The tree and the content of some files, and nothing of what they mean.
    pub(crate) fn files(contents: Arc<Wanted>) -> Self {
        Self { selection: Selection::none(), secrets: None, contents, is_shallow: true }
    }

    /// Changes whenever the same layer may give other facts.
    pub(crate) fn fingerprint(&self) -> String {
        let secrets = self.secrets.as_ref().map_or("", |rules| rules.fingerprint());
        let depth = if self.is_shallow { "files " } else { "" };
        format!("{depth}{} {secrets}", self.selection.fingerprint())
    }
}

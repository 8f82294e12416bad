use std::sync::Arc;

use sekisho_catalog::Selection;
use sekisho_secret::RuleSet;

use crate::scan::Config;

/// What is asked of every layer.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) selection: Selection,
    /// None where secrets are not looked for.
    pub(crate) secrets: Option<Arc<RuleSet>>,
}

impl Asked {
    /// `is_directory` for what is no image.
    pub(crate) fn new(is_directory: bool, config: &Config) -> Self {
        let secrets = config.wanted_secrets().cloned();
        Self { selection: Selection::new(is_directory), secrets }
    }

    /// Changes whenever the same layer may give other facts.
    pub(crate) fn fingerprint(&self) -> String {
        let secrets = self.secrets.as_ref().map_or("", |rules| rules.fingerprint());
        format!("{} {secrets}", self.selection.fingerprint())
    }
}

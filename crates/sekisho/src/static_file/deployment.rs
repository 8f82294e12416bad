//! Task definitions and the templates that make them.

use std::sync::Arc;

use sekisho_deploy::{ALL, Deployment, MAX_FILE_BYTES, Settings, is_likely, is_named, judge};
use sekisho_secret::RuleSet;

use super::{FileKind, Judged};
use crate::settings::CheckSettings;

pub(super) const KIND: FileKind = FileKind {
    name: "task definition",
    names: "*.json, *.tf, *.yaml, *.yml, *.template that hold one",
    // Such names are everybody's: what is in the file decides.
    is_named: |_| false,
    may_be_named: is_named,
    is_likely,
    judge: |files, settings| {
        let read: Vec<(&str, &[u8])> =
            files.iter().map(|file| (file.name.as_str(), file.bytes.as_slice())).collect();
        let answer = judge(ALL, &Deployment::read(&read, settings_of(settings)));
        let mut judged = Judged::default();
        judged.add(answer.findings, answer.results, answer.unknowns);
        judged
    },
    fix: |_, _| None,
    max_bytes: MAX_FILE_BYTES as u64,
};

fn settings_of(settings: &CheckSettings) -> Settings {
    let rules = RuleSet::builtin();
    let find_secret = move |text: &str| {
        let sightings = rules.scan(b"value", text.as_bytes());
        let sighting = sightings.found.iter().find(|it| !it.is_published)?;
        rules.rule(&sighting.rule).map(|rule| rule.explanation().title.en)
    };
    Settings {
        profile: settings.profile,
        trusted_registries: settings.trusted_registries.clone(),
        find_secret: Some(Arc::new(find_secret)),
    }
}

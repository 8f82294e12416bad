//! The secrets of an image, each said once.

use std::collections::BTreeMap;

use sekisho_check::{Message, fingerprint};
use sekisho_image::ImageConfig;
use sekisho_secret::{Rule, RuleSet, Sighting};
use sekisho_types::{
    Digest, ImagePath,
    report::{Finding, FindingKind, Location, Translation},
};
use serde::{Deserialize, Serialize};

use crate::stack::Stack;

/// Most other places of the same secret that a message names.
const MAX_NAMED_PLACES: usize = 3;

/// Most bytes of an image's configuration that are looked into: the history of a document of the
/// largest size that is read.
const MAX_CONFIG_BYTES: usize = 16 << 20;

/// A secret in the files of an image, without its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FoundSecret {
    pub(crate) path: ImagePath,
    /// The layer that brought it.
    pub(crate) layer: Option<Digest>,
    pub(crate) sighting: Sighting,
    /// Which of its rule in the file it is, from 0.
    pub(crate) ordinal: usize,
    /// The layer in which the file was deleted or written anew, where no container sees it.
    pub(crate) hidden_by: Option<Digest>,
}

/// The secrets of all layers, those that a later layer hides among them. What a layer copies up
/// from the one below is there once.
pub(crate) fn found_secrets(stack: &Stack) -> Vec<FoundSecret> {
    let mut found: BTreeMap<(ImagePath, Sighting), FoundSecret> = BTreeMap::new();
    for (index, layer) in stack.layers.iter().enumerate() {
        for (path, sightings) in &layer.facts.secrets {
            let hidden_by = hiding_layer(stack, index, path);
            for (number, sighting) in sightings.iter().enumerate() {
                let before = sightings.iter().take(number);
                let secret = FoundSecret {
                    path: path.clone(),
                    layer: layer.diff_id,
                    sighting: sighting.clone(),
                    ordinal: before.filter(|other| other.rule == sighting.rule).count(),
                    hidden_by,
                };
                found
                    .entry((path.clone(), sighting.clone()))
                    .and_modify(|lower| lower.hidden_by = hidden_by)
                    .or_insert(secret);
            }
        }
    }
    found.into_values().collect()
}

/// The first layer above `layer` that takes the file at `path` away or replaces it.
fn hiding_layer(stack: &Stack, layer: usize, path: &ImagePath) -> Option<Digest> {
    let above = layer + 1..stack.layers.len();
    above.into_iter().find(|above| stack.hides(*above, path)).and_then(|it| stack.diff_id(it))
}

/// The findings about files and configuration. The same secret in several places is one.
pub(crate) fn secret_findings(
    rules: &RuleSet,
    files: &[FoundSecret],
    config: Option<&ImageConfig>,
) -> Vec<Finding> {
    let mut places: Vec<Place> = files.iter().map(Place::of_file).collect();
    if let Some(config) = config {
        places.extend(config_places(rules, config));
    }
    let mut by_secret: BTreeMap<String, Vec<Place>> = BTreeMap::new();
    for place in places {
        by_secret.entry(place.id()).or_default().push(place);
    }
    by_secret
        .into_iter()
        .filter_map(|(id, places)| {
            let (first, others) = places.split_first()?;
            Some(finding(rules.rule(&first.sighting.rule)?, id, first, others))
        })
        .collect()
}

/// Where a secret was seen.
#[derive(Debug)]
struct Place {
    sighting: Sighting,
    /// Of a file; else what part of the configuration it is.
    path: Result<ImagePath, Message>,
    layer: Option<Digest>,
    ordinal: usize,
    hidden_by: Option<Digest>,
}

impl Place {
    fn of_file(found: &FoundSecret) -> Self {
        Self {
            sighting: found.sighting.clone(),
            path: Ok(found.path.clone()),
            layer: found.layer,
            ordinal: found.ordinal,
            hidden_by: found.hidden_by,
        }
    }

    /// A secret that nobody can guess is known by its mark wherever it lies; any other by its
    /// place, since a hash of it would tell it to whoever tries passwords.
    fn id(&self) -> String {
        let Sighting { rule, mark, .. } = &self.sighting;
        match (mark, &self.path) {
            (Some(mark), _) => fingerprint(&[rule, &mark.to_string()]),
            (None, Ok(path)) => {
                fingerprint(&[rule, &path.to_str_lossy(), &self.ordinal.to_string()])
            }
            (None, Err(part)) => fingerprint(&[rule, &part.en]),
        }
    }

    fn name(&self) -> Message {
        match &self.path {
            Ok(path) => Message::new(format!("/{path}"), format!("/{path}")),
            Err(part) => part.clone(),
        }
    }
}

fn finding(rule: &Rule, id: String, first: &Place, others: &[Place]) -> Finding {
    let message = message(first, others);
    let location = match &first.path {
        Ok(path) => Some(Location {
            line: Some(first.sighting.line),
            ..Location::of_file(first.layer, path.to_str_lossy())
        }),
        Err(_) => None,
    };
    Finding {
        id,
        kind: FindingKind::Secret,
        check: rule.id.clone(),
        aliases: vec![rule.name.clone()],
        severity: rule.severity,
        confidence: rule.confidence,
        title: rule.title.en.clone(),
        message: message.en,
        remediation: rule.remediation.en.clone(),
        references: rule.references.clone(),
        package: None,
        location,
        vulnerability: None,
        suppressed: None,
        japanese: Some(Translation {
            title: rule.title.ja.clone(),
            message: message.ja,
            remediation: rule.remediation.ja.clone(),
        }),
    }
}

fn message(first: &Place, others: &[Place]) -> Message {
    let Sighting { redacted, column, is_wrapped, .. } = &first.sighting;
    let length = redacted.length();
    let mut message = Message::new(
        format!("{redacted} ({length} characters)"),
        format!("{redacted} ({length} 文字)"),
    );
    let mut add = |en: &str, ja: &str| {
        message.en.push_str(en);
        message.ja.push_str(ja);
    };
    if *is_wrapped {
        add(" in base64", " (base64 の中)");
    }
    match &first.path {
        Ok(_) => add(&format!(" at column {column}"), &format!("、{column} 桁目")),
        Err(part) => add(&format!(" in {}", part.en), &format!("、{}", part.ja)),
    }
    if let Some(layer) = first.hidden_by {
        let layer = short(layer);
        add(
            &format!("; layer {layer} deletes or replaces the file, and it is still in the image"),
            &format!("。レイヤー {layer} が削除または上書きするが、イメージには残っている"),
        );
    }
    let mut names: Vec<Message> = Vec::new();
    for name in others.iter().map(Place::name) {
        if name != first.name() && !names.contains(&name) {
            names.push(name);
        }
    }
    if !names.is_empty() {
        let n_more = names.len().saturating_sub(MAX_NAMED_PLACES);
        names.truncate(MAX_NAMED_PLACES);
        let join =
            |text: fn(&Message) -> &str| names.iter().map(text).collect::<Vec<_>>().join(", ");
        add(
            &format!("; also in {}", join(|name| &name.en)),
            &format!("。ほかに {}", join(|name| &name.ja)),
        );
        if n_more > 0 {
            add(&format!(" and {n_more} more places"), &format!(" など {n_more} か所"));
        }
    }
    message
}

/// As engines show the ids of layers.
fn short(digest: Digest) -> String {
    digest.to_hex().chars().take(12).collect()
}

/// Environment, labels, commands and history. What one step of the history says again of the
/// environment is the same secret.
fn config_places(rules: &RuleSet, config: &ImageConfig) -> Vec<Place> {
    let mut texts: Vec<(Message, &str, String)> = Vec::new();
    let part = |en: &str, ja: &str, name: &str| {
        Message::new(format!("{en} {name}").trim_end(), format!("{ja} {name}").trim_end())
    };
    for pair in &config.env {
        let name = pair.split('=').next().unwrap_or_default();
        texts.push((part("the variable", "環境変数", name), ".env", pair.clone()));
    }
    for (name, value) in &config.labels {
        texts.push((part("the label", "ラベル", name), ".env", format!("{name}={value}")));
    }
    for (en, words) in [
        ("ENTRYPOINT", &config.entrypoint),
        ("CMD", &config.cmd),
        ("HEALTHCHECK", &config.healthcheck),
    ] {
        texts.push((part(en, en, ""), "Dockerfile", words.join(" ")));
    }
    for (number, step) in (1..).zip(&config.history) {
        let name = format!("{number}");
        texts.push((part("step", "履歴のステップ", &name), "Dockerfile", step.created_by.clone()));
    }
    let mut places: Vec<Place> = Vec::new();
    let mut values = std::collections::BTreeSet::new();
    let mut left = MAX_CONFIG_BYTES;
    for (part, path, text) in texts {
        let Some(rest) = left.checked_sub(text.len()) else { break };
        left = rest;
        for sighting in rules.scan(path.as_bytes(), text.as_bytes()).found {
            // A value that is in the environment stands in the history as well, with the same
            // length: the step that set it.
            let is_new = values.insert((sighting.rule.clone(), sighting.redacted.clone()));
            if is_new {
                places.push(Place {
                    sighting,
                    path: Err(part.clone()),
                    layer: None,
                    ordinal: 0,
                    hidden_by: None,
                });
            }
        }
    }
    places
}

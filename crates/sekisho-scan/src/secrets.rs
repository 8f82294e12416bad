//! The secrets of an image, each said once.

use std::collections::BTreeMap;

use sekisho_check::{Message, fingerprint};
use sekisho_image::ImageConfig;
use sekisho_secret::{Rule, RuleSet, Sighting};
use sekisho_types::{
    Confidence, Digest, ImagePath, Severity,
    report::{Finding, FindingKind, Location, Translation},
};
use serde::{Deserialize, Serialize};

use crate::{secret_look::is_sample, stack::Stack};

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
/// from the one below is there once, and came with a package if it did below.
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
                    ordinal: before.filter(|other| is_beside(other, sighting)).count(),
                    hidden_by,
                };
                let plain = Sighting { is_shipped: false, ..sighting.clone() };
                found
                    .entry((path.clone(), plain))
                    .and_modify(|lower| lower.hidden_by = hidden_by)
                    .or_insert(secret);
            }
        }
    }
    found.into_values().collect()
}

/// Whether two are of the same rule in the same file.
fn is_beside(a: &Sighting, b: &Sighting) -> bool {
    a.rule == b.rule && a.inside == b.inside
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
    let counts = |found: &&FoundSecret| {
        let rule = rules.rule(&found.sighting.rule);
        let is_key = rule.is_some_and(Rule::is_key);
        !found.sighting.is_shipped || (is_key && !is_sample(&found.path))
    };
    let mut places: Vec<Place> = files.iter().filter(counts).map(Place::of_file).collect();
    if let Some(config) = config {
        places.extend(config_places(rules, config));
    }
    let mut by_secret: BTreeMap<String, Vec<Place>> = BTreeMap::new();
    for place in places {
        by_secret.entry(place.id()).or_default().push(place);
    }
    by_secret
        .into_iter()
        .filter_map(|(id, mut places)| {
            // A copy that no package brought is what somebody uses.
            places.sort_by_key(|place| place.sighting.is_shipped);
            let (first, others) = places.split_first()?;
            Some(finding(rules.rule(&first.sighting.rule)?, id, first, others, config))
        })
        .collect()
}

/// Where a secret was seen.
#[derive(Debug)]
struct Place {
    sighting: Sighting,
    /// Of a file, and where it is inside an archive; else what part of the configuration it is.
    path: Result<String, Message>,
    layer: Option<Digest>,
    ordinal: usize,
    hidden_by: Option<Digest>,
    is_sample: bool,
}

impl Place {
    fn of_file(found: &FoundSecret) -> Self {
        Self {
            sighting: found.sighting.clone(),
            path: Ok(match &found.sighting.inside {
                Some(inside) => format!("{}!/{inside}", found.path.to_str_lossy()),
                None => found.path.to_str_lossy().into_owned(),
            }),
            layer: found.layer,
            ordinal: found.ordinal,
            hidden_by: found.hidden_by,
            is_sample: is_sample(&found.path),
        }
    }

    /// A secret that nobody can guess is known by its mark wherever it lies; any other by its
    /// place, since a hash of it would tell it to whoever tries passwords.
    fn id(&self) -> String {
        let Sighting { rule, mark, .. } = &self.sighting;
        match (mark, &self.path) {
            (Some(mark), _) => fingerprint(&[rule, &mark.to_string()]),
            (None, Ok(path)) => fingerprint(&[rule, path, &self.ordinal.to_string()]),
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

/// How much a secret weighs in its place. A key that everybody can download with a package
/// protects nothing, unless somebody uses it; what tests and examples hold is mostly made for
/// them, except for tokens that are told by their own form.
fn weight(rule: &Rule, place: &Place) -> (Severity, Confidence) {
    if place.sighting.is_shipped {
        (Severity::Info, Confidence::Low)
    } else if place.is_sample && place.sighting.is_published {
        (rule.severity.min(Severity::Low), Confidence::Low)
    } else {
        (rule.severity, rule.confidence)
    }
}

fn finding(
    rule: &Rule,
    id: String,
    first: &Place,
    others: &[Place],
    config: Option<&ImageConfig>,
) -> Finding {
    let message = message(first, others, config);
    let (severity, confidence) = weight(rule, first);
    let location = match &first.path {
        Ok(path) => Some(Location {
            line: Some(first.sighting.line),
            ..Location::of_file(first.layer, path)
        }),
        Err(_) => first.layer.map(|layer| Location::of_file(Some(layer), "")),
    };
    Finding {
        id,
        kind: FindingKind::Secret,
        check: rule.id.clone(),
        aliases: vec![rule.name.clone()],
        severity,
        confidence,
        title: rule.title.en.clone(),
        message: message.en,
        remediation: rule.remediation.en.clone(),
        references: rule.references.clone(),
        package: None,
        location,
        vulnerability: None,
        suppressed: None,
        origin: None,
        japanese: Some(Translation {
            title: rule.title.ja.clone(),
            message: message.ja,
            remediation: rule.remediation.ja.clone(),
        }),
    }
}

fn message(first: &Place, others: &[Place], config: Option<&ImageConfig>) -> Message {
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
    if first.sighting.is_shipped {
        add(
            "; its package brings it, so everybody can have it",
            "。パッケージに含まれ、誰でも入手できる",
        );
    }
    if let Some(layer) = first.hidden_by {
        let diff_ids = config.map(|config| config.diff_ids.as_slice()).unwrap_or_default();
        let number = diff_ids.iter().position(|other| *other == layer).map_or(0, |at| at + 1);
        let layer = format!("{number} ({})", short(layer));
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

/// A text of the configuration.
struct Part {
    name: Message,
    /// As what file it is read.
    path: &'static str,
    text: String,
    /// Of a step of the history, the layer that it made.
    layer: Option<Digest>,
    is_step: bool,
}

fn parts(config: &ImageConfig) -> Vec<Part> {
    let part = |en: &str, ja: &str, path, text: String| Part {
        name: Message::new(en, ja),
        path,
        text,
        layer: None,
        is_step: false,
    };
    let mut parts = Vec::new();
    for pair in &config.env {
        let name = pair.split('=').next().unwrap_or_default();
        let (en, ja) = (format!("the variable {name}"), format!("環境変数 {name}"));
        parts.push(part(&en, &ja, ".env", pair.clone()));
    }
    for (name, value) in &config.labels {
        let (en, ja) = (format!("the label {name}"), format!("ラベル {name}"));
        parts.push(part(&en, &ja, ".env", format!("{name}={value}")));
    }
    for (name, words) in [
        ("ENTRYPOINT", &config.entrypoint),
        ("CMD", &config.cmd),
        ("HEALTHCHECK", &config.healthcheck),
    ] {
        parts.push(part(name, name, "Dockerfile", words.join(" ")));
    }
    for (number, step) in (1..).zip(&config.history) {
        let (en, ja) = (format!("step {number}"), format!("履歴のステップ {number}"));
        let layer = step.layer.and_then(|layer| config.diff_ids.get(layer)).copied();
        let step = part(&en, &ja, "Dockerfile", step.created_by.clone());
        parts.push(Part { layer, is_step: true, ..step });
    }
    parts
}

/// Environment, labels, commands and history. What a step of the history only says again is the
/// same secret.
fn config_places(rules: &RuleSet, config: &ImageConfig) -> Vec<Place> {
    let mut places: Vec<Place> = Vec::new();
    // Rule of each secret that stands outside of the history, with the text it stands in.
    let mut said: Vec<(String, String)> = Vec::new();
    let mut left = MAX_CONFIG_BYTES;
    for Part { name, path, text, layer, is_step } in parts(config) {
        let Some(rest) = left.checked_sub(text.len()) else { break };
        left = rest;
        let value = text.split_once('=').map_or(text.as_str(), |(_, value)| value);
        for sighting in rules.scan(path.as_bytes(), text.as_bytes()).found {
            let is_repeated = is_step
                && said
                    .iter()
                    .any(|(rule, value)| *rule == sighting.rule && text.contains(value.as_str()));
            if is_repeated {
                continue;
            }
            if !is_step {
                said.push((sighting.rule.clone(), value.to_owned()));
            }
            places.push(Place {
                sighting,
                path: Err(name.clone()),
                layer,
                ordinal: 0,
                hidden_by: None,
                is_sample: false,
            });
        }
    }
    places
}

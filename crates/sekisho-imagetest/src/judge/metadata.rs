use std::collections::BTreeMap;

use crate::{
    Compat, Pattern, Place, TestResult, View,
    expand::variables,
    suite::{MetadataTest, Variable},
};

const NAME: &str = "Metadata Test";

pub(super) fn judge(test: &MetadataTest, view: &View, compat: Compat) -> TestResult {
    let mistakes = mistakes(test);
    if !mistakes.is_empty() {
        return TestResult { name: NAME.to_owned(), errors: mistakes, ..TestResult::default() };
    }
    let mut result = TestResult::new(NAME, Place::default());
    let Some(config) = &view.config else {
        result.fail("Error retrieving image config: a directory has none; give it with --metadata");
        result.is_unanswered = true;
        return result;
    };
    let env = variables(&config.env);
    let labels: BTreeMap<String, String> = config.labels.iter().cloned().collect();
    for pair in &test.env {
        match env.get(&pair.key) {
            Some(value) if fits(pair, value) => (),
            Some(value) => result.fail(format!(
                "env var {} value {value} does not match expected value: {}",
                pair.key, pair.value.value
            )),
            None => result.fail(format!("variable {} not found in image env", pair.key)),
        }
    }
    for pair in &test.unbound_env {
        if env.contains_key(&pair.key) {
            let key = &pair.key;
            result.fail(format!("env variable {key} should not be present in image metadata"));
        }
    }
    for pair in &test.labels {
        match labels.get(&pair.key) {
            Some(value) if fits(pair, value) => (),
            Some(value) => result.fail(format!(
                "label {} value {value} does not match expected value: {}",
                pair.key, pair.value.value
            )),
            None => result.fail(format!("label {} not found in image metadata", pair.key)),
        }
    }
    for (what, expected, actual) in
        [("Cmd", &test.cmd, &config.cmd), ("entrypoint", &test.entrypoint, &config.entrypoint)]
    {
        if expected.as_ref().is_some_and(|expected| expected != actual) {
            let expected = expected.as_deref().unwrap_or_default();
            result.fail(format!("Image {what} {actual:?} does not match expected: {expected:?}"));
        }
    }
    for (what, expected, actual) in
        [("workdir", &test.workdir, &config.working_dir), ("user", &test.user, &config.user)]
    {
        if !expected.is_empty() && expected != actual {
            result.fail(format!("Image {what} {actual} does not match config {what}: {expected}"));
        }
    }
    let is_exposed = |port: &str| config.exposed_ports.iter().any(|it| is_port(port, it, compat));
    for port in test.exposed_ports.iter().filter(|port| !is_exposed(&port.value)) {
        result.fail(format!("Port {} not found in config", port.value));
    }
    for port in test.unexposed_ports.iter().filter(|port| is_exposed(&port.value)) {
        result.fail(format!("Port {} should not be exposed", port.value));
    }
    let is_volume = |path: &str| config.volumes.iter().any(|it| is_same_path(path, it, compat));
    for volume in test.volumes.iter().filter(|volume| !is_volume(&volume.value)) {
        result.fail(format!("Volume {} not found in config", volume.value));
    }
    for volume in test.unmounted_volumes.iter().filter(|volume| is_volume(&volume.value)) {
        result.fail(format!("Volume {} should not be mounted", volume.value));
    }
    result
}

fn mistakes(test: &MetadataTest) -> Vec<String> {
    let mut mistakes = Vec::new();
    let mut add = |n: usize, text: &str| mistakes.extend(vec![text.to_owned(); n]);
    let n_unnamed = |pairs: &[Variable]| pairs.iter().filter(|pair| pair.key.is_empty()).count();
    add(n_unnamed(&test.env), "Environment variable key cannot be empty");
    add(n_unnamed(&test.labels), "Label key cannot be empty");
    let n_empty = |texts: &[crate::Located<String>]| {
        texts.iter().filter(|text| text.value.is_empty()).count()
    };
    add(n_empty(&test.exposed_ports), "Port cannot be empty");
    add(n_empty(&test.volumes), "Volume cannot be empty");
    mistakes
}

fn fits(pair: &Variable, value: &str) -> bool {
    if pair.is_regex {
        Pattern::parse(&pair.value.value).is_ok_and(|pattern| pattern.is_match(value))
    } else {
        pair.value.value == value
    }
}

/// The peer compares the number alone, as text; `53/udp` then is no port.
fn is_port(expected: &str, exposed: &str, compat: Compat) -> bool {
    let (number, protocol) = exposed.split_once('/').unwrap_or((exposed, "tcp"));
    match expected.split_once('/') {
        Some((expected, wanted)) if compat.is_strict() => {
            number == expected && wanted.eq_ignore_ascii_case(protocol)
        }
        Some(_) => false,
        None => number == expected,
    }
}

fn is_same_path(expected: &str, path: &str, compat: Compat) -> bool {
    if !compat.is_strict() {
        return expected == path;
    }
    let parts = |path: &str| -> Vec<String> {
        path.split('/').filter(|part| !part.is_empty() && *part != ".").map(str::to_owned).collect()
    };
    parts(expected) == parts(path)
}

use std::collections::BTreeMap;

use sekisho_image::ImageConfig;

use super::{ConfigRules, judge::unanswered};
use crate::{Located, Pattern, Place, TestResult, View, expand::variables};

/// What is said where a rule is about the configuration, and a directory has none.
const NO_CONFIG: &str = "a directory has no configuration; give it with --metadata";

/// What is wrong with a configuration, if anything is.
type Check<'a> = &'a dyn Fn(&ImageConfig) -> Option<String>;

type GetText = fn(&ImageConfig) -> &str;
type GetList = fn(&ImageConfig) -> &[String];
type GetPairs = fn(&ImageConfig) -> BTreeMap<String, String>;

pub(super) fn judge(rules: &ConfigRules, view: &View) -> Vec<TestResult> {
    let mut results = Vec::new();
    let mut add = |name: String, place: Place, check: Check<'_>| {
        let mut result = TestResult::new(name, place);
        match &view.config {
            Some(config) => {
                if let Some(error) = check(config) {
                    result.fail(error);
                }
            }
            None => result = unanswered(result, NO_CONFIG),
        }
        results.push(result);
    };
    let texts: [(&str, &Option<Located<String>>, GetText); 3] = [
        ("user", &rules.user, |config| &config.user),
        ("workdir", &rules.workdir, |config| &config.working_dir),
        ("stop_signal", &rules.stop_signal, |config| &config.stop_signal),
    ];
    for (name, rule, get) in texts {
        let Some(Located { value, place }) = rule else { continue };
        add(name.to_owned(), *place, &|config| differs(get(config), value));
    }
    let entrypoint: GetList = |config| &config.entrypoint;
    let cmd: GetList = |config| &config.cmd;
    for (name, rule, get) in
        [("entrypoint", &rules.entrypoint, entrypoint), ("cmd", &rules.cmd, cmd)]
    {
        let Some(Located { value, place }) = rule else { continue };
        add(name.to_owned(), *place, &|config| {
            let actual = get(config);
            (actual != value.as_slice()).then(|| format!("it is {actual:?}, {value:?} is wanted"))
        });
    }
    if let Some(Located { value, place }) = &rules.ports {
        add("ports".to_owned(), *place, &|config| {
            set_differs(config.exposed_ports.iter().map(port), value.iter().map(port))
        });
    }
    if let Some(Located { value, place }) = &rules.volumes {
        let path = |text: &String| format!("/{}", text.trim_matches('/'));
        add("volumes".to_owned(), *place, &|config| {
            set_differs(config.volumes.iter().map(path), value.iter().map(path))
        });
    }
    if let Some(Located { value, place }) = &rules.not_root {
        add("not_root".to_owned(), *place, &|config| {
            let user = config.user.split(':').next().unwrap_or_default();
            let is_root = matches!(user, "" | "root") || user.parse() == Ok(0_u32);
            (is_root == *value).then(|| format!("the user is {user:?}"))
        });
    }
    if let Some(Located { value, place }) = &rules.healthcheck {
        add("healthcheck".to_owned(), *place, &|config| {
            let is_there = !config.healthcheck.is_empty();
            let word = if is_there { "there is one" } else { "there is none" };
            (is_there != *value).then(|| word.to_owned())
        });
    }
    if let Some(Located { value, place }) = &rules.platform {
        add("platform".to_owned(), *place, &|config| {
            let Some(platform) = &config.platform else { return Some("it says none".to_owned()) };
            let is_it = platform.to_string() == *value || platform.architecture == *value;
            (!is_it).then(|| format!("it is {platform}, {value} is wanted"))
        });
    }
    pairs(rules, &mut add);
    results
}

/// Variables and labels, required and forbidden.
fn pairs(rules: &ConfigRules, add: &mut dyn FnMut(String, Place, Check<'_>)) {
    let env: GetPairs = |config| variables(&config.env);
    let labels: GetPairs = |config| config.labels.iter().cloned().collect();
    for (what, required, forbidden, get) in [
        ("env", &rules.env, &rules.forbidden_env, env),
        ("label", &rules.labels, &rules.forbidden_labels, labels),
    ] {
        for (name, Located { value, place }) in required {
            add(format!("{what} {name}"), *place, &|config| match get(config).get(name) {
                None => Some("it is not set".to_owned()),
                Some(actual) => match Pattern::parse(value) {
                    Ok(pattern) if pattern.is_match(actual) => None,
                    Ok(_) => Some(format!("it is {actual:?}, which {value:?} does not match")),
                    Err(err) => Some(format!("{value:?} is no regular expression: {err}")),
                },
            });
        }
        for Located { value: name, place } in forbidden {
            add(format!("no {what} {name}"), *place, &|config| {
                get(config).contains_key(name).then(|| "it is set".to_owned())
            });
        }
    }
}

fn differs(actual: &str, wanted: &str) -> Option<String> {
    (actual != wanted).then(|| format!("it is {actual:?}, {wanted:?} is wanted"))
}

/// `8080` is `8080/tcp`.
fn port(text: &String) -> String {
    if text.contains('/') { text.to_ascii_lowercase() } else { format!("{text}/tcp") }
}

fn set_differs(
    actual: impl Iterator<Item = String>,
    wanted: impl Iterator<Item = String>,
) -> Option<String> {
    let sorted = |mut items: Vec<String>| {
        items.sort();
        items.dedup();
        items
    };
    let (actual, wanted) = (sorted(actual.collect()), sorted(wanted.collect()));
    (actual != wanted).then(|| format!("there are {actual:?}, {wanted:?} are wanted"))
}

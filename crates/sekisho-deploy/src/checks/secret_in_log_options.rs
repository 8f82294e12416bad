use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DeployCheck, Deployment, Fix, Level,
    ask::Answer,
    field::Pair,
    secret_name::{can_be_secret, is_secret_name},
};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0306",
        name: "secret-in-log-options",
        kind: FindingKind::Secret,
        title: Text {
            en: "A token is among the options of the log driver",
            ja: "ログドライバーのオプションにトークンがある",
        },
        severity: Severity::High,
        confidence: Confidence::High,
        rationale: Text {
            en: "Options are shown to everyone who may describe the task definition, and a token for logs can read, flood or forge them.",
            ja: "オプションはタスク定義を見られる者全員に見える。ログのトークンがあれば、読むことも、溢れさせることも、偽造もできる。",
        },
        remediation: Text {
            en: "Move it to `secretOptions`, by the name of a parameter.",
            ja: "`secretOptions` に移し、パラメーター名で指定する。",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LogConfiguration.html",
        ],
        benchmark: None,
    },
    level: Level::Baseline,
    fix: Fix::Automatic,
    aliases: &[],
    run,
};

/// Options that are a token, whatever it looks like.
const TOKENS: &[&str] = &[
    "api_key",
    "apikey",
    "api-key",
    "http_passwd",
    "license_key",
    "licensekey",
    "shared_key",
    "splunk_token",
    "splunk-token",
    "logentries-token",
];

fn run(deployment: &Deployment) -> Outcome {
    let because = Text {
        en: "no log driver has options", ja: "ログドライバーにオプションがない"
    };
    deployment.ask_containers(because, |at, container| {
        let log = container.log.known().map(|log| &log.options);
        let router = container.firelens.known().map(|firelens| &firelens.options);
        let mut failures = Vec::new();
        let mut is_asked = false;
        for Pair { name, value, .. } in [log, router].into_iter().flatten().flatten() {
            is_asked = true;
            let Some(text) = value.whole() else { continue };
            let is_token = TOKENS.contains(&name.to_ascii_lowercase().as_str());
            if (is_token || is_secret_name(name)) && can_be_secret(text) {
                failures.push(at.failure(
                    value.place(),
                    name,
                    format!("{name} is written here"),
                    format!("{name} がここに書かれている"),
                ));
            }
        }
        if is_asked { Answer::of(failures) } else { Answer::NotApplicable }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{UNKNOWN, fargate};

    const OPTIONS: &str = "logConfiguration/options";

    #[test]
    fn tokens_among_the_options_are_found() {
        let log = serde_json::json!({
            "logDriver": "splunk",
            "options": {"splunk-url": "https://logs.example", "splunk-token": "b0eb-1c"},
        });
        fargate().web("logConfiguration", log).finds(&CHECK, "splunk-token is written here");
    }

    #[test]
    fn a_value_that_is_filled_in_later_passes() {
        fargate().web(&format!("{OPTIONS}/api_key"), UNKNOWN).is_clean();
    }
}

use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DeployCheck, Deployment, Fix, Level,
    ask::Answer,
    field::Pair,
    secret_name::{can_be_secret, is_secret_name, password_in_url},
};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0302",
        name: "secret-by-name",
        kind: FindingKind::Secret,
        title: Text {
            en: "A variable for a secret has its value here",
            ja: "秘密用の環境変数に値が書かれている",
        },
        severity: Severity::High,
        confidence: Confidence::Medium,
        rationale: Text {
            en: "The name says that the value is a secret, and it is written where everyone who may describe the task definition reads it. A value for tests tends to become the one in production.",
            ja: "名前からして秘密なのに、タスク定義を見られる者全員に読める場所に値がある。テスト用の値は、そのまま本番の値になりがちである。",
        },
        remediation: Text {
            en: "Put the value into Parameter Store, and name that in `secrets`.",
            ja: "値を Parameter Store に入れ、`secrets` で参照する。",
        },
        references: &["https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Secret.html"],
        benchmark: None,
    },
    level: Level::Baseline,
    fix: Fix::Guided,
    aliases: &["ECS.8", "AVD-AWS-0036"],
    run,
};

fn run(deployment: &Deployment) -> Outcome {
    let because = Text { en: "no environment is set", ja: "環境変数の指定がない" };
    deployment.ask_containers(because, |at, container| {
        let environment = &container.environment;
        if environment.is_empty() {
            return Answer::NotApplicable;
        }
        let find_secret = deployment.settings.find_secret.as_ref();
        let mut failures = Vec::new();
        for Pair { name, value, .. } in environment {
            let Some(text) = value.whole() else { continue };
            // What is a secret by its form, or an address with a password, others report.
            let is_known = find_secret.is_some_and(|find| find(text).is_some())
                || password_in_url(text).is_some();
            if is_secret_name(name) && can_be_secret(text) && !is_known {
                failures.push(at.failure(
                    value.place(),
                    name,
                    format!("the value of {name} is written here"),
                    format!("{name} の値がここに書かれている"),
                ));
            }
        }
        Answer::or_unknown(failures, environment.place.filter(|_| environment.is_open))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    use crate::testing::{UNKNOWN, fargate};

    fn with(name: &str, value: &str) -> crate::testing::Case {
        fargate().web("environment", json!([{"name": name, "value": value}]))
    }

    #[test]
    fn a_value_under_the_name_of_a_secret_is_found() {
        with("API_TOKEN", "hunter2").finds(&CHECK, "the value of API_TOKEN is written here");
        with("dbPassword", "hunter2").finds(&CHECK, "the value of dbPassword is written here");
    }

    #[test]
    fn what_is_only_about_a_secret_passes() {
        with("TOKEN_TTL_SECONDS", "300").is_clean();
        with("DB_SECRET_ARN", "arn:aws:secretsmanager:eu-west-1:1:secret:a").is_clean();
        with("TLS_PRIVATE_KEY", "/run/secrets/tls").is_clean();
    }

    #[test]
    fn a_value_that_is_filled_in_later_passes() {
        with("API_TOKEN", UNKNOWN).is_clean();
    }
}

use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{DeployCheck, Deployment, Fix, Level, ask::Answer, field::Pair};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0301",
        name: "secret-in-environment",
        kind: FindingKind::Secret,
        title: Text { en: "A secret is in the environment", ja: "環境変数に秘密がある" },
        severity: Severity::Critical,
        confidence: Confidence::High,
        rationale: Text {
            en: "Everyone who may describe the task definition reads it, every revision keeps it, and so do the repository and the pipeline. It works for whoever has it, from anywhere.",
            ja: "タスク定義を見られる者全員が読め、全リビジョンとリポジトリ、パイプラインに残る。持つ者なら誰でも、どこからでも使える。",
        },
        remediation: Text {
            en: "Revoke it, put its successor into Parameter Store, and name that in `secrets`.",
            ja: "失効させ、新しい値を Parameter Store に入れ、`secrets` で参照する。",
        },
        references: &["https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Secret.html"],
        benchmark: None,
    },
    level: Level::Baseline,
    fix: Fix::Guided,
    aliases: &["ECS.8"],
    run,
};

fn run(deployment: &Deployment) -> Outcome {
    let because = Text { en: "no environment is set", ja: "環境変数の指定がない" };
    deployment.ask_containers(because, |at, container| {
        let environment = &container.environment;
        let Some(find_secret) = &deployment.settings.find_secret else {
            return Answer::NotApplicable;
        };
        if environment.is_empty() {
            return Answer::NotApplicable;
        }
        let mut failures = Vec::new();
        for Pair { name, value, .. } in environment {
            let Some(kind) = value.whole().and_then(|value| find_secret(value)) else { continue };
            failures.push(at.failure(
                value.place(),
                name,
                format!("{name} holds {kind}"),
                format!("{name} の値: {kind}"),
            ));
        }
        Answer::or_unknown(failures, environment.place.filter(|_| environment.is_open))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    use crate::testing::fargate;

    #[test]
    fn what_looks_like_a_secret_is_found_under_any_name() {
        let environment = json!([{"name": "LOADER", "value": "AKIAIOSFODNN7EXAMPLE"}]);
        fargate().web("environment", environment).finds(&CHECK, "LOADER holds an AWS access key");
    }

    #[test]
    fn a_container_without_environment_is_not_asked() {
        fargate().without_web("environment").does_not_ask(&CHECK);
    }
}

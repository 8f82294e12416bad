use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{DeployCheck, Deployment, Fix, Level, ask::Answer, field::Pair};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0308",
        name: "foreign-secret",
        kind: FindingKind::Configuration,
        title: Text {
            en: "A secret of another application is read",
            ja: "他のアプリケーションの秘密を読んでいる",
        },
        severity: Severity::High,
        confidence: Confidence::Medium,
        rationale: Text {
            en: "Whoever takes over this task gets the secret of the other as well, and rotating it there breaks this one.",
            ja: "このタスクを乗っ取った者が他のアプリケーションの秘密まで手に入れる。向こうで更新すれば、こちらが壊れる。",
        },
        remediation: Text {
            en: "Give the application a secret of its own, below its own path: `/prod/APP/NAME`.",
            ja: "アプリケーション専用のパスに専用の秘密を作る: `/prod/APP/NAME`",
        },
        references: &["https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Secret.html"],
        benchmark: None,
    },
    level: Level::Strict,
    fix: Fix::Report,
    aliases: &[],
    run,
};

/// Words of a family or path that say where, not whose.
const STAGES: &[&str] =
    &["dev", "development", "live", "prod", "production", "qa", "stage", "staging", "stg", "test"];

fn run(deployment: &Deployment) -> Outcome {
    let because = Text {
        en: "no secret lies below the path of an application",
        ja: "アプリケーションのパスにある秘密がない",
    };
    deployment.ask_containers(because, |at, container| {
        let mut failures = Vec::new();
        let mut is_asked = false;
        for Pair { name, value, .. } in &container.secrets {
            let Some(owner) = value.whole().and_then(owner) else { continue };
            is_asked = true;
            if !is_of(&at.task.name, &owner) && !is_of(&container.name, &owner) {
                failures.push(at.failure(
                    value.place(),
                    name,
                    format!("{name} is a secret of {owner}"),
                    format!("{name} は {owner} の秘密である"),
                ));
            }
        }
        if is_asked { Answer::of(failures) } else { Answer::NotApplicable }
    })
}

/// The application of `/STAGE/APPLICATION/NAME`, the one order of paths that names both.
fn owner(value: &str) -> Option<String> {
    let path = match value.split_once(":parameter/") {
        Some((_, path)) => path,
        None => value.split_once(":secret:").map_or(value, |(_, path)| path),
    };
    let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    match parts.as_slice() {
        [stage, owner, _, ..] if STAGES.contains(stage) => Some((*owner).to_owned()),
        _ => None,
    }
}

/// Whether one name is the other, with more words around it or not.
fn is_of(name: &str, owner: &str) -> bool {
    let words = |text: &str| -> Vec<String> {
        let lower = text.to_ascii_lowercase();
        lower.split(['-', '_', '.', '/']).map(str::to_owned).collect()
    };
    let (name, owner) = (words(name), words(owner));
    let is_within = |inner: &[String], outer: &[String]| {
        outer.windows(inner.len().max(1)).any(|window| window == inner)
    };
    is_within(&owner, &name) || is_within(&name, &owner) || name.iter().any(|word| word == "…")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::fargate;

    const FROM: &str = "secrets/0/valueFrom";

    #[test]
    fn a_secret_of_another_application_is_found() {
        let want = "DB_PASSWORD is a secret of billing";
        fargate().web(FROM, "/prod/billing/db-password").finds(&CHECK, want);
    }

    #[test]
    fn secrets_of_ones_own_pass() {
        fargate().web(FROM, "/prod/shop-web/db-password").is_clean();
    }

    #[test]
    fn paths_that_name_no_application_are_not_asked() {
        fargate().web(FROM, "/db-password").does_not_ask(&CHECK);
    }
}

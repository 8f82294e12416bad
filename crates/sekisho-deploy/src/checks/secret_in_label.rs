use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DeployCheck, Deployment, Fix, Level,
    ask::{Answer, At},
    field::{List, Pair},
    secret_name::{can_be_secret, is_secret_name, password_in_url},
};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0305",
        name: "secret-in-label",
        kind: FindingKind::Secret,
        title: Text {
            en: "A secret is in a label or tag", ja: "ラベルかタグに秘密がある"
        },
        severity: Severity::High,
        confidence: Confidence::High,
        rationale: Text {
            en: "Labels and tags are for finding things: consoles, inventories, bills and monitoring copy them everywhere.",
            ja: "ラベルとタグは物を探すためのもので、コンソール、台帳、請求、監視があちこちに写す。",
        },
        remediation: Text {
            en: "Revoke it, and take it out of the label.",
            ja: "失効させ、ラベルから消す。",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html",
        ],
        benchmark: None,
    },
    level: Level::Baseline,
    fix: Fix::Guided,
    aliases: &[],
    run,
};

fn run(deployment: &Deployment) -> Outcome {
    let because = Text { en: "there are no labels or tags", ja: "ラベルもタグもない" };
    let of_tags = deployment.ask_tasks(because, |at, task| of(&at, &task.tags));
    let of_labels = deployment.ask_containers(because, |at, it| of(&at, &it.labels));
    match (of_tags, of_labels) {
        (Outcome::Fail(mut tags), Outcome::Fail(labels)) => {
            tags.extend(labels);
            Outcome::Fail(tags)
        }
        (failed @ Outcome::Fail(_), _) | (_, failed @ Outcome::Fail(_)) => failed,
        (unknown @ Outcome::Unknown { .. }, _) | (_, unknown @ Outcome::Unknown { .. }) => unknown,
        (Outcome::NotApplicable { .. }, other) | (other, _) => other,
    }
}

fn of(at: &At<'_>, pairs: &List<Pair>) -> Answer {
    if pairs.is_empty() {
        return Answer::NotApplicable;
    }
    let find_secret = at.deployment.settings.find_secret.as_ref();
    let failures = pairs.iter().filter_map(|Pair { name, value, .. }| {
        let text = value.whole()?;
        let is_secret = (is_secret_name(name) && can_be_secret(text))
            || password_in_url(text).is_some()
            || find_secret.is_some_and(|find| find(text).is_some());
        is_secret.then(|| {
            at.failure(
                value.place(),
                name,
                format!("{name} holds a secret"),
                format!("{name} に秘密がある"),
            )
        })
    });
    Answer::or_unknown(failures.collect(), pairs.place.filter(|_| pairs.is_open))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    use crate::testing::fargate;

    #[test]
    fn secrets_in_labels_and_tags_are_found() {
        let case = fargate().web("dockerLabels", json!({"api.token": "hunter2"}));
        case.finds(&CHECK, "api.token holds a secret");
        let tag = json!({"key": "db", "value": "postgres://app:hunter2@db/shop"});
        fargate().set("/tags/-", tag).finds(&CHECK, "db holds a secret");
    }

    #[test]
    fn other_labels_pass() {
        fargate().web("dockerLabels", json!({"org.example.team": "shop"})).is_clean();
    }
}

use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DeployCheck, Deployment, Fix, Level,
    ask::{Answer, NO_TASK},
    field::Pair,
    read::duplicates,
};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0311",
        name: "secret-named-twice",
        kind: FindingKind::Configuration,
        title: Text {
            en: "A variable is set twice", ja: "環境変数が二度設定されている"
        },
        severity: Severity::Medium,
        confidence: Confidence::High,
        rationale: Text {
            en: "Which of the two the program sees is up to the agent. A rotated secret may never arrive, or an old value may stay in use.",
            ja: "プログラムにどちらが見えるかはエージェント次第である。更新した秘密が届かなかったり、古い値が使われ続けたりする。",
        },
        remediation: Text {
            en: "Keep one of them: the one in `secrets`.",
            ja: "一方だけ、`secrets` のほうを残す。",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html",
        ],
        benchmark: None,
    },
    level: Level::Baseline,
    fix: Fix::Automatic,
    aliases: &[],
    run,
};

fn run(deployment: &Deployment) -> Outcome {
    deployment.ask_containers(NO_TASK, |at, container| {
        let (environment, secrets) = (&container.environment, &container.secrets);
        let in_both = secrets
            .iter()
            .filter(|secret| environment.iter().any(|variable| variable.name == secret.name));
        let twice = in_both.chain(duplicates(&secrets.items)).chain(duplicates(&environment.items));
        let failures = twice.map(|Pair { name, place, .. }| {
            let (en, ja) = (format!("{name} is set twice"), format!("{name} が二度ある"));
            at.failure(Some(*place), name, en, ja)
        });
        Answer::of(failures.collect())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    use crate::testing::fargate;

    #[test]
    fn a_variable_in_both_lists_or_twice_in_one_is_found() {
        let both = json!([{"name": "DB_PASSWORD", "value": "/run/secrets/db"}]);
        fargate().web("environment", both).finds(&CHECK, "DB_PASSWORD is set twice");
        let twice = json!([{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]);
        fargate().web("environment", twice).finds(&CHECK, "A is set twice");
    }
}

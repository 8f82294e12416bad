use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DeployCheck, Deployment, Fix, Level,
    ask::{Answer, NO_TASK},
    field::Field,
};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0604",
        name: "version-consistency-off",
        kind: FindingKind::Configuration,
        title: Text {
            en: "Tasks of one deployment may run different images",
            ja: "一つのデプロイで異なるイメージが動きうる",
        },
        severity: Severity::Medium,
        confidence: Confidence::High,
        rationale: Text {
            en: "ECS finds the digest behind a tag once for each deployment, so that all tasks run the same. Switched off, a moved tag reaches the next task that starts, without any deployment.",
            ja: "ECS はデプロイごとに一度タグのダイジェストを調べ、全タスクで同じものを動かす。切ると、動かされたタグが、デプロイなしに次のタスクから使われる。",
        },
        remediation: Text {
            en: "Remove `versionConsistency`.",
            ja: "`versionConsistency` を消す。",
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
    deployment.ask_containers(NO_TASK, |at, container| match &container.version_consistency {
        Field::Known(value, place) if value == "disabled" => at.fail(
            Some(*place),
            "versionConsistency is disabled",
            "versionConsistency が disabled である",
        ),
        Field::Unknown(place) => Answer::Unknown(*place),
        Field::Known(..) | Field::Absent => Answer::Pass,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{UNKNOWN, fargate};

    #[test]
    fn consistency_that_is_off_is_found() {
        let case = fargate().web("versionConsistency", "disabled");
        case.finds(&CHECK, "versionConsistency is disabled");
        fargate().web("versionConsistency", UNKNOWN).leaves_open(&CHECK);
    }
}

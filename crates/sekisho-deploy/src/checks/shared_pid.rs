use std::collections::BTreeSet;

use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DeployCheck, Deployment, Fix, Level,
    ask::{Answer, NO_TASK},
    field::Field,
    image_name::ImageName,
};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0107",
        name: "shared-pid",
        kind: FindingKind::Configuration,
        title: Text {
            en: "The containers of the task see each other",
            ja: "タスクのコンテナが互いに見える",
        },
        severity: Severity::Medium,
        confidence: Confidence::High,
        rationale: Text {
            en: "With one process namespace, a sidecar reads the environment of the program, secrets with it, from /proc, as long as both run as the same user.",
            ja: "プロセス名前空間が一つなら、同じユーザーで動くサイドカーが /proc からプログラムの環境変数を、秘密も含めて読める。",
        },
        remediation: Text {
            en: "Remove `pidMode`, or give each container a user of its own.",
            ja: "`pidMode` を消すか、コンテナごとに別のユーザーを与える。",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html",
        ],
        benchmark: None,
    },
    level: Level::Baseline,
    fix: Fix::Report,
    aliases: &[],
    run,
};

fn run(deployment: &Deployment) -> Outcome {
    deployment.ask_tasks(NO_TASK, |at, task| match &task.pid_mode {
        Field::Known(mode, place) if mode == "task" => {
            let repositories: BTreeSet<Option<&str>> =
                task.containers.iter().map(|it| it.image.text().map(repository)).collect();
            if repositories.len() < 2 {
                return Answer::Pass;
            }
            at.fail(
                Some(*place),
                "containers from several images share their processes",
                "異なるイメージのコンテナがプロセスを共有している",
            )
        }
        Field::Unknown(place) => Answer::Unknown(*place),
        Field::Known(..) | Field::Absent => Answer::Pass,
    })
}

/// The image without what tells its versions apart.
fn repository(image: &str) -> &str {
    ImageName::of(image).repository
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::fargate;

    #[test]
    fn a_foreign_sidecar_that_sees_the_program_is_found() {
        let image = format!("registry.example/agent:1@sha256:{}", "b".repeat(64));
        let case = fargate().with_sidecar().set("/pidMode", "task");
        let case = case.set("/containerDefinitions/1/image", image);
        case.finds(&CHECK, "containers from several images share their processes");
    }

    #[test]
    fn containers_of_one_image_pass() {
        fargate().with_sidecar().set("/pidMode", "task").is_clean();
    }
}

use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DeployCheck, Deployment, Fix, Level,
    ask::{Answer, NO_TASK},
};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-1114",
        name: "untagged",
        kind: FindingKind::Configuration,
        title: Text {
            en: "Nothing says whose task definition it is",
            ja: "誰のタスク定義か分からない",
        },
        severity: Severity::Info,
        confidence: Confidence::High,
        rationale: Text {
            en: "Without tags nobody finds the owner of what misbehaves, policies cannot allow by tag, and costs cannot be told apart.",
            ja: "タグがなければ、問題を起こしたものの持ち主が分からず、タグで許可するポリシーも費用の区別もできない。",
        },
        remediation: Text {
            en: "Add `tags` with an owner.", ja: "持ち主を示す `tags` を加える。"
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html",
        ],
        benchmark: None,
    },
    level: Level::Strict,
    fix: Fix::Automatic,
    aliases: &["ECS.15"],
    run,
};

fn run(deployment: &Deployment) -> Outcome {
    deployment.ask_tasks(NO_TASK, |at, task| {
        if task.tags.is_empty() {
            return at.fail(None, "there are no tags", "タグがない");
        }
        Answer::Pass
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::fargate;

    #[test]
    fn a_definition_without_tags_is_found() {
        fargate().without("/tags").finds(&CHECK, "there are no tags");
        fargate().is_clean();
    }
}

use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DeployCheck, Deployment, Fix, Level,
    ask::{Answer, NO_TASK},
};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0806",
        name: "no-essential-container",
        kind: FindingKind::Configuration,
        title: Text {
            en: "No container of the task is essential",
            ja: "必須のコンテナが一つもない",
        },
        severity: Severity::High,
        confidence: Confidence::High,
        rationale: Text {
            en: "The API refuses a task that has nothing to run for.",
            ja: "動かす目的のないタスクは API が拒否する。",
        },
        remediation: Text {
            en: "Make the container of the program essential, which it is without a word.",
            ja: "プログラムのコンテナを必須にする。指定しなければ必須になる。",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html",
        ],
        benchmark: None,
    },
    level: Level::Baseline,
    fix: Fix::Report,
    aliases: &[],
    run,
};

fn run(deployment: &Deployment) -> Outcome {
    deployment.ask_tasks(NO_TASK, |at, task| {
        let containers = &task.containers;
        if containers.items.is_empty() {
            return Answer::NotApplicable;
        }
        if containers.iter().any(|it| it.essential.is_absent() || it.essential.is(&true)) {
            return Answer::Pass;
        }
        if containers.is_open || containers.iter().any(|it| it.essential.is_unknown()) {
            return Answer::Unknown(task.place);
        }
        at.fail(
            None,
            "every container has essential false",
            "全コンテナの essential が false である",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{UNKNOWN, fargate};

    #[test]
    fn a_task_that_needs_nothing_is_found() {
        fargate().web("essential", false).finds(&CHECK, "every container has essential false");
        fargate().web("essential", UNKNOWN).leaves_open(&CHECK);
        fargate().without_web("essential").is_clean();
    }
}

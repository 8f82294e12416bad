use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DeployCheck, Deployment, Fix, Level,
    ask::{Answer, NO_TASK},
    field::Field,
};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0116",
        name: "fault-injection",
        kind: FindingKind::Configuration,
        title: Text {
            en: "Every container may inject faults", ja: "全コンテナが障害を注入できる"
        },
        severity: Severity::Medium,
        confidence: Confidence::High,
        rationale: Text {
            en: "The agent then offers an interface by which any container of the task slows down or cuts its network. It is for experiments, not for production.",
            ja: "エージェントが、タスクのどのコンテナからもネットワークを遅らせ、断てる窓口を開く。実験用であり、本番用ではない。",
        },
        remediation: Text {
            en: "Remove `enableFaultInjection`.",
            ja: "`enableFaultInjection` を消す。",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html",
        ],
        benchmark: None,
    },
    level: Level::Baseline,
    fix: Fix::Automatic,
    aliases: &[],
    run,
};

fn run(deployment: &Deployment) -> Outcome {
    deployment.ask_tasks(NO_TASK, |at, task| match &task.fault_injection {
        Field::Known(true, place) => {
            at.fail(Some(*place), "enableFaultInjection is on", "enableFaultInjection が有効である")
        }
        Field::Unknown(place) => Answer::Unknown(*place),
        Field::Known(false, _) | Field::Absent => Answer::Pass,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{UNKNOWN, fargate};

    #[test]
    fn fault_injection_is_found() {
        fargate().set("/enableFaultInjection", true).finds(&CHECK, "enableFaultInjection is on");
        fargate().set("/enableFaultInjection", false).is_clean();
    }

    #[test]
    fn what_is_decided_later_is_left_open() {
        fargate().set("/enableFaultInjection", UNKNOWN).leaves_open(&CHECK);
    }
}

use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DeployCheck, Deployment, Fix, Level,
    ask::{Answer, NO_TASK},
    field::Field,
};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0106",
        name: "host-pid",
        kind: FindingKind::Configuration,
        title: Text {
            en: "The task sees the processes of its host",
            ja: "タスクがホストのプロセスを見られる",
        },
        severity: Severity::High,
        confidence: Confidence::High,
        rationale: Text {
            en: "With the process namespace of the host, every container of the task sees the command lines and environments of all other tasks and of the agent, and may signal those of the same user.",
            ja: "ホストのプロセス名前空間では、全コンテナが他のタスクやエージェントのコマンドラインと環境変数を見られ、同じユーザーのものにシグナルを送れる。",
        },
        remediation: Text { en: "Remove `pidMode`.", ja: "`pidMode` を消す。" },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html",
        ],
        benchmark: Some("CIS Docker Benchmark 1.7.0, 5.16"),
    },
    level: Level::Baseline,
    fix: Fix::Automatic,
    aliases: &["CKV_AWS_335", "ECS.3"],
    run,
};

fn run(deployment: &Deployment) -> Outcome {
    deployment.ask_tasks(NO_TASK, |at, task| match &task.pid_mode {
        Field::Known(mode, place) if mode == "host" => {
            at.fail(Some(*place), "pidMode is host", "pidMode が host である")
        }
        Field::Unknown(place) => Answer::Unknown(*place),
        Field::Known(..) | Field::Absent => Answer::Pass,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{UNKNOWN, ec2};

    #[test]
    fn the_process_namespace_of_the_host_is_found() {
        ec2().set("/pidMode", "host").finds(&CHECK, "pidMode is host");
    }

    #[test]
    fn what_is_decided_later_is_left_open() {
        ec2().set("/pidMode", UNKNOWN).leaves_open(&CHECK);
    }
}

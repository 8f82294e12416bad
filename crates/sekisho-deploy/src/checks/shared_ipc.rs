use sekisho_check::{About, Failure, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DeployCheck, Deployment, Fix, Level,
    ask::{Answer, NO_TASK},
    field::Field,
};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0108",
        name: "shared-ipc",
        kind: FindingKind::Configuration,
        title: Text {
            en: "The task shares memory with others on its host",
            ja: "タスクがホスト上の他と共有メモリを使う",
        },
        severity: Severity::High,
        confidence: Confidence::High,
        rationale: Text {
            en: "With the IPC namespace of the host, the task reads and writes shared memory and semaphores of everything else there. What applies without a word is up to the Docker daemon.",
            ja: "ホストの IPC 名前空間では、そこにある全ての共有メモリとセマフォを読み書きできる。指定がなければ Docker デーモンの設定次第になる。",
        },
        remediation: Text {
            en: "Set `ipcMode` to `none`, or to `task` where containers of the task share memory.",
            ja: "`ipcMode` を `none` にする。タスク内で共有メモリを使うなら `task` にする。",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html",
        ],
        benchmark: Some("CIS Docker Benchmark 1.7.0, 5.17"),
    },
    level: Level::Baseline,
    fix: Fix::Automatic,
    aliases: &[],
    run,
};

fn run(deployment: &Deployment) -> Outcome {
    deployment.ask_tasks(NO_TASK, |at, task| match &task.ipc_mode {
        Field::Known(mode, place) if mode == "host" => {
            at.fail(Some(*place), "ipcMode is host", "ipcMode が host である")
        }
        Field::Known(..) => Answer::Pass,
        Field::Unknown(place) => Answer::Unknown(*place),
        Field::Absent => match deployment.runs_on_instances(task) {
            _ if task.is_windows() => Answer::NotApplicable,
            Some(false) => Answer::NotApplicable,
            None => Answer::Unknown(task.place),
            Some(true) => {
                let failure = at.failure(
                    None,
                    "",
                    "ipcMode is not set: the Docker daemon decides",
                    "ipcMode の指定がなく、Docker デーモン次第である",
                );
                Answer::Fail(vec![Failure { severity: Some(Severity::Low), ..failure }])
            }
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{UNKNOWN, ec2, fargate};

    #[test]
    fn the_namespace_of_the_host_is_found() {
        ec2().set("/ipcMode", "host").finds(&CHECK, "ipcMode is host");
    }

    #[test]
    fn no_word_of_it_is_left_to_the_daemon() {
        ec2().without("/ipcMode").finds(&CHECK, "ipcMode is not set: the Docker daemon decides");
        fargate().does_not_ask(&CHECK);
    }

    #[test]
    fn what_is_decided_later_is_left_open() {
        ec2().set("/ipcMode", UNKNOWN).leaves_open(&CHECK);
    }
}

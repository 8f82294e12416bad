use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DeployCheck, Deployment, Fix, Level,
    ask::{Answer, NO_TASK},
    field::Field,
};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0501",
        name: "host-network",
        kind: FindingKind::Configuration,
        title: Text {
            en: "The task uses the network of its host",
            ja: "タスクがホストのネットワークを使う",
        },
        severity: Severity::High,
        confidence: Confidence::High,
        rationale: Text {
            en: "It then reaches everything that listens on the instance alone, the agent and instance metadata among it, and shares its security group with every other task.",
            ja: "インスタンス内だけで待ち受けるもの、エージェントやインスタンスメタデータにまで届き、セキュリティグループを他の全タスクと共有する。",
        },
        remediation: Text {
            en: "Set `networkMode` to `awsvpc`.",
            ja: "`networkMode` を `awsvpc` にする。",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html",
        ],
        benchmark: Some("CIS Docker Benchmark 1.7.0, 5.10"),
    },
    level: Level::Baseline,
    fix: Fix::Guided,
    aliases: &["ECS.17"],
    run,
};

fn run(deployment: &Deployment) -> Outcome {
    deployment.ask_tasks(NO_TASK, |at, task| match &task.network_mode {
        Field::Known(mode, place) if mode == "host" => {
            at.fail(Some(*place), "networkMode is host", "networkMode が host である")
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
    fn the_network_of_the_host_is_found() {
        ec2().set("/networkMode", "host").finds(&CHECK, "networkMode is host");
    }

    #[test]
    fn what_is_decided_later_is_left_open() {
        ec2().set("/networkMode", UNKNOWN).leaves_open(&CHECK);
    }
}

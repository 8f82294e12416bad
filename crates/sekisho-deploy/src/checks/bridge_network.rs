use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DeployCheck, Deployment, Fix, Level,
    ask::{Answer, NO_TASK},
    deployment::names,
    field::Field,
};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0502",
        name: "bridge-network",
        kind: FindingKind::Configuration,
        title: Text {
            en: "The task has no security group of its own",
            ja: "タスクに専用のセキュリティグループがない",
        },
        severity: Severity::Medium,
        confidence: Confidence::High,
        rationale: Text {
            en: "In bridge mode every task of an instance may be reached by, and may reach, whatever the security group of the instance allows, and nothing but a rule of the firewall keeps it from the credentials of the instance.",
            ja: "bridge モードでは、インスタンスのセキュリティグループが許すものに全タスクが届き、届かれる。インスタンスの認証情報との間にはファイアウォールの規則しかない。",
        },
        remediation: Text {
            en: "Set `networkMode` to `awsvpc`.",
            ja: "`networkMode` を `awsvpc` にする。",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html",
        ],
        benchmark: None,
    },
    level: Level::Baseline,
    fix: Fix::Guided,
    aliases: &[],
    run,
};

fn run(deployment: &Deployment) -> Outcome {
    deployment.ask_tasks(NO_TASK, |at, task| match &task.network_mode {
        // External instances have no network interfaces to give, and Windows names its bridge.
        _ if names(task, "EXTERNAL") => Answer::NotApplicable,
        Field::Known(mode, place) if matches!(mode.as_str(), "bridge" | "default" | "nat") => at
            .fail(
                Some(*place),
                format!("networkMode is {mode}"),
                format!("networkMode が {mode} である"),
            ),
        // Fargate takes nothing else, and another check says so.
        Field::Absent if deployment.wants_fargate(task) => Answer::NotApplicable,
        Field::Absent => at.fail(
            None,
            "networkMode is not set, which is bridge",
            "networkMode の指定がなく、bridge になる",
        ),
        Field::Unknown(place) => Answer::Unknown(*place),
        Field::Known(..) => Answer::Pass,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{UNKNOWN, ec2};

    #[test]
    fn bridge_mode_is_found_said_or_not() {
        ec2().set("/networkMode", "bridge").finds(&CHECK, "networkMode is bridge");
        ec2().without("/networkMode").finds(&CHECK, "networkMode is not set, which is bridge");
    }

    #[test]
    fn what_is_decided_later_is_left_open() {
        ec2().set("/networkMode", UNKNOWN).leaves_open(&CHECK);
    }
}

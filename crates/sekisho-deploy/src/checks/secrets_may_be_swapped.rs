use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{DeployCheck, Deployment, Fix, Level, ask::Answer, field::Field};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0408",
        name: "secrets-may-be-swapped",
        kind: FindingKind::Configuration,
        title: Text {
            en: "Memory with secrets may be swapped to disk",
            ja: "秘密の入ったメモリーがディスクに退避されうる",
        },
        severity: Severity::Low,
        confidence: Confidence::High,
        rationale: Text {
            en: "What is swapped out stays on the disk of the instance after the task has ended, where its next owner or a snapshot finds it.",
            ja: "退避されたものはタスク終了後もインスタンスのディスクに残り、次の利用者やスナップショットに見つかる。",
        },
        remediation: Text {
            en: "Set `maxSwap` to 0 in `linuxParameters`.",
            ja: "`linuxParameters` の `maxSwap` を 0 にする。",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LinuxParameters.html",
        ],
        benchmark: None,
    },
    level: Level::Strict,
    fix: Fix::Automatic,
    aliases: &[],
    run,
};

fn run(deployment: &Deployment) -> Outcome {
    let because = Text {
        en: "no container with secrets runs on instances",
        ja: "インスタンスで秘密を扱うコンテナがない",
    };
    deployment.ask_containers(because, |at, container| {
        let is_on_instances = deployment.runs_on_instances(at.task);
        let is_for_both = deployment.wants_fargate(at.task);
        if container.secrets.is_empty()
            || is_on_instances == Some(false)
            || is_for_both
            || at.task.is_windows()
        {
            return Answer::NotApplicable;
        }
        match &container.max_swap {
            Field::Known(0, _) => Answer::Pass,
            Field::Unknown(place) => Answer::Unknown(*place),
            Field::Known(..) | Field::Absent => {
                at.fail(container.max_swap.place(), "maxSwap is not 0", "maxSwap が 0 でない")
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{UNKNOWN, ec2, fargate};

    const SWAP: &str = "linuxParameters/maxSwap";

    #[test]
    fn swap_for_secrets_is_found() {
        ec2().web(SWAP, 512).finds(&CHECK, "maxSwap is not 0");
        ec2().without_web(SWAP).finds(&CHECK, "maxSwap is not 0");
        ec2().without_web(SWAP).without_web("secrets").does_not_ask(&CHECK);
        fargate().does_not_ask(&CHECK);
    }

    #[test]
    fn what_is_decided_later_is_left_open() {
        ec2().web(SWAP, UNKNOWN).leaves_open(&CHECK);
    }
}

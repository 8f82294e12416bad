use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DeployCheck, Deployment, Fix, Level,
    ask::{Answer, NO_TASK},
    field::Field,
};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0101",
        name: "privileged",
        kind: FindingKind::Configuration,
        title: Text { en: "The container is privileged", ja: "コンテナが特権を持つ" },
        severity: Severity::Critical,
        confidence: Confidence::High,
        rationale: Text {
            en: "A privileged container has every capability and every device of its host, without seccomp or AppArmor. Whoever takes over the program owns the instance and every other task on it.",
            ja: "特権コンテナはホストの全ケーパビリティと全デバイスを持ち、seccomp も AppArmor も掛からない。プログラムを乗っ取った者は、インスタンスとその上の全タスクを手に入れる。",
        },
        remediation: Text {
            en: "Remove `privileged`, and add the one capability or device that the program needs.",
            ja: "`privileged` を消し、プログラムに必要なケーパビリティかデバイスだけを加える。",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html",
        ],
        benchmark: Some("CIS Docker Benchmark 1.7.0, 5.5"),
    },
    level: Level::Baseline,
    fix: Fix::Automatic,
    aliases: &["CKV_AWS_334", "ECS.4"],
    run,
};

fn run(deployment: &Deployment) -> Outcome {
    deployment.ask_containers(NO_TASK, |at, container| match &container.privileged {
        Field::Known(true, place) => at.fail(
            Some(*place),
            "the container may do everything on its host",
            "コンテナがホストで何でもできる",
        ),
        Field::Unknown(place) => Answer::Unknown(*place),
        Field::Known(false, _) | Field::Absent => Answer::Pass,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{UNKNOWN, ec2};

    #[test]
    fn a_privileged_container_is_found() {
        let case = ec2().web("privileged", true);
        case.finds(&CHECK, "the container may do everything on its host");
    }

    #[test]
    fn no_word_of_it_passes() {
        ec2().without_web("privileged").is_clean();
    }

    #[test]
    fn what_is_decided_later_is_left_open() {
        ec2().web("privileged", UNKNOWN).leaves_open(&CHECK);
    }
}

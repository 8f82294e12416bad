use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DeployCheck, Deployment, Fix, Level,
    ask::{Answer, NO_TASK},
};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0104",
        name: "user-missing",
        kind: FindingKind::Configuration,
        title: Text {
            en: "The user is left to the image", ja: "ユーザーをイメージに任せている"
        },
        severity: Severity::Medium,
        confidence: Confidence::High,
        rationale: Text {
            en: "Without `user` the image decides, and most images say nothing, which is root. Whoever builds the image then decides what the task may do.",
            ja: "`user` がなければイメージが決める。多くのイメージは何も言わず、root になる。タスクの権限を、イメージを作る者が決めることになる。",
        },
        remediation: Text {
            en: "Name a user by number: `\"user\": \"10001:10001\"`.",
            ja: "ユーザーを番号で指定する: `\"user\": \"10001:10001\"`",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html",
        ],
        benchmark: None,
    },
    level: Level::Baseline,
    fix: Fix::Guided,
    aliases: &["ECS.20"],
    run,
};

fn run(deployment: &Deployment) -> Outcome {
    deployment.ask_containers(NO_TASK, |at, container| {
        if at.task.is_windows() {
            Answer::NotApplicable
        } else if container.user.is_absent() {
            at.fail(
                None,
                "no user is named: it is root unless the image says otherwise",
                "ユーザーの指定がない。イメージに指定がなければ root になる",
            )
        } else {
            Answer::Pass
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{ec2, fargate};

    #[test]
    fn a_container_without_a_user_is_found() {
        let want = "no user is named: it is root unless the image says otherwise";
        fargate().without_web("user").finds(&CHECK, want);
    }

    #[test]
    fn windows_has_other_users() {
        let case = ec2().set("/runtimePlatform/operatingSystemFamily", "WINDOWS_SERVER_2022_CORE");
        case.finds_among_others(&CHECK, "");
    }
}

use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DeployCheck, Deployment, Fix, Level,
    ask::{Answer, NO_TASK},
    user::is_root,
};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0105",
        name: "root-group",
        kind: FindingKind::Configuration,
        title: Text {
            en: "The container runs with the group of root",
            ja: "コンテナが root のグループで動く",
        },
        severity: Severity::Low,
        confidence: Confidence::High,
        rationale: Text {
            en: "Files that root shares with its group are open to the program, and images often make such files writable for the group.",
            ja: "root がグループと共有するファイルがプログラムに開かれる。イメージにはグループが書き込めるものが少なくない。",
        },
        remediation: Text {
            en: "Name a group of its own: `\"user\": \"10001:10001\"`.",
            ja: "専用のグループを指定する: `\"user\": \"10001:10001\"`",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html",
        ],
        benchmark: None,
    },
    level: Level::Strict,
    fix: Fix::Guided,
    aliases: &[],
    run,
};

fn run(deployment: &Deployment) -> Outcome {
    deployment.ask_containers(NO_TASK, |at, container| {
        let Some(user) = container.user.whole() else { return Answer::NotApplicable };
        let Some((name, group)) = user.split_once(':') else { return Answer::NotApplicable };
        // Of root as a user another check says enough.
        if is_root(name) == Some(false) && is_root(group) == Some(true) {
            return at.fail(
                container.user.place(),
                format!("the group of {user:?} is that of root"),
                format!("{user:?} のグループは root のものである"),
            );
        }
        Answer::Pass
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::fargate;

    #[test]
    fn the_group_of_root_is_found() {
        fargate().web("user", "10001:0").finds(&CHECK, "the group of \"10001:0\" is that of root");
    }

    #[test]
    fn a_user_without_a_group_is_not_asked() {
        fargate().web("user", "10001").does_not_ask(&CHECK);
    }
}

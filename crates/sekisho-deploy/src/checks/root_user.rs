use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DeployCheck, Deployment, Fix, Level,
    ask::{Answer, NO_TASK},
    field::Field,
    user::is_root,
};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0103",
        name: "root-user",
        kind: FindingKind::Configuration,
        title: Text {
            en: "The container is told to run as root",
            ja: "コンテナを root で動かすよう指定している",
        },
        severity: Severity::High,
        confidence: Confidence::High,
        rationale: Text {
            en: "Every process of the container starts as the user that kernel and runtime trust most: a bug in the program is one step from its host, and from every file in the container.",
            ja: "コンテナの全プロセスが、カーネルとランタイムが最も信頼するユーザーで始まる。プログラムの欠陥一つで、コンテナの全ファイルとホストに手が届く。",
        },
        remediation: Text {
            en: "Name a user by number that owns nothing it need not: `\"user\": \"10001:10001\"`.",
            ja: "余計なものを所有しないユーザーを番号で指定する: `\"user\": \"10001:10001\"`",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html",
        ],
        benchmark: Some("CIS Docker Benchmark 1.7.0, 4.1"),
    },
    level: Level::Baseline,
    fix: Fix::Guided,
    aliases: &["ECS.20"],
    run,
};

fn run(deployment: &Deployment) -> Outcome {
    deployment.ask_containers(NO_TASK, |at, container| match &container.user {
        _ if at.task.is_windows() => Answer::NotApplicable,
        Field::Known(user, place) => match is_root(user) {
            Some(true) => at.fail(
                Some(*place),
                format!("the user is {user:?}, which is root"),
                format!("ユーザーが {user:?}、つまり root である"),
            ),
            Some(false) => Answer::Pass,
            None => Answer::Unknown(*place),
        },
        Field::Unknown(place) => Answer::Unknown(*place),
        Field::Absent => Answer::NotApplicable,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{UNKNOWN, fargate};

    #[test]
    fn every_name_of_root_is_found() {
        for user in ["root", "0", "0:0", "root:app", "00", "+0"] {
            let want = format!("the user is {user:?}, which is root");
            fargate().web("user", user).finds_among_others(&CHECK, &want);
        }
        fargate().web("user", "0:10001").finds(&CHECK, "the user is \"0:10001\", which is root");
    }

    #[test]
    fn other_users_pass() {
        fargate().web("user", "app").is_clean();
        fargate().web("user", "10:20").is_clean();
    }

    #[test]
    fn what_is_decided_later_is_left_open() {
        fargate().web("user", UNKNOWN).leaves_open(&CHECK);
    }
}

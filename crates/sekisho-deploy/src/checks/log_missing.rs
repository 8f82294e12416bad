use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DeployCheck, Deployment, Fix, Level,
    ask::{Answer, NO_TASK},
    field::Field,
};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0701",
        name: "log-missing",
        kind: FindingKind::Configuration,
        title: Text {
            en: "What the container says is not kept", ja: "コンテナのログが残らない"
        },
        severity: Severity::High,
        confidence: Confidence::High,
        rationale: Text {
            en: "Without a log driver the output stays on the instance, if anywhere, and ends with it. What an intruder did cannot be told afterwards.",
            ja: "ログドライバーがなければ、出力は残ってもインスタンスの中だけで、インスタンスと共に消える。侵入者が何をしたか後から分からない。",
        },
        remediation: Text {
            en: "Add `logConfiguration` with `awslogs` or another driver that sends logs away.",
            ja: "`awslogs` など、外に送るドライバーで `logConfiguration` を加える。",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LogConfiguration.html",
        ],
        benchmark: None,
    },
    level: Level::Baseline,
    fix: Fix::Automatic,
    aliases: &["ECS.9"],
    run,
};

fn run(deployment: &Deployment) -> Outcome {
    deployment.ask_containers(NO_TASK, |at, container| match &container.log {
        Field::Known(..) => Answer::Pass,
        Field::Unknown(place) => Answer::Unknown(*place),
        Field::Absent => at.fail(None, "there is no logConfiguration", "logConfiguration がない"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{UNKNOWN, fargate};

    #[test]
    fn a_container_without_logs_is_found() {
        fargate().without_web("logConfiguration").finds(&CHECK, "there is no logConfiguration");
        fargate().web("logConfiguration", UNKNOWN).leaves_open(&CHECK);
    }
}

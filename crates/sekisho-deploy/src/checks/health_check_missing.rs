use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{DeployCheck, Deployment, Fix, Level, ask::Answer, field::Field};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0409",
        name: "health-check-missing",
        kind: FindingKind::Configuration,
        title: Text {
            en: "Nothing tells whether the container works",
            ja: "コンテナが動いているか分からない",
        },
        severity: Severity::Low,
        confidence: Confidence::High,
        rationale: Text {
            en: "A program that hangs stays in service. ECS does not look at the HEALTHCHECK of the image.",
            ja: "固まったプログラムがそのまま使われ続ける。ECS はイメージの HEALTHCHECK を見ない。",
        },
        remediation: Text {
            en: "Add `healthCheck` with a command of the program itself.",
            ja: "プログラム自身のコマンドで `healthCheck` を加える。",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html",
        ],
        benchmark: Some("CIS Docker Benchmark 1.7.0, 5.27"),
    },
    level: Level::Strict,
    fix: Fix::Report,
    aliases: &[],
    run,
};

fn run(deployment: &Deployment) -> Outcome {
    let because = Text { en: "no container listens", ja: "待ち受けるコンテナがない" };
    deployment.ask_containers(because, |at, container| {
        // Batch work has its exit code.
        if container.ports.is_empty() {
            return Answer::NotApplicable;
        }
        match &container.health_check {
            Field::Known(..) => Answer::Pass,
            Field::Unknown(place) => Answer::Unknown(*place),
            Field::Absent => at.fail(None, "there is no healthCheck", "healthCheck がない"),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{UNKNOWN, fargate};

    #[test]
    fn a_container_that_listens_without_a_health_check_is_found() {
        fargate().without_web("healthCheck").finds(&CHECK, "there is no healthCheck");
    }

    #[test]
    fn a_container_that_listens_to_nothing_is_not_asked() {
        fargate().without_web("healthCheck").without_web("portMappings").does_not_ask(&CHECK);
    }

    #[test]
    fn what_is_decided_later_is_left_open() {
        fargate().web("healthCheck", UNKNOWN).leaves_open(&CHECK);
    }
}

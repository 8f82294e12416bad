use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{DeployCheck, Deployment, Fix, Level, ask::Answer};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0703",
        name: "log-options-missing",
        kind: FindingKind::Configuration,
        title: Text {
            en: "The log driver lacks what it needs",
            ja: "ログドライバーに必要な指定がない",
        },
        severity: Severity::High,
        confidence: Confidence::High,
        rationale: Text {
            en: "The task does not start, or its logs cannot be told from those of others: `awslogs` needs a group and a region, and on Fargate a prefix.",
            ja: "タスクが起動しないか、ログが他と区別できない。`awslogs` にはグループとリージョン、Fargate では接頭辞も必要である。",
        },
        remediation: Text {
            en: "Add `awslogs-group`, `awslogs-region` and `awslogs-stream-prefix`.",
            ja: "`awslogs-group`、`awslogs-region`、`awslogs-stream-prefix` を加える。",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LogConfiguration.html",
        ],
        benchmark: None,
    },
    level: Level::Baseline,
    fix: Fix::Automatic,
    aliases: &[],
    run,
};

fn run(deployment: &Deployment) -> Outcome {
    let because =
        Text { en: "no container logs by awslogs", ja: "awslogs を使うコンテナがない" };
    deployment.ask_containers(because, |at, container| {
        let Some(log) = container.log.known() else { return Answer::NotApplicable };
        if log.driver.text() != Some("awslogs") {
            return Answer::NotApplicable;
        }
        let mut wanted = vec!["awslogs-group", "awslogs-region"];
        if deployment.wants_fargate(at.task) {
            wanted.push("awslogs-stream-prefix");
        }
        let missing: Vec<&str> =
            wanted.into_iter().filter(|name| log.option(name).is_none()).collect();
        if missing.is_empty() {
            return Answer::Pass;
        }
        if log.options.is_open {
            return Answer::Unknown(log.options.place.unwrap_or(container.place));
        }
        let missing = missing.join(", ");
        at.fail(
            log.options.place.or(log.driver.place()),
            format!("{missing} is missing"),
            format!("{missing} がない"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{UNKNOWN, ec2, fargate};

    const OPTIONS: &str = "logConfiguration/options";

    #[test]
    fn missing_options_are_named() {
        let prefix = "logConfiguration/options/awslogs-stream-prefix";
        fargate().without_web(prefix).finds(&CHECK, "awslogs-stream-prefix is missing");
        ec2().without_web(prefix).is_clean();
        let group = "logConfiguration/options/awslogs-group";
        ec2().without_web(group).finds(&CHECK, "awslogs-group is missing");
    }

    #[test]
    fn what_is_decided_later_is_left_open() {
        fargate().web(OPTIONS, UNKNOWN).leaves_open(&CHECK);
    }
}

use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DeployCheck, Deployment, Fix, Level,
    ask::{Answer, NO_TASK},
    field::{Field, Spot},
};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0410",
        name: "timeout-out-of-range",
        kind: FindingKind::Configuration,
        title: Text {
            en: "A timeout or restart policy does not do what it says",
            ja: "制限時間か再起動ポリシーが意図通りに働かない",
        },
        severity: Severity::Low,
        confidence: Confidence::High,
        rationale: Text {
            en: "Timeouts outside the range are refused. A restart policy that ignores every failure hides a program that crashes again and again from the service.",
            ja: "範囲外の制限時間は拒否される。全ての失敗を無視する再起動ポリシーは、落ち続けるプログラムをサービスから隠す。",
        },
        remediation: Text {
            en: "Stay within 2 to 120 seconds on Fargate, and 60 to 1800 for restarts; ignore only the exit code 0.",
            ja: "Fargate では 2〜120 秒、再起動は 60〜1800 秒に収め、無視する終了コードは 0 だけにする。",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html",
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerRestartPolicy.html",
        ],
        benchmark: None,
    },
    level: Level::Baseline,
    fix: Fix::Automatic,
    aliases: &[],
    run,
};

fn run(deployment: &Deployment) -> Outcome {
    deployment.ask_containers(NO_TASK, |at, container| {
        let mut failures = Vec::new();
        let mut unknown = None;
        let is_fargate = deployment.wants_fargate(at.task);
        let timeouts = [
            (
                "startTimeout",
                &container.start_timeout,
                if is_fargate { 2..=120 } else { 2..=86_400 },
            ),
            ("stopTimeout", &container.stop_timeout, if is_fargate { 2..=120 } else { 0..=86_400 }),
        ];
        let mut ask =
            |name: &str, field: &Field<i64>, range: std::ops::RangeInclusive<i64>| match field {
                Field::Known(seconds, place) if !range.contains(seconds) => {
                    failures.push(at.failure(
                        Some(*place),
                        name,
                        format!("{name} is {seconds}, not {} to {}", range.start(), range.end()),
                        format!(
                            "{name} が {seconds} で、{}〜{} の外である",
                            range.start(),
                            range.end()
                        ),
                    ));
                }
                Field::Unknown(place) => unknown = Some(*place),
                Field::Known(..) | Field::Absent => (),
            };
        for (name, field, range) in timeouts {
            ask(name, field, range);
        }
        if let Some(policy) = container.restart_policy.known().filter(|it| it.enabled.is(&true)) {
            ask("restartAttemptPeriod", &policy.period, 60..=1800);
            let ignored = policy.ignored_exit_codes.iter().find(|code| code.value != "0");
            if let Some(Spot { value, place }) = ignored {
                failures.push(at.failure(
                    Some(*place),
                    "ignoredExitCodes",
                    format!("the exit code {value} is ignored"),
                    format!("終了コード {value} を無視している"),
                ));
            }
        }
        Answer::or_unknown(failures, unknown)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    use crate::testing::{UNKNOWN, ec2, fargate};

    #[test]
    fn times_out_of_range_are_found() {
        fargate().web("stopTimeout", 300).finds(&CHECK, "stopTimeout is 300, not 2 to 120");
        ec2().web("stopTimeout", 300).is_clean();
        let policy = json!({"enabled": true, "restartAttemptPeriod": 10});
        let want = "restartAttemptPeriod is 10, not 60 to 1800";
        fargate().web("restartPolicy", policy).finds(&CHECK, want);
    }

    #[test]
    fn failures_that_are_ignored_are_found() {
        let policy = json!({"enabled": true, "ignoredExitCodes": [1]});
        fargate().web("restartPolicy", policy).finds(&CHECK, "the exit code 1 is ignored");
    }

    #[test]
    fn what_is_decided_later_is_left_open() {
        fargate().web("stopTimeout", UNKNOWN).leaves_open(&CHECK);
    }
}

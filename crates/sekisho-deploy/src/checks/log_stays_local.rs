use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{DeployCheck, Deployment, Fix, Level, ask::Answer, field::Field};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0702",
        name: "log-stays-local",
        kind: FindingKind::Configuration,
        title: Text {
            en: "The logs stay on the instance", ja: "ログがインスタンスに留まる"
        },
        severity: Severity::Medium,
        confidence: Confidence::High,
        rationale: Text {
            en: "They end with the instance, whoever takes it over changes them, and on Fargate the driver is refused.",
            ja: "インスタンスと共に消え、乗っ取った者に書き換えられる。Fargate ではそのドライバーは拒否される。",
        },
        remediation: Text {
            en: "Use `awslogs`, `splunk` or `awsfirelens`.",
            ja: "`awslogs`、`splunk`、`awsfirelens` のいずれかを使う。",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LogConfiguration.html",
        ],
        benchmark: None,
    },
    level: Level::Baseline,
    fix: Fix::Guided,
    aliases: &[],
    run,
};

fn run(deployment: &Deployment) -> Outcome {
    let because = Text { en: "there is no log driver", ja: "ログドライバーがない" };
    deployment.ask_containers(because, |at, container| {
        let Some(log) = container.log.known() else { return Answer::NotApplicable };
        match &log.driver {
            Field::Known(driver, place) => {
                let is_remote = match log.option("syslog-address").and_then(|it| it.value.text()) {
                    Some(address) => driver == "syslog" && !address.starts_with("unix"),
                    None => matches!(
                        driver.as_str(),
                        "awsfirelens" | "awslogs" | "fluentd" | "gelf" | "splunk"
                    ),
                };
                let is_refused = deployment.wants_fargate(at.task)
                    && !matches!(driver.as_str(), "awsfirelens" | "awslogs" | "splunk");
                match (is_refused, is_remote) {
                    (true, _) => at.fail(
                        Some(*place),
                        format!("{driver} does not run on Fargate"),
                        format!("{driver} は Fargate で動かない"),
                    ),
                    (false, true) => Answer::Pass,
                    (false, false) => at.fail(
                        Some(*place),
                        format!("{driver} keeps logs on the instance"),
                        format!("{driver} はログをインスタンスに置く"),
                    ),
                }
            }
            Field::Unknown(place) => Answer::Unknown(*place),
            Field::Absent => Answer::NotApplicable,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    use crate::testing::{UNKNOWN, ec2, fargate};

    const DRIVER: &str = "logConfiguration";

    #[test]
    fn drivers_that_keep_logs_are_found() {
        let file = json!({"logDriver": "json-file"});
        ec2().web(DRIVER, file.clone()).finds(&CHECK, "json-file keeps logs on the instance");
        fargate().web(DRIVER, file).finds(&CHECK, "json-file does not run on Fargate");
        let syslog =
            json!({"logDriver": "syslog", "options": {"syslog-address": "tcp://logs:514"}});
        ec2().web(DRIVER, syslog).is_clean();
    }

    #[test]
    fn what_is_decided_later_is_left_open() {
        ec2().web(DRIVER, json!({"logDriver": UNKNOWN})).leaves_open(&CHECK);
    }
}

use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{DeployCheck, Deployment, Fix, Level, ask::Answer, field::Field};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0704",
        name: "log-blocks",
        kind: FindingKind::Configuration,
        title: Text {
            en: "The program waits for its logs", ja: "プログラムがログを待つ"
        },
        severity: Severity::Low,
        confidence: Confidence::High,
        rationale: Text {
            en: "When logs cannot be sent, a blocking driver stops the program at its next line of output: trouble with logs becomes trouble with the service.",
            ja: "ログを送れないとき、ブロックするドライバーは次の出力でプログラムを止める。ログの障害がサービスの障害になる。",
        },
        remediation: Text {
            en: "Set the options `mode` to `non-blocking` and `max-buffer-size` to `25m`.",
            ja: "オプション `mode` を `non-blocking`、`max-buffer-size` を `25m` にする。",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LogConfiguration.html",
        ],
        benchmark: None,
    },
    level: Level::Strict,
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
        let Some(mode) = log.option("mode") else {
            if log.options.is_open {
                return Answer::Unknown(log.options.place.unwrap_or(container.place));
            }
            return at.fail(log.options.place, "no mode is set", "mode の指定がない");
        };
        match &mode.value {
            Field::Known(mode, _) if mode == "non-blocking" => Answer::Pass,
            Field::Unknown(place) => Answer::Unknown(*place),
            Field::Known(..) | Field::Absent => at.fail(
                mode.value.place().or(Some(mode.place)),
                "the mode is blocking",
                "mode が blocking である",
            ),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{UNKNOWN, fargate};

    const MODE: &str = "logConfiguration/options/mode";

    #[test]
    fn a_driver_that_blocks_is_found() {
        fargate().web(MODE, "blocking").finds(&CHECK, "the mode is blocking");
        fargate().without_web(MODE).finds(&CHECK, "no mode is set");
        fargate().web(MODE, UNKNOWN).leaves_open(&CHECK);
    }
}

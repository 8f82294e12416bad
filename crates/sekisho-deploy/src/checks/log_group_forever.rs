use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DeployCheck, Deployment, Fix, Level, ask::Answer, field::Field, resource::ResourceKind,
};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0705",
        name: "log-group-forever",
        kind: FindingKind::Configuration,
        title: Text { en: "The logs are kept for ever", ja: "ログが無期限に残る" },
        severity: Severity::Low,
        confidence: Confidence::High,
        rationale: Text {
            en: "Logs hold what people did and typed. What is kept without end can leak without end, and nobody decided so.",
            ja: "ログには人が行い、入力したことが残る。無期限に残せば無期限に漏れうるが、誰もそう決めてはいない。",
        },
        remediation: Text {
            en: "Set the retention in days, as long as investigations need.",
            ja: "調査に必要な期間だけ、日数で保持期間を設定する。",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html",
        ],
        benchmark: None,
    },
    level: Level::Strict,
    fix: Fix::Automatic,
    aliases: &["CKV_AWS_66"],
    run,
};

fn run(deployment: &Deployment) -> Outcome {
    let because = Text { en: "there is no log group", ja: "ロググループがない" };
    deployment.ask_resources(ResourceKind::LogGroup, because, |at| {
        match at.resource.text("retentionInDays") {
            // Zero stands for no end.
            Field::Known(days, _) if days != "0" => Answer::Pass,
            Field::Unknown(place) => Answer::Unknown(place),
            Field::Known(_, place) => at.fail(Some(place), "retention is 0", "保持期間が 0 である"),
            Field::Absent => at.fail(None, "no retention is set", "保持期間の指定がない"),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::ask;

    #[test]
    fn logs_without_an_end_are_found() {
        let template = "Resources:\n  Logs:\n    Type: AWS::Logs::LogGroup\n    Properties: {}\n";
        assert_eq!(ask(&CHECK, "stack.yaml", template), "2: no retention is set");
        let terraform =
            "resource \"aws_cloudwatch_log_group\" \"web\" {\n  retention_in_days = 0\n}\n";
        assert_eq!(ask(&CHECK, "main.tf", terraform), "2: retention is 0");
        assert_eq!(ask(&CHECK, "main.tf", &terraform.replace("= 0", "= 30")), "pass");
    }
}

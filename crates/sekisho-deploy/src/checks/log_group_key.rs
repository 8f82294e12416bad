use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{DeployCheck, Deployment, Fix, Level, ask::Answer, resource::ResourceKind};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0706",
        name: "log-group-key",
        kind: FindingKind::Configuration,
        title: Text {
            en: "The logs are not encrypted with a key of one's own",
            ja: "ログが自前の鍵で暗号化されていない",
        },
        severity: Severity::Low,
        confidence: Confidence::High,
        rationale: Text {
            en: "With a key of one's own, reading the logs takes a permission on the key as well, and taking it away locks every copy.",
            ja: "自前の鍵なら、ログを読むのに鍵の権限も要り、それを取り上げれば全ての写しが読めなくなる。",
        },
        remediation: Text {
            en: "Set `kmsKeyId` of the log group.",
            ja: "ロググループの `kmsKeyId` を設定する。",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html",
        ],
        benchmark: None,
    },
    level: Level::Strict,
    fix: Fix::Guided,
    aliases: &["CKV_AWS_158"],
    run,
};

fn run(deployment: &Deployment) -> Outcome {
    let because = Text { en: "there is no log group", ja: "ロググループがない" };
    deployment.ask_resources(ResourceKind::LogGroup, because, |at| {
        if at.resource.text("kmsKeyId").is_absent() {
            return at.fail(None, "no key is named", "鍵の指定がない");
        }
        Answer::Pass
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::ask;

    #[test]
    fn logs_without_a_key_are_found() {
        let template = "Resources:\n  Logs:\n    Type: AWS::Logs::LogGroup\n    Properties: {}\n";
        assert_eq!(ask(&CHECK, "stack.yaml", template), "2: no key is named");
        let terraform = "resource \"aws_cloudwatch_log_group\" \"web\" {\n  kms_key_id = aws_kms_key.a.arn\n}\n";
        assert_eq!(ask(&CHECK, "main.tf", terraform), "pass");
    }
}

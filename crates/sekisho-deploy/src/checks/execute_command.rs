use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DeployCheck, Deployment, Fix, Level, ask::Answer, field::Field, resource::ResourceKind,
};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-1102",
        name: "execute-command",
        kind: FindingKind::Configuration,
        title: Text {
            en: "Operators can open a shell in the containers",
            ja: "運用者がコンテナでシェルを開ける",
        },
        severity: Severity::Medium,
        confidence: Confidence::High,
        rationale: Text {
            en: "Whoever may call ExecuteCommand gets a shell with the secrets and the role of the program, and changes what nobody deployed.",
            ja: "ExecuteCommand を呼べる者が、プログラムの秘密とロールを持つシェルを得て、デプロイされていない変更を加えられる。",
        },
        remediation: Text {
            en: "Set `enableExecuteCommand` to false, and switch it on for the time of an investigation.",
            ja: "`enableExecuteCommand` を false にし、調査の間だけ有効にする。",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html",
            "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html",
        ],
        benchmark: None,
    },
    level: Level::Strict,
    fix: Fix::Automatic,
    aliases: &[],
    run,
};

fn run(deployment: &Deployment) -> Outcome {
    let because = Text { en: "there is no service", ja: "サービスがない" };
    deployment.ask_resources(ResourceKind::Service, because, |at| {
        match at.resource.text("enableExecuteCommand") {
            Field::Known(value, place) if value == "true" => at.fail(
                Some(place),
                "enableExecuteCommand is on",
                "enableExecuteCommand が有効である",
            ),
            Field::Unknown(place) => Answer::Unknown(place),
            Field::Known(..) | Field::Absent => Answer::Pass,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::ask;

    #[test]
    fn a_shell_for_operators_is_found_in_every_notation() {
        let definition = r#"{"launchType": "FARGATE", "enableExecuteCommand": true}"#;
        assert_eq!(ask(&CHECK, "service.json", definition), "1: enableExecuteCommand is on");
        let template = "Resources:\n  Web:\n    Type: AWS::ECS::Service\n    Properties:\n      \
                        EnableExecuteCommand: true\n";
        assert_eq!(ask(&CHECK, "stack.yaml", template), "5: enableExecuteCommand is on");
        let terraform =
            "resource \"aws_ecs_service\" \"web\" {\n  enable_execute_command = true\n}\n";
        assert_eq!(ask(&CHECK, "main.tf", terraform), "2: enableExecuteCommand is on");
        assert_eq!(ask(&CHECK, "main.tf", &terraform.replace("true", "false")), "pass");
    }
}

use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DeployCheck, Deployment, Fix, Level,
    ask::Answer,
    field::Field,
    resource::{ResourceKind, only},
};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-1101",
        name: "public-address",
        kind: FindingKind::Configuration,
        title: Text {
            en: "The tasks of the service have public addresses",
            ja: "サービスのタスクがパブリックアドレスを持つ",
        },
        severity: Severity::High,
        confidence: Confidence::High,
        rationale: Text {
            en: "Every port that the security group lets through is then open to the internet, past the load balancer and whatever it filters.",
            ja: "セキュリティグループが通す全ポートが、ロードバランサーとそのフィルターを素通りしてインターネットに開く。",
        },
        remediation: Text {
            en: "Set `assignPublicIp` to `DISABLED`, and reach AWS by endpoints or a NAT gateway.",
            ja: "`assignPublicIp` を `DISABLED` にし、AWS へはエンドポイントか NAT ゲートウェイで出る。",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html",
        ],
        benchmark: None,
    },
    level: Level::Baseline,
    fix: Fix::Automatic,
    aliases: &["CKV_AWS_333", "ECS.2"],
    run,
};

fn run(deployment: &Deployment) -> Outcome {
    let because = Text { en: "there is no service", ja: "サービスがない" };
    deployment.ask_resources(ResourceKind::Service, because, |at| {
        let network = at.resource.part(&["networkConfiguration"]);
        let Some(network) = network else { return Answer::NotApplicable };
        let network = network.get("awsvpcConfiguration").map_or(network, only);
        match network.text_field("assignPublicIp") {
            Field::Known(value, place) if matches!(value.as_str(), "ENABLED" | "true") => {
                at.fail(Some(place), "assignPublicIp is on", "assignPublicIp が有効である")
            }
            Field::Unknown(place) => Answer::Unknown(place),
            Field::Known(..) | Field::Absent if network.is_unknown() => {
                Answer::Unknown(network.place)
            }
            Field::Known(..) | Field::Absent => Answer::Pass,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::ask;

    #[test]
    fn public_addresses_are_found_in_every_notation() {
        let definition = r#"{"serviceName": "web", "launchType": "FARGATE", "networkConfiguration":
            {"awsvpcConfiguration": {"subnets": ["a"], "assignPublicIp": "ENABLED"}}}"#;
        assert_eq!(ask(&CHECK, "service.json", definition), "2: assignPublicIp is on");
        let template = "Resources:\n  Web:\n    Type: AWS::ECS::Service\n    Properties:\n      \
                        NetworkConfiguration:\n        AwsvpcConfiguration:\n          AssignPublicIp: ENABLED\n";
        assert_eq!(ask(&CHECK, "stack.yaml", template), "7: assignPublicIp is on");
        let terraform = "resource \"aws_ecs_service\" \"web\" {\n  network_configuration {\n    \
                         assign_public_ip = true\n  }\n}\n";
        assert_eq!(ask(&CHECK, "main.tf", terraform), "3: assignPublicIp is on");
        let later = terraform.replace("true", "var.public");
        assert!(ask(&CHECK, "main.tf", &later).starts_with("unknown: "), "{later}");
        assert_eq!(ask(&CHECK, "main.tf", &terraform.replace("true", "false")), "pass");
    }

    #[test]
    fn without_a_service_nothing_is_asked() {
        let template = "Resources: {}\n# AWS::\n";
        assert_eq!(ask(&CHECK, "stack.yaml", template), "not applicable: there is no service");
    }
}

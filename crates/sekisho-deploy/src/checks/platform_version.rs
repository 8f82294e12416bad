use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DeployCheck, Deployment, Fix, Level, ask::Answer, field::Field, resource::ResourceKind,
};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-1105",
        name: "platform-version",
        kind: FindingKind::Configuration,
        title: Text {
            en: "The service stays on an old platform version",
            ja: "サービスが古いプラットフォームバージョンに留まる",
        },
        severity: Severity::Medium,
        confidence: Confidence::High,
        rationale: Text {
            en: "A fixed version of the platform gets no repairs of the kernel and the container runtime beyond its life.",
            ja: "固定したバージョンは、寿命が尽きればカーネルとコンテナランタイムの修正を受けられない。",
        },
        remediation: Text {
            en: "Remove `platformVersion`, or set it to `LATEST`.",
            ja: "`platformVersion` を消すか、`LATEST` にする。",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/platform-fargate.html",
        ],
        benchmark: None,
    },
    level: Level::Baseline,
    fix: Fix::Automatic,
    aliases: &["CKV_AWS_332", "ECS.10"],
    run,
};

fn run(deployment: &Deployment) -> Outcome {
    let because = Text { en: "there is no service", ja: "サービスがない" };
    deployment.ask_resources(ResourceKind::Service, because, |at| {
        match at.resource.text("platformVersion") {
            Field::Known(version, place) if version != "LATEST" => at.fail(
                Some(place),
                format!("platformVersion is {version}"),
                format!("platformVersion が {version} である"),
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
    fn a_fixed_version_is_found_in_every_notation() {
        let definition = r#"{"launchType": "FARGATE", "platformVersion": "1.4.0"}"#;
        assert_eq!(ask(&CHECK, "service.json", definition), "1: platformVersion is 1.4.0");
        let template = "Resources:\n  Web:\n    Type: AWS::ECS::Service\n    Properties:\n      \
                        PlatformVersion: 1.4.0\n";
        assert_eq!(ask(&CHECK, "stack.yaml", template), "5: platformVersion is 1.4.0");
        let terraform =
            "resource \"aws_ecs_service\" \"web\" {\n  platform_version = \"1.4.0\"\n}\n";
        assert_eq!(ask(&CHECK, "main.tf", terraform), "2: platformVersion is 1.4.0");
        assert_eq!(ask(&CHECK, "main.tf", &terraform.replace("1.4.0", "LATEST")), "pass");
    }
}

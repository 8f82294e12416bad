use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DeployCheck, Deployment, Fix, Level, ask::Answer, field::Field, node::Node,
    resource::ResourceKind,
};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-1106",
        name: "no-container-insights",
        kind: FindingKind::Configuration,
        title: Text {
            en: "Nobody measures what the containers use",
            ja: "コンテナの使用量を測っていない",
        },
        severity: Severity::Low,
        confidence: Confidence::High,
        rationale: Text {
            en: "Without measures per task, a miner or a leak shows on the bill at the end of the month.",
            ja: "タスクごとの計測がなければ、採掘プログラムも漏れも月末の請求で初めて分かる。",
        },
        remediation: Text {
            en: "Set the cluster's setting `containerInsights` to `enabled` or `enhanced`.",
            ja: "クラスターの設定 `containerInsights` を `enabled` か `enhanced` にする。",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ClusterSetting.html",
        ],
        benchmark: None,
    },
    level: Level::Strict,
    fix: Fix::Automatic,
    aliases: &["CKV_AWS_65", "ECS.12"],
    run,
};

fn run(deployment: &Deployment) -> Outcome {
    let because = Text { en: "there is no cluster", ja: "クラスターがない" };
    deployment.ask_resources(ResourceKind::Cluster, because, |at| {
        let settings =
            at.resource.node.get("clusterSettings").or_else(|| at.resource.node.get("setting"));
        let Some(settings) = settings else {
            return at.fail(None, "containerInsights is not set", "containerInsights の指定がない");
        };
        let insights = settings
            .one_or_more()
            .iter()
            .find(|it| it.get("name").and_then(Node::as_text) == Some("containerInsights"));
        match insights.map(|it| it.text_field("value")) {
            Some(Field::Known(value, _)) if value != "disabled" => Answer::Pass,
            Some(Field::Unknown(place)) => Answer::Unknown(place),
            None if settings.is_unknown() => Answer::Unknown(settings.place),
            Some(Field::Known(..) | Field::Absent) | None => at.fail(
                Some(settings.place),
                "containerInsights is off",
                "containerInsights が無効である",
            ),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::ask;

    #[test]
    fn clusters_that_measure_nothing_are_found() {
        let template = "Resources:\n  Cluster:\n    Type: AWS::ECS::Cluster\n";
        assert_eq!(ask(&CHECK, "stack.yaml", template), "2: containerInsights is not set");
        let terraform = "resource \"aws_ecs_cluster\" \"main\" {\n  setting {\n    \
                         name  = \"containerInsights\"\n    value = \"disabled\"\n  }\n}\n";
        assert_eq!(ask(&CHECK, "main.tf", terraform), "2: containerInsights is off");
        assert_eq!(ask(&CHECK, "main.tf", &terraform.replace("disabled", "enhanced")), "pass");
    }
}

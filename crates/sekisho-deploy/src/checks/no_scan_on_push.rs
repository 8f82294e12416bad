use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DeployCheck, Deployment, Fix, Level, ask::Answer, field::Field, resource::ResourceKind,
};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-4102",
        name: "no-scan-on-push",
        kind: FindingKind::Configuration,
        title: Text {
            en: "Images are not scanned when they are pushed",
            ja: "push されたイメージをスキャンしていない",
        },
        severity: Severity::Medium,
        confidence: Confidence::High,
        rationale: Text {
            en: "Nobody then looks at an image between its build and its run, unless the pipeline does.",
            ja: "パイプラインが見ない限り、ビルドから実行まで誰もイメージを調べない。",
        },
        remediation: Text {
            en: "Set `scanOnPush` to true, or scan in the pipeline and accept this here.",
            ja: "`scanOnPush` を true にするか、パイプラインでスキャンして例外に登録する。",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html",
        ],
        benchmark: None,
    },
    level: Level::Baseline,
    fix: Fix::Automatic,
    aliases: &["CKV_AWS_163", "ECR.1"],
    run,
};

fn run(deployment: &Deployment) -> Outcome {
    let because = Text { en: "there is no repository", ja: "リポジトリがない" };
    deployment.ask_resources(ResourceKind::Repository, because, |at| {
        let scanning = at.resource.part(&["imageScanningConfiguration"]);
        match scanning.map(|it| it.flag_field("scanOnPush")) {
            Some(Field::Known(true, _)) => Answer::Pass,
            Some(Field::Unknown(place)) => Answer::Unknown(place),
            Some(Field::Known(false, place)) => {
                at.fail(Some(place), "scanOnPush is off", "scanOnPush が無効である")
            }
            Some(Field::Absent) | None => {
                at.fail(None, "scanOnPush is not set", "scanOnPush の指定がない")
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::ask;

    #[test]
    fn repositories_that_scan_nothing_are_found() {
        let template = "Resources:\n  Shop:\n    Type: AWS::ECR::Repository\n";
        assert_eq!(ask(&CHECK, "stack.yaml", template), "2: scanOnPush is not set");
        let terraform = "resource \"aws_ecr_repository\" \"shop\" {\n  image_scanning_configuration {\n    \
                         scan_on_push = false\n  }\n}\n";
        assert_eq!(ask(&CHECK, "main.tf", terraform), "3: scanOnPush is off");
        assert_eq!(ask(&CHECK, "main.tf", &terraform.replace("false", "true")), "pass");
    }
}

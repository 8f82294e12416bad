use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DeployCheck, Deployment, Fix, Level, ask::Answer, field::Field, resource::ResourceKind,
};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-4101",
        name: "mutable-tags",
        kind: FindingKind::Configuration,
        title: Text {
            en: "Tags of the repository can be moved", ja: "リポジトリのタグを動かせる"
        },
        severity: Severity::Medium,
        confidence: Confidence::High,
        rationale: Text {
            en: "Whoever may push puts another image under the tag that everybody deploys.",
            ja: "push できる者が、皆がデプロイするタグに別のイメージを置ける。",
        },
        remediation: Text {
            en: "Set the mutability of tags to `IMMUTABLE`.",
            ja: "タグの可変性を `IMMUTABLE` にする。",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html",
        ],
        benchmark: None,
    },
    level: Level::Baseline,
    fix: Fix::Automatic,
    aliases: &["CKV_AWS_51", "ECR.2"],
    run,
};

fn run(deployment: &Deployment) -> Outcome {
    let because = Text { en: "there is no repository", ja: "リポジトリがない" };
    deployment.ask_resources(ResourceKind::Repository, because, |at| {
        match at.resource.text("imageTagMutability") {
            Field::Known(value, _) if value.starts_with("IMMUTABLE") => Answer::Pass,
            Field::Unknown(place) => Answer::Unknown(place),
            field @ (Field::Known(..) | Field::Absent) => {
                at.fail(field.place(), "tags are mutable", "タグが可変である")
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::ask;

    #[test]
    fn mutable_tags_are_found() {
        let template = "Resources:\n  Shop:\n    Type: AWS::ECR::Repository\n";
        assert_eq!(ask(&CHECK, "stack.yaml", template), "2: tags are mutable");
        let terraform =
            "resource \"aws_ecr_repository\" \"shop\" {\n  image_tag_mutability = \"MUTABLE\"\n}\n";
        assert_eq!(ask(&CHECK, "main.tf", terraform), "2: tags are mutable");
        assert_eq!(ask(&CHECK, "main.tf", &terraform.replace("MUTABLE", "IMMUTABLE")), "pass");
    }
}

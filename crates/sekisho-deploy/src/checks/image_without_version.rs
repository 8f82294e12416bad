use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DeployCheck, Deployment, Fix, Level,
    ask::{Answer, NO_TASK},
    field::Field,
    image_name::ImageName,
};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0601",
        name: "image-without-version",
        kind: FindingKind::Configuration,
        title: Text { en: "The image has no version", ja: "イメージに版がない" },
        severity: Severity::Medium,
        confidence: Confidence::High,
        rationale: Text {
            en: "Without a tag, or with `latest`, the same definition starts another program tomorrow, nobody can say what ran, and there is no way back.",
            ja: "タグがない、あるいは `latest` なら、同じ定義が明日は別のプログラムを起動する。何が動いていたか分からず、戻れもしない。",
        },
        remediation: Text {
            en: "Name the version, and better its digest: `app:1.4.2@sha256:…`.",
            ja: "版を、できればダイジェストも指定する: `app:1.4.2@sha256:…`",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html",
        ],
        benchmark: Some("CIS Docker Benchmark 1.7.0, 4.7"),
    },
    level: Level::Baseline,
    fix: Fix::Guided,
    aliases: &[],
    run,
};

fn run(deployment: &Deployment) -> Outcome {
    deployment.ask_containers(NO_TASK, |at, container| match &container.image {
        Field::Known(image, place) => {
            let name = ImageName::of(image);
            match name.tag {
                _ if name.digest.is_some() => Answer::Pass,
                Some("latest") => {
                    at.fail(Some(*place), "the tag is latest", "タグが latest である")
                }
                Some(_) => Answer::Pass,
                None if name.may_have_more() => Answer::Unknown(*place),
                None => at.fail(Some(*place), "there is no tag", "タグがない"),
            }
        }
        Field::Unknown(place) => Answer::Unknown(*place),
        Field::Absent => Answer::NotApplicable,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{PART, UNKNOWN, fargate};

    #[test]
    fn images_without_a_version_are_found() {
        // They have no digest either.
        fargate().web("image", "registry.example/a").finds_among_others(&CHECK, "there is no tag");
        let latest = fargate().web("image", format!("{PART}/a:latest"));
        latest.finds_among_others(&CHECK, "the tag is latest");
    }

    #[test]
    fn what_is_decided_later_is_left_open() {
        fargate().web("image", UNKNOWN).leaves_open(&CHECK);
        fargate().web("image", format!("registry.example/{PART}")).leaves_open(&CHECK);
    }
}

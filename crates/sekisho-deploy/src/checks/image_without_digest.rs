use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DeployCheck, Deployment, Fix, Level,
    ask::{Answer, NO_TASK},
    field::Field,
    image_name::ImageName,
    node::HOLE,
};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0602",
        name: "image-without-digest",
        kind: FindingKind::Configuration,
        title: Text {
            en: "The image is not named by its digest",
            ja: "イメージをダイジェストで指定していない",
        },
        severity: Severity::Medium,
        confidence: Confidence::High,
        rationale: Text {
            en: "A tag is moved by whoever may push. With the digest, what was scanned and signed is what runs.",
            ja: "タグは push できる者なら動かせる。ダイジェストなら、スキャンし署名したものがそのまま動く。",
        },
        remediation: Text {
            en: "Add the digest that the registry shows: `app:1.4.2@sha256:…`.",
            ja: "レジストリが示すダイジェストを加える: `app:1.4.2@sha256:…`",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html",
        ],
        benchmark: None,
    },
    level: Level::Strict,
    fix: Fix::Guided,
    aliases: &[],
    run,
};

fn run(deployment: &Deployment) -> Outcome {
    deployment.ask_containers(NO_TASK, |at, container| match &container.image {
        Field::Known(image, place) => {
            let name = ImageName::of(image);
            // What fills the end in may bring a digest.
            let is_open = name.may_have_more() || name.tag.is_some_and(|tag| tag.ends_with(HOLE));
            match name.digest {
                Some(_) => Answer::Pass,
                None if is_open => Answer::Unknown(*place),
                None => at.fail(Some(*place), "there is no digest", "ダイジェストがない"),
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
    fn an_image_without_a_digest_is_found() {
        let case = fargate().web("image", "registry.example/shop/web:1.4.2");
        case.finds(&CHECK, "there is no digest");
    }

    #[test]
    fn what_is_decided_later_is_left_open() {
        fargate().web("image", UNKNOWN).leaves_open(&CHECK);
        fargate().web("image", format!("registry.example/a:{PART}")).leaves_open(&CHECK);
    }
}

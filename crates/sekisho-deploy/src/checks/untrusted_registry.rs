use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DeployCheck, Deployment, Fix, Level, ask::Answer, field::Field, image_name::ImageName,
};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0603",
        name: "untrusted-registry",
        kind: FindingKind::Configuration,
        title: Text {
            en: "The image comes from a registry that is not trusted",
            ja: "信頼していないレジストリのイメージである",
        },
        severity: Severity::Medium,
        confidence: Confidence::High,
        rationale: Text {
            en: "Whoever owns the registry decides what runs here. Docker Hub is meant where no registry is named, and anyone may publish there.",
            ja: "ここで何が動くかをレジストリの持ち主が決める。レジストリ名がなければ Docker Hub になり、そこには誰でも公開できる。",
        },
        remediation: Text {
            en: "Copy the image to a registry of your own, or name the registry in `check.trusted_registries` of `sekisho.yaml`.",
            ja: "自分のレジストリに写すか、`sekisho.yaml` の `check.trusted_registries` に加える。",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html",
        ],
        benchmark: None,
    },
    level: Level::Baseline,
    fix: Fix::Report,
    aliases: &[],
    run,
};

fn run(deployment: &Deployment) -> Outcome {
    let trusted = &deployment.settings.trusted_registries;
    let because = Text {
        en: "no registries are named as trusted",
        ja: "信頼するレジストリの指定がない",
    };
    deployment.ask_containers(because, |at, container| match &container.image {
        _ if trusted.is_empty() => Answer::NotApplicable,
        Field::Known(image, place) => {
            let name = ImageName::of(image);
            if !name.has_known_registry() {
                return Answer::Unknown(*place);
            }
            let registry = name.registry.unwrap_or("docker.io");
            if trusted.iter().any(|pattern| is_match(pattern, registry)) {
                return Answer::Pass;
            }
            at.fail(
                Some(*place),
                format!("{registry} is not trusted"),
                format!("{registry} は信頼されていない"),
            )
        }
        Field::Unknown(place) => Answer::Unknown(*place),
        Field::Absent => Answer::NotApplicable,
    })
}

/// `*.example.org` stands for all hosts below.
fn is_match(pattern: &str, registry: &str) -> bool {
    match pattern.strip_prefix('*') {
        Some(end) => registry.ends_with(end),
        None => pattern == registry,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sekisho_types::report::CheckOutcome;

    use crate::{
        Settings,
        testing::{PART, UNKNOWN, fargate},
    };

    fn ask(image: &str, trusted: &[&str]) -> Outcome {
        let text = fargate().web("image", image).task_definition();
        let settings = Settings {
            trusted_registries: trusted.iter().map(|&it| it.to_owned()).collect(),
            ..Settings::default()
        };
        run(&Deployment::read(&[("taskdef.json", text.as_bytes())], settings))
    }

    #[test]
    fn registries_that_nobody_named_are_found() {
        let Outcome::Fail(failures) = ask("nginx:1", &["*.example"]) else { panic!("not found") };
        assert_eq!(failures[0].message.en, "docker.io is not trusted");
        assert_eq!(ask("r.example/a:1", &["*.example"]), Outcome::Pass);
        assert_eq!(ask("docker.io/a:1", &["docker.io"]), Outcome::Pass);
    }

    #[test]
    fn without_a_list_nothing_is_asked() {
        fargate().has_outcome(&CHECK, CheckOutcome::NotApplicable);
    }

    #[test]
    fn what_is_decided_later_is_left_open() {
        for image in [UNKNOWN.to_owned(), format!("{PART}/a:1")] {
            assert!(matches!(ask(&image, &["r.example"]), Outcome::Unknown { .. }), "{image}");
        }
    }
}

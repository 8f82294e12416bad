use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{Base, DockerfileCheck, Subject, instruction::Kind, subject::NO_STAGE};

pub(crate) const CHECK: DockerfileCheck = DockerfileCheck {
    about: About {
        id: "SEK-DOCKERFILE-0010",
        name: "user-missing",
        kind: FindingKind::Configuration,
        title: Text {
            en: "No user is set, so the container may run as root",
            ja: "USER がなく、root で動くおそれがある",
        },
        severity: Severity::Medium,
        confidence: Confidence::Medium,
        rationale: Text {
            en: "Without USER the container runs as what its base says, which is root for almost all: whoever takes over the program owns the container and is nearer to the host.",
            ja: "USER がなければベースイメージの指定に従い、それはほとんどの場合 root である。プログラムを乗っ取った者はコンテナ全体を手に入れ、ホストにも近づく。",
        },
        remediation: Text {
            en: "Make a user and end the last stage with it: `RUN useradd --system --uid 10001 app` and `USER 10001`.",
            ja: "ユーザーを作り、最後のステージの終わりで指定する: `RUN useradd --system --uid 10001 app` と `USER 10001`",
        },
        references: &[
            "https://docs.docker.com/reference/dockerfile/#user",
            "https://docs.docker.com/build/building/best-practices/#user",
        ],
        benchmark: Some("CIS Docker Benchmark 1.7.0, 4.1"),
    },
    run,
    fix: None,
};

fn run(subject: &Subject) -> Outcome {
    let shipped = subject.shipped_stages();
    let Some(last) = shipped.first() else {
        return Outcome::NotApplicable { because: NO_STAGE };
    };
    let has_user = shipped.iter().any(|stage| {
        subject.file.of_stage(stage).iter().any(|it| matches!(it.kind, Kind::User(_)))
    });
    // Such images set a user themselves, and say so in their tag.
    let is_set_by_base = shipped.last().is_some_and(|stage| match &stage.base {
        Base::Image(image) => {
            let tag = image.tag.as_deref().unwrap_or_default();
            tag.contains("nonroot")
                || tag.contains("rootless")
                || image.repository.contains("unprivileged")
        }
        Base::Scratch | Base::Stage(_) | Base::Unknown(_) => false,
    });
    if has_user || is_set_by_base {
        return Outcome::Pass;
    }
    let (en, ja) = ("the last stage sets no USER", "最後のステージに USER がない");
    Outcome::Fail(vec![subject.failure(last.base_span, "USER", en, ja)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::ask;

    #[test]
    fn a_last_stage_without_user_is_found() {
        assert_eq!(
            ask(&CHECK, "FROM a:1\nUSER app\nFROM b:1\n"),
            "3:6 the last stage sets no USER"
        );
    }

    #[test]
    fn a_user_of_the_stage_below_counts() {
        assert_eq!(ask(&CHECK, "FROM a:1 AS base\nUSER app\nFROM base\n"), "pass");
    }

    #[test]
    fn images_that_say_nonroot_pass() {
        assert_eq!(ask(&CHECK, "FROM gcr.io/distroless/static:nonroot\n"), "pass");
    }

    #[test]
    fn a_file_without_stages_has_no_user() {
        assert_eq!(ask(&CHECK, "ARG A\n"), "not applicable: there is no FROM");
    }
}

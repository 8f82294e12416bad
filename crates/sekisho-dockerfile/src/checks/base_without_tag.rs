use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    Base, DockerfileCheck, Subject,
    subject::{NO_STAGE, outcome},
};

pub(crate) const CHECK: DockerfileCheck = DockerfileCheck {
    about: About {
        id: "SEK-DOCKERFILE-0001",
        name: "base-without-tag",
        kind: FindingKind::Configuration,
        title: Text {
            en: "The base image has neither tag nor digest",
            ja: "ベースイメージにタグもダイジェストもない",
        },
        severity: Severity::Medium,
        confidence: Confidence::High,
        rationale: Text {
            en: "Without a tag the builder takes whatever `latest` is on that day, so two builds of one commit differ and a broken or hostile push to the registry reaches the next build unseen.",
            ja: "タグがなければ、その日の `latest` が使われる。同じコミットから違うイメージができ、壊れた、あるいは悪意あるプッシュも次のビルドに黙って入り込む。",
        },
        remediation: Text {
            en: "Name a version, and better its digest: `FROM debian:12.7@sha256:…`.",
            ja: "バージョンを、できればダイジェストも書く: `FROM debian:12.7@sha256:…`",
        },
        references: &[
            "https://docs.docker.com/reference/dockerfile/#from",
            "https://docs.docker.com/build/building/best-practices/#pin-base-image-versions",
        ],
        benchmark: Some("CIS Docker Benchmark 1.7.0, 4.2"),
    },
    run,
    fix: None,
};

fn run(subject: &Subject) -> Outcome {
    let mut failures = Vec::new();
    for stage in &subject.file.stages {
        let Base::Image(image) = &stage.base else { continue };
        if image.tag.is_none() && image.digest.is_none() && !image.has_variable() {
            let name = &image.text;
            failures.push(subject.failure(
                stage.base_span,
                name,
                format!("{name} has no tag"),
                format!("{name} にタグがない"),
            ));
        }
    }
    outcome(!subject.file.stages.is_empty(), failures, NO_STAGE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::ask;

    #[test]
    fn a_base_without_a_tag_is_found() {
        assert_eq!(ask(&CHECK, "FROM alpine\n"), "1:6 alpine has no tag");
    }

    #[test]
    fn tags_digests_stages_and_scratch_pass() {
        assert_eq!(
            ask(&CHECK, "FROM alpine:3.20 AS a\nFROM a\nFROM scratch\nFROM b@sha256:00\n"),
            "pass"
        );
    }

    #[test]
    fn what_a_variable_says_cannot_be_known() {
        assert_eq!(ask(&CHECK, "ARG IMAGE\nFROM $IMAGE\n"), "pass");
    }

    #[test]
    fn a_default_of_a_variable_counts() {
        assert_eq!(ask(&CHECK, "ARG IMAGE=alpine\nFROM $IMAGE\n"), "2:6 alpine has no tag");
    }

    #[test]
    fn a_file_without_stages_has_no_base() {
        assert_eq!(ask(&CHECK, "ARG A\n"), "not applicable: there is no FROM");
    }
}

use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    Base, DockerfileCheck, Subject,
    subject::{NO_STAGE, outcome},
};

pub(crate) const CHECK: DockerfileCheck = DockerfileCheck {
    about: About {
        id: "SEK-DOCKERFILE-0003",
        name: "base-without-digest",
        kind: FindingKind::Configuration,
        title: Text {
            en: "The base image is not pinned by digest",
            ja: "ベースイメージがダイジェストで固定されていない",
        },
        severity: Severity::Low,
        confidence: Confidence::High,
        rationale: Text {
            en: "A tag can be pushed again. Only a digest names one image for ever, so only with it does a build stay what was reviewed, even when the registry or its account is taken over.",
            ja: "タグは上書きできる。一つのイメージを永久に指すのはダイジェストだけで、レジストリやアカウントが乗っ取られても、レビューしたものがビルドされる。",
        },
        remediation: Text {
            en: "Append the digest, and let a bot renew it: `FROM alpine:3.20@sha256:…`; `docker buildx imagetools inspect IMAGE` prints it.",
            ja: "ダイジェストを付け、更新はボットに任せる: `FROM alpine:3.20@sha256:…`。値は `docker buildx imagetools inspect IMAGE` で分かる。",
        },
        references: &[
            "https://docs.docker.com/build/building/best-practices/#pin-base-image-versions",
        ],
        benchmark: None,
    },
    run,
    fix: None,
};

fn run(subject: &Subject) -> Outcome {
    let mut failures = Vec::new();
    for stage in &subject.file.stages {
        let Base::Image(image) = &stage.base else { continue };
        // Without a version there is more to say than this, and other checks say it.
        let has_version = image.tag.as_deref().is_some_and(|tag| tag != "latest");
        if has_version && image.digest.is_none() {
            let name = &image.text;
            failures.push(subject.failure(
                stage.base_span,
                name,
                format!("{name} may be another image tomorrow"),
                format!("{name} は明日には別のイメージかもしれない"),
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
    fn a_tag_alone_is_found() {
        assert_eq!(
            ask(&CHECK, "FROM alpine:3.20\n"),
            "1:6 alpine:3.20 may be another image tomorrow"
        );
    }

    #[test]
    fn a_digest_passes() {
        assert_eq!(ask(&CHECK, "FROM alpine:3.20@sha256:00\n"), "pass");
    }

    #[test]
    fn a_file_without_stages_has_no_base() {
        assert_eq!(ask(&CHECK, "ARG A\n"), "not applicable: there is no FROM");
    }
}

use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    Base, DockerfileCheck, Subject,
    subject::{NO_STAGE, outcome},
};

pub(crate) const CHECK: DockerfileCheck = DockerfileCheck {
    about: About {
        id: "SEK-DOCKERFILE-0002",
        name: "base-tag-latest",
        kind: FindingKind::Configuration,
        title: Text {
            en: "The base image is whatever is latest",
            ja: "ベースイメージのタグが latest になっている",
        },
        severity: Severity::Medium,
        confidence: Confidence::High,
        rationale: Text {
            en: "`latest` moves with each release, major ones too: a build that worked breaks, or ships other software than was tested, and nobody can tell later which version was in use.",
            ja: "`latest` はメジャーリリースも含めて動き続ける。動いていたビルドが壊れたり、試験したものと違うソフトウェアが出荷されたりし、後からどの版だったか分からない。",
        },
        remediation: Text {
            en: "Replace the tag by a version: `FROM node:22.9-bookworm-slim`.",
            ja: "タグをバージョンに置き換える: `FROM node:22.9-bookworm-slim`",
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
        if image.tag.as_deref() == Some("latest") && image.digest.is_none() {
            let name = &image.text;
            failures.push(subject.failure(
                stage.base_span,
                name,
                format!("{name} names no version"),
                format!("{name} はバージョンを示していない"),
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
    fn latest_is_found() {
        assert_eq!(ask(&CHECK, "FROM a/b:latest\n"), "1:6 a/b:latest names no version");
    }

    #[test]
    fn a_version_passes_and_so_does_a_digest() {
        assert_eq!(ask(&CHECK, "FROM a:1\nFROM a:latest@sha256:00\n"), "pass");
    }

    #[test]
    fn a_file_without_stages_has_no_base() {
        assert_eq!(ask(&CHECK, "# nothing\n"), "not applicable: there is no FROM");
    }
}

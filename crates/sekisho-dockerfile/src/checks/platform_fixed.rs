use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DockerfileCheck, Subject,
    instruction::Kind,
    subject::{NO_STAGE, outcome},
};

pub(crate) const CHECK: DockerfileCheck = DockerfileCheck {
    about: About {
        id: "SEK-DOCKERFILE-0005",
        name: "platform-fixed",
        kind: FindingKind::Configuration,
        title: Text {
            en: "FROM fixes the platform of the image",
            ja: "FROM でプラットフォームが固定されている",
        },
        severity: Severity::Info,
        confidence: Confidence::Medium,
        rationale: Text {
            en: "A fixed platform overrides what the build was asked for: on other machines the image is slow or does not start. Where the product runs on one platform only, that is meant, and the finding says no more than that.",
            ja: "プラットフォームを固定すると、ビルド時の指定が無視され、別の機種では遅いか起動しない。製品が一つの機種でしか動かないなら意図どおりで、この指摘はその確認にすぎない。",
        },
        remediation: Text {
            en: "Leave `--platform` to `docker build`, or take `$BUILDPLATFORM` for a stage that only compiles.",
            ja: "`--platform` は `docker build` に任せる。コンパイルだけのステージでは `$BUILDPLATFORM` を使う。",
        },
        references: &["https://docs.docker.com/reference/dockerfile/#from"],
        benchmark: None,
    },
    run,
    fix: None,
};

fn run(subject: &Subject) -> Outcome {
    let mut failures = Vec::new();
    for instruction in &subject.file.instructions {
        let Kind::From(_) = &instruction.kind else { continue };
        let Some(flag) = instruction.flag("platform") else { continue };
        if !flag.value.raw.contains('$') {
            failures.push(subject.failure(
                flag.span,
                &flag.value.raw,
                format!("every build is for {}", flag.value.raw),
                format!("どのビルドも {} 向けになる", flag.value.raw),
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
    fn a_fixed_platform_is_found() {
        assert_eq!(
            ask(&CHECK, "FROM --platform=linux/amd64 alpine:3\n"),
            "1:6 every build is for linux/amd64"
        );
    }

    #[test]
    fn a_variable_passes() {
        assert_eq!(ask(&CHECK, "FROM --platform=$BUILDPLATFORM alpine:3\n"), "pass");
    }

    #[test]
    fn a_file_without_stages_has_no_platform() {
        assert_eq!(ask(&CHECK, "ARG A\n"), "not applicable: there is no FROM");
    }
}

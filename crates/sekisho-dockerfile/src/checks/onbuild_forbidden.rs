use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{DockerfileCheck, Subject, instruction::Kind};

pub(crate) const CHECK: DockerfileCheck = DockerfileCheck {
    about: About {
        id: "SEK-DOCKERFILE-0038",
        name: "onbuild-forbidden",
        kind: FindingKind::Configuration,
        title: Text {
            en: "ONBUILD triggers what must not be triggered",
            ja: "ONBUILD の中に置けない命令がある",
        },
        severity: Severity::Medium,
        confidence: Confidence::High,
        rationale: Text {
            en: "A FROM or MAINTAINER that runs in the build of somebody else is refused there: every image built on this one fails.",
            ja: "他人のビルドで動く FROM や MAINTAINER は拒否される。このイメージを元にするビルドはすべて失敗する。",
        },
        remediation: Text {
            en: "Take the instruction out of ONBUILD.", ja: "ONBUILD から外す。"
        },
        references: &["https://docs.docker.com/reference/dockerfile/#onbuild"],
        benchmark: None,
    },
    run,
    fix: None,
};

fn run(subject: &Subject) -> Outcome {
    let mut failures = Vec::new();
    let mut is_asked = false;
    for instruction in &subject.file.instructions {
        let Kind::Onbuild(inner) = &instruction.kind else { continue };
        is_asked = true;
        let keyword = &inner.keyword;
        if matches!(keyword.as_str(), "FROM" | "MAINTAINER") {
            failures.push(subject.failure(
                inner.keyword_span,
                keyword,
                format!("{keyword} cannot be triggered"),
                format!("{keyword} は ONBUILD で使えない"),
            ));
        }
    }
    crate::subject::outcome(
        is_asked,
        failures,
        Text { en: "there is no ONBUILD", ja: "ONBUILD がない" },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::ask;

    #[test]
    fn from_is_found() {
        assert_eq!(ask(&CHECK, "FROM a:1\nONBUILD FROM b:1\n"), "2:9 FROM cannot be triggered");
    }

    #[test]
    fn other_triggers_pass() {
        assert_eq!(ask(&CHECK, "FROM a:1\nONBUILD RUN make\n"), "pass");
    }

    #[test]
    fn a_file_without_triggers_is_not_asked() {
        assert_eq!(ask(&CHECK, "FROM a:1\n"), "not applicable: there is no ONBUILD");
    }
}

use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{DockerfileCheck, Subject, instruction::Kind, subject::NO_COPY};

pub(crate) const CHECK: DockerfileCheck = DockerfileCheck {
    about: About {
        id: "SEK-DOCKERFILE-0008",
        name: "copy-from-own-stage",
        kind: FindingKind::Configuration,
        title: Text {
            en: "COPY --from names its own stage",
            ja: "COPY --from が自分のステージを指している",
        },
        severity: Severity::Medium,
        confidence: Confidence::High,
        rationale: Text {
            en: "The stage is not finished while it is being built, so the builder refuses, or takes an image of that name from a registry.",
            ja: "ビルド中のステージはまだ完成していない。ビルダーは拒否するか、同じ名前のイメージをレジストリから取ってくる。",
        },
        remediation: Text {
            en: "Name the stage that makes the files, or use `RUN cp`.",
            ja: "ファイルを作るステージを指定するか、`RUN cp` を使う。",
        },
        references: &["https://docs.docker.com/reference/dockerfile/#copy---from"],
        benchmark: None,
    },
    run,
    fix: None,
};

fn run(subject: &Subject) -> Outcome {
    let mut failures = Vec::new();
    let mut is_asked = false;
    for (index, instruction) in subject.instructions() {
        let Kind::Copy(_) = &instruction.kind else { continue };
        let Some(flag) = instruction.flag("from") else { continue };
        let Some(stage) = subject.file.stage_of(index) else { continue };
        is_asked = true;
        let name = flag.value.value.to_lowercase();
        let is_own = stage.name.as_deref() == Some(name.as_str())
            || name.parse::<usize>().ok() == Some(stage.index);
        if is_own {
            failures.push(subject.failure(
                flag.span,
                &name,
                format!("this stage is {name} itself"),
                format!("このステージ自身が {name} である"),
            ));
        }
    }
    if is_asked { Outcome::of(failures) } else { Outcome::NotApplicable { because: NO_COPY } }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::ask;

    #[test]
    fn the_own_name_is_found() {
        assert_eq!(
            ask(&CHECK, "FROM a:1 AS build\nCOPY --from=build /a /b\n"),
            "2:6 this stage is build itself"
        );
    }

    #[test]
    fn another_stage_passes() {
        assert_eq!(ask(&CHECK, "FROM a:1 AS build\nFROM b:1\nCOPY --from=build /a /b\n"), "pass");
    }

    #[test]
    fn plain_copies_are_not_asked() {
        assert_eq!(
            ask(&CHECK, "FROM a:1\nCOPY a /a\n"),
            "not applicable: nothing is copied from a stage"
        );
    }
}

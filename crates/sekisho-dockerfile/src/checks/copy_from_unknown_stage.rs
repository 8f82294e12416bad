use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{DockerfileCheck, Subject, instruction::Kind, subject::NO_COPY};

pub(crate) const CHECK: DockerfileCheck = DockerfileCheck {
    about: About {
        id: "SEK-DOCKERFILE-0007",
        name: "copy-from-unknown-stage",
        kind: FindingKind::Configuration,
        title: Text {
            en: "COPY --from names no earlier stage",
            ja: "COPY --from が先のステージを指していない",
        },
        severity: Severity::Medium,
        confidence: Confidence::Medium,
        rationale: Text {
            en: "A name that is no stage is pulled as an image: a misspelled stage becomes a foreign image from a public registry, whose owner then decides what is copied in.",
            ja: "ステージでない名前はイメージとして取得される。書き間違えたステージ名が公開レジストリの他人のイメージになり、コピーされる中身をその持ち主が決めることになる。",
        },
        remediation: Text {
            en: "Name a stage above, or an image with its registry and digest.",
            ja: "上にあるステージの名前か、レジストリとダイジェストまで書いたイメージを指定する。",
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
        // An image with a path, a tag or a digest is meant as one.
        if !flag.value.is_known || name.contains(['/', ':', '@']) {
            continue;
        }
        let is_number = name.parse::<usize>().ok();
        let earlier = subject.file.stages.iter().take(stage.index);
        let is_earlier = match is_number {
            Some(number) => number < stage.index,
            None => earlier.into_iter().any(|stage| stage.name.as_deref() == Some(&name)),
        };
        let is_own = stage.name.as_deref() == Some(&name) || is_number == Some(stage.index);
        if !is_earlier && !is_own {
            failures.push(subject.failure(
                flag.span,
                &name,
                format!("no stage above is called {name}"),
                format!("上に {name} というステージはない"),
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
    fn a_misspelled_stage_is_found() {
        assert_eq!(
            ask(
                &CHECK,
                "FROM a:1 AS build\nFROM b:1\nCOPY --from=biuld /a /a\nCOPY --from=3 /a /a\n"
            ),
            "3:6 no stage above is called biuld\n4:6 no stage above is called 3"
        );
    }

    #[test]
    fn earlier_stages_and_images_pass() {
        assert_eq!(
            ask(
                &CHECK,
                "FROM a:1 AS build\nFROM b:1\nCOPY --from=build /a /a\nCOPY --from=0 /a /a\nCOPY --from=nginx:1 /a /a\n"
            ),
            "pass"
        );
    }

    #[test]
    fn plain_copies_are_not_asked() {
        assert_eq!(
            ask(&CHECK, "FROM a:1\nCOPY a /a\n"),
            "not applicable: nothing is copied from a stage"
        );
    }
}

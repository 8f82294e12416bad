use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{DockerfileCheck, Subject, instruction::Kind};

pub(crate) const CHECK: DockerfileCheck = DockerfileCheck {
    about: About {
        id: "SEK-DOCKERFILE-0019",
        name: "overridden-instruction",
        kind: FindingKind::Configuration,
        title: Text {
            en: "An instruction has no effect: a later one replaces it",
            ja: "後の命令に上書きされ、効果がない",
        },
        severity: Severity::Low,
        confidence: Confidence::High,
        rationale: Text {
            en: "Of several CMD, ENTRYPOINT or HEALTHCHECK in a stage only the last counts. What the earlier one was to start or to watch is not started and not watched.",
            ja: "ステージ内に CMD、ENTRYPOINT、HEALTHCHECK が複数あれば最後だけが有効になる。先に書いたものは起動されず、監視もされない。",
        },
        remediation: Text {
            en: "Delete the one that is not meant.", ja: "意図しないほうを消す。"
        },
        references: &[
            "https://docs.docker.com/reference/dockerfile/#cmd",
            "https://docs.docker.com/reference/dockerfile/#entrypoint",
            "https://docs.docker.com/reference/dockerfile/#healthcheck",
        ],
        benchmark: None,
    },
    run,
    fix: None,
};

fn run(subject: &Subject) -> Outcome {
    let mut failures = Vec::new();
    let mut is_asked = false;
    for stage in &subject.file.stages {
        for keyword in ["CMD", "ENTRYPOINT", "HEALTHCHECK"] {
            let all: Vec<_> = subject
                .file
                .of_stage(stage)
                .iter()
                .filter(|it| it.keyword == keyword && !matches!(it.kind, Kind::Broken))
                .collect();
            is_asked |= !all.is_empty();
            let Some((_, overridden)) = all.split_last() else { continue };
            for instruction in overridden {
                failures.push(subject.failure(
                    instruction.keyword_span,
                    keyword,
                    format!("a later {keyword} of the stage replaces it"),
                    format!("同じステージの後の {keyword} に置き換えられる"),
                ));
            }
        }
    }
    if is_asked {
        Outcome::of(failures)
    } else {
        let because =
            Text { en: "nothing is started or watched", ja: "起動や監視の命令がない" };
        Outcome::NotApplicable { because }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::ask;

    #[test]
    fn the_first_of_two_is_found() {
        assert_eq!(
            ask(&CHECK, "FROM a:1\nCMD [\"a\"]\nCMD [\"b\"]\nENTRYPOINT [\"c\"]\n"),
            "2:1 a later CMD of the stage replaces it"
        );
    }

    #[test]
    fn one_in_each_stage_passes() {
        assert_eq!(ask(&CHECK, "FROM a:1\nCMD [\"a\"]\nFROM b:1\nCMD [\"b\"]\n"), "pass");
    }

    #[test]
    fn a_file_without_any_is_not_asked() {
        assert_eq!(ask(&CHECK, "FROM a:1\n"), "not applicable: nothing is started or watched");
    }
}

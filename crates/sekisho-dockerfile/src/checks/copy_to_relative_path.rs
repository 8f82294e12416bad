use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{Base, DockerfileCheck, Subject, instruction::Kind};

pub(crate) const CHECK: DockerfileCheck = DockerfileCheck {
    about: About {
        id: "SEK-DOCKERFILE-0037",
        name: "copy-to-relative-path",
        kind: FindingKind::Configuration,
        title: Text {
            en: "COPY goes to wherever the base image starts",
            ja: "コピー先がベースイメージの作業場所次第になる",
        },
        severity: Severity::Low,
        confidence: Confidence::Medium,
        rationale: Text {
            en: "Without WORKDIR a relative destination is in the directory that the base image happens to set. When that moves, files land elsewhere, and may be served or run from there.",
            ja: "WORKDIR がなければ、相対パスはベースイメージの作業場所から始まる。それが変わると、ファイルが別の場所に置かれ、そこから公開や実行されかねない。",
        },
        remediation: Text {
            en: "Put `WORKDIR /app` before it, or write the whole path.",
            ja: "前に `WORKDIR /app` を置くか、絶対パスで書く。",
        },
        references: &[
            "https://docs.docker.com/reference/dockerfile/#workdir",
            "https://docs.docker.com/reference/dockerfile/#copy",
        ],
        benchmark: None,
    },
    run,
    fix: None,
};

fn run(subject: &Subject) -> Outcome {
    let mut failures = Vec::new();
    let mut is_asked = false;
    // Stages that set a directory, for those built on them.
    let mut has_directory: Vec<bool> = Vec::new();
    for stage in &subject.file.stages {
        let mut is_set = match stage.base {
            Base::Stage(index) => has_directory.get(index).copied().unwrap_or_default(),
            // The directory of an empty image is its root.
            Base::Scratch => true,
            Base::Image(_) | Base::Unknown(_) => false,
        };
        for instruction in subject.file.of_stage(stage) {
            match &instruction.kind {
                Kind::Workdir(_) => is_set = true,
                Kind::Add(copy) | Kind::Copy(copy) => {
                    is_asked = true;
                    let to = copy.destination.value.as_str();
                    let drive = to.get(1..2) == Some(":");
                    let is_whole = to.starts_with(['/', '\\', '$', '%', '~']) || drive;
                    if !is_set && !is_whole {
                        failures.push(subject.failure(
                            copy.destination.span,
                            to,
                            format!("no WORKDIR says where {to:?} is"),
                            format!("{to:?} の場所を決める WORKDIR がない"),
                        ));
                    }
                }
                _ => (),
            }
        }
        has_directory.push(is_set);
    }
    crate::subject::outcome(
        is_asked,
        failures,
        Text { en: "nothing is copied", ja: "コピーがない" },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::ask;

    #[test]
    fn a_relative_destination_is_found() {
        assert_eq!(ask(&CHECK, "FROM a:1\nCOPY a b/\n"), "2:8 no WORKDIR says where \"b/\" is");
    }

    #[test]
    fn whole_paths_and_workdir_pass() {
        assert_eq!(
            ask(
                &CHECK,
                "FROM a:1 AS base\nCOPY a /a\nWORKDIR /app\nCOPY a b\nFROM base\nCOPY a b\nFROM scratch\nCOPY a b\n"
            ),
            "pass"
        );
    }

    #[test]
    fn a_file_without_copies_is_not_asked() {
        assert_eq!(ask(&CHECK, "FROM a:1\n"), "not applicable: nothing is copied");
    }
}

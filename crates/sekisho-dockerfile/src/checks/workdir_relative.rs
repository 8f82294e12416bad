use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{DockerfileCheck, Subject, instruction::Kind};

pub(crate) const CHECK: DockerfileCheck = DockerfileCheck {
    about: About {
        id: "SEK-DOCKERFILE-0013",
        name: "workdir-relative",
        kind: FindingKind::Configuration,
        title: Text { en: "WORKDIR is relative", ja: "WORKDIR が相対パスになっている" },
        severity: Severity::Low,
        confidence: Confidence::High,
        rationale: Text {
            en: "Where a relative WORKDIR leads depends on the base image: after an update of the base, files land elsewhere and permissions set on the old path protect nothing.",
            ja: "相対パスの行き先はベースイメージ次第である。ベースの更新後にはファイルが別の場所に置かれ、元のパスに付けた権限は何も守らない。",
        },
        remediation: Text {
            en: "Write the whole path: `WORKDIR /app`.",
            ja: "絶対パスで書く: `WORKDIR /app`",
        },
        references: &[
            "https://docs.docker.com/reference/dockerfile/#workdir",
            "https://docs.docker.com/reference/build-checks/workdir-relative-path/",
        ],
        benchmark: None,
    },
    run,
    fix: None,
};

fn run(subject: &Subject) -> Outcome {
    let mut failures = Vec::new();
    let mut is_asked = false;
    // A path after an absolute one of the same stage goes on from there.
    let mut is_anchored = false;
    for (_, instruction) in subject.instructions() {
        match &instruction.kind {
            Kind::From(_) => is_anchored = false,
            Kind::Workdir(path) => {
                is_asked = true;
                let is_absolute = is_absolute(&path.value);
                if !is_absolute && !is_anchored && path.is_known {
                    failures.push(subject.failure(
                        path.span,
                        &path.value,
                        format!("{} starts where the base image ends", path.value),
                        format!("{} はベースイメージの作業場所から始まる", path.value),
                    ));
                }
                is_anchored |= is_absolute || !path.is_known;
            }
            _ => (),
        }
    }
    if is_asked {
        Outcome::of(failures)
    } else {
        let because = Text { en: "there is no WORKDIR", ja: "WORKDIR がない" };
        Outcome::NotApplicable { because }
    }
}

/// On Linux or, with a drive, on Windows.
fn is_absolute(path: &str) -> bool {
    let drive = path.get(1..3).is_some_and(|mark| mark == ":\\" || mark == ":/");
    path.starts_with(['/', '\\', '$', '%']) || drive
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::ask;

    #[test]
    fn a_relative_path_is_found() {
        assert_eq!(
            ask(&CHECK, "FROM a:1\nWORKDIR app\n"),
            "2:9 app starts where the base image ends"
        );
    }

    #[test]
    fn absolute_paths_and_what_follows_them_pass() {
        assert_eq!(ask(&CHECK, "FROM a:1\nWORKDIR /srv\nWORKDIR app\nWORKDIR $HOME\n"), "pass");
    }

    #[test]
    fn windows_has_absolute_paths_too() {
        assert_eq!(ask(&CHECK, "FROM a:1\nWORKDIR c:\\\\app\n"), "pass");
    }

    #[test]
    fn a_file_without_workdir_is_not_asked() {
        assert_eq!(ask(&CHECK, "FROM a:1\n"), "not applicable: there is no WORKDIR");
    }
}

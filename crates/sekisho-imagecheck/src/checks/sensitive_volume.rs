use sekisho_check::{About, Failure, Message, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{ImageCheck, ImageSubject, Step, subject::NO_CONFIG};

pub(super) const CHECK: ImageCheck = ImageCheck {
    about: About {
        id: "SEK-IMAGE-0034",
        name: "sensitive-volume",
        kind: FindingKind::Configuration,
        title: Text {
            en: "A directory of the system is declared as a volume",
            ja: "システムのディレクトリーがボリュームとして宣言されている",
        },
        severity: Severity::Low,
        confidence: Confidence::High,
        rationale: Text {
            en: "What is a volume is written outside of the image, outlives the container and is \
                 shared with whoever mounts it: programs and settings of the system could be \
                 changed there for the next container that starts with it.",
            ja: "ボリュームはイメージの外に書かれ、コンテナより長く残り、マウントする相手と共有される。\
                 そこにあるシステムのプログラムや設定を、次に起動するコンテナに向けて書き換えられる。",
        },
        remediation: Text {
            en: "Take the path out of VOLUME, and declare the directory that holds the data.",
            ja: "VOLUME からそのパスを除き、データを置くディレクトリーを宣言する。",
        },
        references: &["https://docs.docker.com/reference/dockerfile/#volume"],
        benchmark: None,
    },
    run,
};

/// Directories that hold the system itself, or that the kernel fills.
const SYSTEM: [&str; 13] = [
    "/",
    "/bin",
    "/boot",
    "/dev",
    "/etc",
    "/lib",
    "/lib64",
    "/proc",
    "/root",
    "/sbin",
    "/sys",
    "/usr",
    "/var/run/docker.sock",
];

fn run(image: &ImageSubject) -> Outcome {
    let Some(config) = &image.config else { return NO_CONFIG };
    let mut failures: Vec<Failure> = Vec::new();
    for step in config.history.iter().map(Step::parse).filter(|it| it.instruction == "VOLUME") {
        // `[/a /b]`, `["/a"]`, `map[/a:{}]`, `/a /b`.
        let is_around = |char: char| char.is_whitespace() || "[]{}\"',:".contains(char);
        for path in step.arguments.split(is_around).filter(|path| path.starts_with('/')) {
            let bare = path.trim_end_matches('/');
            let bare = if bare.is_empty() { "/" } else { bare };
            if SYSTEM.contains(&bare) && failures.iter().all(|known| known.key != bare) {
                let message = Message::new(format!("VOLUME {bare}"), format!("VOLUME {bare}"));
                failures.push(Failure::new(bare, message));
            }
        }
    }
    Outcome::of(failures)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    #[test]
    fn directories_of_the_system_fail_however_they_are_written() {
        for step in
            ["VOLUME [/etc/]", "/bin/sh -c #(nop)  VOLUME [\"/etc\"]", "VOLUME map[/etc:{}]"]
        {
            assert_eq!(shown(&CHECK, &subject().history(&[step])), "Low: VOLUME /etc", "{step}");
        }
    }

    #[test]
    fn directories_for_data_pass() {
        let image = subject().history(&["VOLUME [/var/lib/postgresql/data /etc/shop]"]);
        assert_eq!(shown(&CHECK, &image), "pass");
    }

    #[test]
    fn a_directory_declares_nothing() {
        assert!(shown(&CHECK, &directory()).starts_with("not applicable"));
    }
}

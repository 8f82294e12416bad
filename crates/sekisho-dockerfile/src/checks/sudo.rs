use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{DockerfileCheck, Subject};

pub(crate) const CHECK: DockerfileCheck = DockerfileCheck {
    about: About {
        id: "SEK-DOCKERFILE-0012",
        name: "sudo",
        kind: FindingKind::Configuration,
        title: Text { en: "sudo is used in the build", ja: "ビルドで sudo を使っている" },
        severity: Severity::Medium,
        confidence: Confidence::High,
        rationale: Text {
            en: "A build runs as root already, so sudo adds nothing but itself: a setuid program that stays in the image and turns a user of the container back into root.",
            ja: "ビルドはもともと root で動くので sudo は不要で、残るのは setuid プログラムだけである。コンテナの一般ユーザーを root に戻す道具になる。",
        },
        remediation: Text {
            en: "Put `USER root` before what needs it and the user back after it; for entry points take gosu or su-exec.",
            ja: "必要な箇所の前に `USER root` を置き、終わったら元のユーザーに戻す。エントリーポイントでは gosu や su-exec を使う。",
        },
        references: &["https://docs.docker.com/build/building/best-practices/#user"],
        benchmark: None,
    },
    run,
    fix: None,
};

fn run(subject: &Subject) -> Outcome {
    subject.ask_commands(|subject, _, command| {
        let word = command.words.first().filter(|word| word.text == "sudo")?;
        Some(subject.failure(
            word.span,
            &command_key(command),
            "sudo runs a command",
            "sudo でコマンドを実行している",
        ))
    })
}

fn command_key(command: &crate::ShellCommand) -> String {
    command.words.iter().map(|word| word.raw.as_str()).collect::<Vec<&str>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::ask;

    #[test]
    fn sudo_is_found_wherever_it_stands() {
        assert_eq!(
            ask(&CHECK, "FROM a:1\nRUN make && \\\n  sudo make install\n"),
            "3:3 sudo runs a command"
        );
    }

    #[test]
    fn installing_other_programs_passes() {
        assert_eq!(ask(&CHECK, "FROM a:1\nRUN apt-get install -y gosu && echo sudo\n"), "pass");
    }

    #[test]
    fn lists_are_commands_too() {
        assert_eq!(ask(&CHECK, "FROM a:1\nRUN [\"sudo\", \"x\"]\n"), "2:5 sudo runs a command");
    }

    #[test]
    fn a_file_without_scripts_is_not_asked() {
        assert_eq!(
            ask(&CHECK, "FROM a:1\n"),
            "not applicable: no RUN instruction is in a language that is read here"
        );
    }
}

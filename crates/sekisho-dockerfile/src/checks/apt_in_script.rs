use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DockerfileCheck, Edit, Subject,
    script::{ShellCommand, ShellWord},
};

pub(crate) const CHECK: DockerfileCheck = DockerfileCheck {
    about: About {
        id: "SEK-DOCKERFILE-0034",
        name: "apt-in-script",
        kind: FindingKind::Configuration,
        title: Text {
            en: "apt is used in a script", ja: "スクリプトで apt を使っている"
        },
        severity: Severity::Info,
        confidence: Confidence::High,
        rationale: Text {
            en: "apt is made for people: its options and output change between releases without notice, and it says so itself. A build that worked breaks with the next base image.",
            ja: "apt は人が使うためのもので、オプションや出力は予告なく変わると自ら警告している。次のベースイメージでビルドが壊れる。",
        },
        remediation: Text {
            en: "Write `apt-get` or `apt-cache`.",
            ja: "`apt-get` か `apt-cache` と書く。",
        },
        references: &["https://manpages.debian.org/stable/apt/apt.8.en.html"],
        benchmark: None,
    },
    run,
    fix: Some(mend),
};

fn run(subject: &Subject) -> Outcome {
    subject.ask_commands(|subject, _, command| {
        let word = apt(command)?;
        let (en, ja) = ("apt promises nothing to scripts", "apt はスクリプトに何も保証しない");
        Some(subject.failure(word.span, command.verb(), en, ja))
    })
}

fn apt(command: &ShellCommand) -> Option<&ShellWord> {
    command.effective().first().filter(|word| word.text == "apt")
}

fn mend(subject: &Subject) -> Vec<Edit> {
    let mut edits = Vec::new();
    for (_, command) in subject.commands() {
        let Some(word) = apt(command).filter(|word| word.raw == "apt") else { continue };
        match command.verb() {
            "autoremove" | "clean" | "install" | "purge" | "remove" | "update" | "upgrade" => {
                edits.push(Edit::replace(word.span, "apt-get"));
            }
            "search" | "show" | "policy" => edits.push(Edit::replace(word.span, "apt-cache")),
            _ => (),
        }
    }
    edits
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::{ask, fixed};

    #[test]
    fn apt_is_found() {
        assert_eq!(
            ask(
                &CHECK,
                "FROM a:1\nRUN apt update && DEBIAN_FRONTEND=noninteractive apt install -y a\n"
            ),
            "2:5 apt promises nothing to scripts\n2:50 apt promises nothing to scripts"
        );
    }

    #[test]
    fn apt_get_passes() {
        assert_eq!(ask(&CHECK, "FROM a:1\nRUN apt-get update && apt-cache show apt\n"), "pass");
    }

    #[test]
    fn a_file_without_scripts_is_not_asked() {
        assert_eq!(
            ask(&CHECK, "FROM a:1\n"),
            "not applicable: no RUN instruction is in a language that is read here"
        );
    }

    #[test]
    fn the_name_is_replaced() {
        assert_eq!(
            fixed(&CHECK, "FROM a:1\nRUN apt update && \\\n  apt install -y a && apt show a\n"),
            "FROM a:1\nRUN apt-get update && \\\n  apt-get install -y a && apt-cache show a\n"
        );
    }
}

use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DockerfileCheck, Edit, Subject,
    packages::{Manager, manager, verb},
    script::ShellCommand,
};

pub(crate) const CHECK: DockerfileCheck = DockerfileCheck {
    about: About {
        id: "SEK-DOCKERFILE-0029",
        name: "confirmation-missing",
        kind: FindingKind::Configuration,
        title: Text {
            en: "A package manager would wait for an answer",
            ja: "パッケージ管理が確認待ちになる",
        },
        severity: Severity::Low,
        confidence: Confidence::High,
        rationale: Text {
            en: "Nobody answers in a build: the command gives up, and a script that goes on ships an image without what was to be installed.",
            ja: "ビルド中に答える人はいない。コマンドは中断し、そのまま進むスクリプトでは、入るはずのものがないイメージができる。",
        },
        remediation: Text {
            en: "Add `-y`, for zypper `--non-interactive` before the verb.",
            ja: "`-y` を付ける。zypper では動詞の前に `--non-interactive` を置く。",
        },
        references: &["https://docs.docker.com/build/building/best-practices/#apt-get"],
        benchmark: None,
    },
    run,
    fix: Some(mend),
};

fn run(subject: &Subject) -> Outcome {
    subject.ask_commands(|subject, _, command| {
        is_asking(subject, command).then(|| {
            let name = command.program();
            subject.failure(
                command.span,
                &command.words.iter().map(|it| it.text.as_str()).collect::<Vec<_>>().join(" "),
                format!("{name} asks before it installs"),
                format!("{name} がインストール前に確認を求める"),
            )
        })
    })
}

fn is_asking(subject: &Subject, command: &ShellCommand) -> bool {
    let Some(manager) = manager(command) else { return false };
    let verb = verb(manager, command);
    let is_yes = match manager {
        Manager::Apt => {
            if !matches!(
                verb,
                "install"
                    | "build-dep"
                    | "dist-upgrade"
                    | "full-upgrade"
                    | "upgrade"
                    | "remove"
                    | "purge"
                    | "autoremove"
            ) {
                return false;
            }
            // Two -q, or -qq, say yes as well.
            let n_quiet: usize = command.args().iter().map(|word| quiet(&word.text)).sum();
            n_quiet >= 2
                || command.has_any_flag(&[
                    "-y",
                    "--yes",
                    "--assume-yes",
                    "--force-yes",
                    "-s",
                    "--simulate",
                    "--dry-run",
                ])
                || command.flag_value("-q") == Some("2")
                || command.args().iter().any(|it| it.text.to_lowercase().contains("assume-yes"))
        }
        Manager::Dnf | Manager::Yum => {
            if !matches!(
                verb,
                "install"
                    | "groupinstall"
                    | "localinstall"
                    | "reinstall"
                    | "update"
                    | "upgrade"
                    | "remove"
                    | "erase"
            ) {
                return false;
            }
            // microdnf never asks unless it is told to.
            command.has_any_flag(&["-y", "--assumeyes", "--assume-yes"])
        }
        Manager::Zypper => {
            if !matches!(
                verb,
                "in" | "install"
                    | "remove"
                    | "rm"
                    | "up"
                    | "update"
                    | "dup"
                    | "dist-upgrade"
                    | "patch"
                    | "source-install"
                    | "si"
            ) {
                return false;
            }
            command.has_any_flag(&["-y", "-n", "--non-interactive", "--no-confirm"])
        }
        Manager::Apk | Manager::Pacman => return false,
    };
    // `yes | apt-get install` and debconf preset answers.
    let is_answered = command.pipe.index > 0 || is_configured(subject, manager);
    !is_yes && !is_answered
}

/// Whether the image was told once to say yes to all, as `Apt::Get::Assume-Yes` does.
fn is_configured(subject: &Subject, manager: Manager) -> bool {
    let mark = match manager {
        Manager::Apt => "assume-yes",
        Manager::Dnf | Manager::Yum => "assumeyes=",
        Manager::Apk | Manager::Pacman | Manager::Zypper => return false,
    };
    subject.scripts().any(|(_, _, script)| {
        script.commands.iter().any(|command| {
            !command.redirects.is_empty()
                && command.words.iter().any(|it| it.text.to_lowercase().contains(mark))
        })
    })
}

/// How many `q` an option has.
fn quiet(option: &str) -> usize {
    match option.strip_prefix('-') {
        Some("-quiet") => 1,
        Some(letters) if letters.chars().all(|char| char == 'q') => letters.len(),
        _ => 0,
    }
}

fn mend(subject: &Subject) -> Vec<Edit> {
    let mut edits = Vec::new();
    for (_, command) in subject.commands().filter(|(_, command)| is_asking(subject, command)) {
        let Some(manager) = manager(command) else { continue };
        let verb = verb(manager, command);
        let word = command.args().iter().find(|word| word.text == verb);
        match (manager, command.effective().first(), word) {
            (Manager::Zypper, Some(program), _) => {
                edits.push(Edit::insert(program.span.end, " --non-interactive"));
            }
            (_, _, Some(verb)) => edits.push(Edit::insert(verb.span.end, " -y")),
            (_, _, None) => (),
        }
    }
    edits
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::{ask, fixed};

    #[test]
    fn commands_that_ask_are_found() {
        assert_eq!(
            ask(
                &CHECK,
                "FROM a:1\nRUN apt-get install curl\nRUN yum install curl && zypper in curl\n"
            ),
            "2:5 apt-get asks before it installs\n3:5 yum asks before it installs\n3:25 zypper asks before it installs"
        );
    }

    #[test]
    fn commands_that_do_not_pass() {
        assert_eq!(
            ask(
                &CHECK,
                "FROM a:1\nRUN apt-get update && apt-get -qq install a && apt-get install -qy b && yes | apt-get install c\nRUN dnf -y install a && zypper -n in a && apk add a\n"
            ),
            "pass"
        );
    }

    #[test]
    fn a_file_without_scripts_is_not_asked() {
        assert_eq!(
            ask(&CHECK, "FROM a:1\n"),
            "not applicable: no RUN instruction is in a language that is read here"
        );
    }

    #[test]
    fn the_option_is_added() {
        assert_eq!(
            fixed(&CHECK, "FROM a:1\nRUN apt-get install \\\n  curl && zypper in a\n"),
            "FROM a:1\nRUN apt-get install -y \\\n  curl && zypper --non-interactive in a\n"
        );
    }
}

use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DockerfileCheck, Subject,
    packages::{Manager, manager, operands, verb},
    script::ShellCommand,
};

pub(crate) const CHECK: DockerfileCheck = DockerfileCheck {
    about: About {
        id: "SEK-DOCKERFILE-0033",
        name: "system-upgrade",
        kind: FindingKind::Configuration,
        title: Text {
            en: "All packages are upgraded in the build",
            ja: "ビルドで全パッケージを更新している",
        },
        severity: Severity::Low,
        confidence: Confidence::Medium,
        rationale: Text {
            en: "An upgrade makes the image depend on the day it was built, doubles changed files in a new layer, and can move the release. A newer base image brings the same fixes, tested and once for all.",
            ja: "全体の更新はイメージをビルドした日に依存させ、変わったファイルを新しい層に重ね、リリース自体を変えることもある。新しいベースイメージなら、同じ修正が試験済みで一度に手に入る。",
        },
        remediation: Text {
            en: "Renew the base image instead, and upgrade single packages by name where one cannot wait.",
            ja: "代わりにベースイメージを更新する。急ぐものだけ、名前を指定して更新する。",
        },
        references: &[
            "https://docs.docker.com/build/building/best-practices/#rebuild-your-images-often",
        ],
        benchmark: None,
    },
    run,
    fix: None,
};

fn run(subject: &Subject) -> Outcome {
    subject.ask_commands(|subject, _, command| {
        is_upgrade(command).then(|| {
            let name = command.program();
            subject.failure(
                command.span,
                name,
                format!("{name} upgrades everything"),
                format!("{name} がすべてを更新する"),
            )
        })
    })
}

fn is_upgrade(command: &ShellCommand) -> bool {
    let Some(manager) = manager(command) else { return false };
    let verb = verb(manager, command);
    let n_operands = operands(command, &[]).len();
    match manager {
        Manager::Apt => matches!(verb, "dist-upgrade" | "full-upgrade" | "upgrade"),
        Manager::Apk => verb == "upgrade" && n_operands == 1,
        // `dnf update openssl` is one package.
        Manager::Dnf | Manager::Yum => {
            matches!(verb, "update" | "upgrade" | "distro-sync" | "update-minimal")
                && n_operands == 1
        }
        Manager::Zypper => {
            matches!(verb, "dist-upgrade" | "dup" | "patch")
                || matches!(verb, "up" | "update") && n_operands == 1
        }
        Manager::Pacman => {
            let options = command.args().iter().map(|word| word.text.as_str());
            options.clone().any(|it| it.starts_with("-S") && it.contains('u')) && n_operands == 0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::ask;

    #[test]
    fn upgrades_of_everything_are_found() {
        assert_eq!(
            ask(
                &CHECK,
                "FROM a:1\nRUN apt-get update && apt-get -y upgrade\nRUN yum -y update && apk upgrade && zypper dup -y\n"
            ),
            "2:23 apt-get upgrades everything\n3:5 yum upgrades everything\n3:22 apk upgrades everything\n3:37 zypper upgrades everything"
        );
    }

    #[test]
    fn single_packages_pass() {
        assert_eq!(
            ask(&CHECK, "FROM a:1\nRUN dnf -y update openssl && apk upgrade libssl3\n"),
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
}

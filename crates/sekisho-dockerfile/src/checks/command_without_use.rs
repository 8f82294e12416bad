use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{DockerfileCheck, Subject};

pub(crate) const CHECK: DockerfileCheck = DockerfileCheck {
    about: About {
        id: "SEK-DOCKERFILE-0042",
        name: "command-without-use",
        kind: FindingKind::Configuration,
        title: Text {
            en: "A command makes no sense in a build",
            ja: "ビルドで意味のないコマンドがある",
        },
        severity: Severity::Info,
        confidence: Confidence::High,
        rationale: Text {
            en: "Services, mounts, power and processes belong to the host or the running container: in a build the command does nothing that lasts, and what it was meant to secure is not done.",
            ja: "サービス、マウント、電源、プロセスはホストや実行中のコンテナのものである。ビルドでは何も残らず、意図した設定は行われない。",
        },
        remediation: Text {
            en: "Take it out; start services with CMD, and mount volumes at run time.",
            ja: "取り除く。サービスは CMD で起動し、ボリュームは実行時にマウントする。",
        },
        references: &["https://docs.docker.com/build/building/best-practices/"],
        benchmark: None,
    },
    run,
    fix: None,
};

const USELESS: &[&str] = &[
    "free",
    "ifconfig",
    "kill",
    "mount",
    "ps",
    "reboot",
    "service",
    "shutdown",
    "ssh",
    "systemctl",
    "top",
    "vim",
];

fn run(subject: &Subject) -> Outcome {
    subject.ask_commands(|subject, _, command| {
        let name = command.words.first().map_or("", |word| word.text.as_str());
        if !USELESS.contains(&name) || is_meant(name, command) {
            return None;
        }
        Some(subject.failure(
            command.span,
            name,
            format!("{name} leaves nothing in an image"),
            format!("{name} はイメージに何も残さない"),
        ))
    })
}

/// `systemctl enable` makes links, and a service may be started for the rest of a script.
fn is_meant(name: &str, command: &crate::ShellCommand) -> bool {
    let verbs = ["disable", "enable", "mask", "preset", "set-default", "unmask"];
    name == "systemctl" && verbs.contains(&command.verb())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::ask;

    #[test]
    fn useless_commands_are_found() {
        assert_eq!(
            ask(&CHECK, "FROM a:1\nRUN service nginx start && mount -a\n"),
            "2:5 service leaves nothing in an image\n2:28 mount leaves nothing in an image"
        );
    }

    #[test]
    fn what_lasts_passes() {
        assert_eq!(ask(&CHECK, "FROM a:1\nRUN systemctl enable nginx && echo ps\n"), "pass");
    }

    #[test]
    fn a_file_without_scripts_is_not_asked() {
        assert_eq!(
            ask(&CHECK, "FROM a:1\n"),
            "not applicable: no RUN instruction is in a language that is read here"
        );
    }
}

use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{DockerfileCheck, Subject, script::ShellCommand};

pub(crate) const CHECK: DockerfileCheck = DockerfileCheck {
    about: About {
        id: "SEK-DOCKERFILE-0053",
        name: "setuid-set",
        kind: FindingKind::Configuration,
        title: Text {
            en: "A program is made setuid or setgid",
            ja: "プログラムを setuid/setgid にしている",
        },
        severity: Severity::High,
        confidence: Confidence::High,
        rationale: Text {
            en: "Whoever runs the program becomes its owner: one bug in it, and any user of the container is root.",
            ja: "実行した者が所有者の権限を得る。欠陥が一つあれば、コンテナのどのユーザーも root になる。",
        },
        remediation: Text {
            en: "Give the one capability it needs with `setcap`, or run it as its own user.",
            ja: "必要な capability だけを `setcap` で与えるか、専用のユーザーで動かす。",
        },
        references: &[
            "https://man7.org/linux/man-pages/man1/chmod.1.html",
            "https://man7.org/linux/man-pages/man8/setcap.8.html",
        ],
        benchmark: Some("CIS Docker Benchmark 1.7.0, 4.8"),
    },
    run,
    fix: None,
};

fn run(subject: &Subject) -> Outcome {
    subject.ask_commands(|subject, _, command| {
        let mode = mode(command)?;
        Some(subject.failure(
            command.span,
            &command.words.iter().map(|it| it.text.as_str()).collect::<Vec<_>>().join(" "),
            format!("{mode} makes a program run as its owner"),
            format!("{mode} により、所有者の権限で動くようになる"),
        ))
    })
}

fn mode(command: &ShellCommand) -> Option<&str> {
    let mode = match command.program() {
        "chmod" => command.operands().next().map(|it| it.text.as_str()),
        "install" => command.flag_value("-m").or_else(|| command.flag_value("--mode")),
        _ => None,
    }?;
    is_setuid(mode).then_some(mode)
}

fn is_setuid(mode: &str) -> bool {
    if let Ok(bits) = u32::from_str_radix(mode, 8) {
        // Directories are given 2xxx so that files in them keep the group; programs get 4 or 6.
        return bits & 0o4000 != 0;
    }
    mode.split(',').any(|part| {
        let (who, what) = part.split_once(['+', '=']).unwrap_or_default();
        what.contains('s') && !what.contains('-') && (who.contains(['u', 'a']) || who.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::ask;

    #[test]
    fn setting_the_bit_is_found() {
        assert_eq!(
            ask(&CHECK, "FROM a:1\nRUN chmod u+s /bin/a && chmod 4755 /bin/b\n"),
            "2:5 u+s makes a program run as its owner\n2:25 4755 makes a program run as its owner"
        );
    }

    #[test]
    fn other_modes_pass() {
        assert_eq!(
            ask(&CHECK, "FROM a:1\nRUN chmod a-s /bin/a && chmod 2775 /srv && chmod g+s /srv\n"),
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

use sekisho_check::{About, Failure, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{DockerfileCheck, Subject, script::ShellCommand};

pub(crate) const CHECK: DockerfileCheck = DockerfileCheck {
    about: About {
        id: "SEK-DOCKERFILE-0048",
        name: "world-writable",
        kind: FindingKind::Configuration,
        title: Text {
            en: "Files are made writable for everyone",
            ja: "誰でも書き込めるファイルを作っている",
        },
        severity: Severity::Medium,
        confidence: Confidence::High,
        rationale: Text {
            en: "Any process of the container, and any user an attacker becomes, can change what is run or read next. It also doubles the files in a new layer.",
            ja: "コンテナ内のどのプロセスも、攻撃者がどのユーザーになっても、次に実行や参照されるものを書き換えられる。新しい層にファイルが重複もする。",
        },
        remediation: Text {
            en: "Give the files to the user that needs them: `COPY --chown=app:app`, `chmod 755`, `u+w`.",
            ja: "必要なユーザーに所有させる: `COPY --chown=app:app`、`chmod 755`、`u+w`",
        },
        references: &[
            "https://docs.docker.com/reference/dockerfile/#copy---chown---chmod",
            "https://man7.org/linux/man-pages/man1/chmod.1.html",
        ],
        benchmark: None,
    },
    run,
    fix: None,
};

fn run(subject: &Subject) -> Outcome {
    let mut failures = Vec::new();
    let mut n_copies = 0;
    for (_, instruction, _) in subject.copies() {
        n_copies += 1;
        if let Some(flag) = instruction.flag("chmod").filter(|it| is_open(&it.value.value)) {
            failures.push(failure(subject, flag.span, &flag.value.value));
        }
    }
    for (_, command) in subject.commands() {
        if let Some(mode) = mode(command) {
            failures.push(failure(subject, command.span, mode));
        }
    }
    match (n_copies, failures.is_empty()) {
        (1.., true) => match subject.of_scripts(failures) {
            Outcome::NotApplicable { .. } => Outcome::Pass,
            other => other,
        },
        _ => subject.of_scripts(failures),
    }
}

fn failure(subject: &Subject, span: crate::Span, mode: &str) -> Failure {
    subject.failure(
        span,
        mode,
        format!("{mode} lets everyone write"),
        format!("{mode} では誰でも書き込める"),
    )
}

/// The mode that a command sets, where it lets everyone write.
fn mode(command: &ShellCommand) -> Option<&str> {
    let mode = match command.program() {
        "chmod" => command.args().iter().map(|it| it.text.as_str()).find(|it| {
            !it.starts_with("--")
                && (!it.starts_with('-') || it.contains('w'))
                && !matches!(*it, "-R" | "-v" | "-f" | "-c")
        }),
        "install" | "mkdir" => command.flag_value("-m").or_else(|| command.flag_value("--mode")),
        _ => None,
    };
    mode.filter(|mode| is_open(mode))
}

/// Whether the mode lets others write and is not sticky as that of /tmp is.
fn is_open(mode: &str) -> bool {
    if let Ok(bits) = u32::from_str_radix(mode, 8) {
        return bits & 0o002 != 0 && bits & 0o1000 == 0 && mode.len() >= 3;
    }
    let is_sticky = mode.contains('t');
    !is_sticky
        && mode.split(',').any(|part| {
            let Some(at) = part.find(['+', '=']) else { return false };
            let (who, what) = part.split_at_checked(at).unwrap_or_default();
            what.contains('w') && who.contains(['a', 'o'])
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::ask;

    #[test]
    fn open_modes_are_found() {
        assert_eq!(
            ask(
                &CHECK,
                "FROM a:1\nCOPY --chmod=777 a /a\nRUN chmod -R 777 /b && chmod a+rwx /c && mkdir -m 0777 /d\n"
            ),
            "2:6 777 lets everyone write\n3:5 777 lets everyone write\n3:24 a+rwx lets everyone write\n3:42 0777 lets everyone write"
        );
    }

    #[test]
    fn narrow_and_sticky_modes_pass() {
        assert_eq!(
            ask(
                &CHECK,
                "FROM a:1\nRUN chmod 755 /a && chmod 1777 /tmp && chmod +x /b && chmod u+w,o-w /c\n"
            ),
            "pass"
        );
    }

    #[test]
    fn copies_alone_are_asked_too() {
        assert_eq!(ask(&CHECK, "FROM a:1\nCOPY --chmod=755 a /a\n"), "pass");
    }

    #[test]
    fn a_file_without_either_is_not_asked() {
        assert_eq!(
            ask(&CHECK, "FROM a:1\n"),
            "not applicable: no RUN instruction is in a language that is read here"
        );
    }
}

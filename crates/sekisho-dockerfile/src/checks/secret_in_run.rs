use sekisho_check::{About, Failure, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DockerfileCheck, Subject,
    script::{ShellCommand, ShellWord},
    secret_shape::{is_secret_name, is_secret_value, shape},
};

pub(crate) const CHECK: DockerfileCheck = DockerfileCheck {
    about: About {
        id: "SEK-DOCKERFILE-0044",
        name: "secret-in-run",
        kind: FindingKind::Secret,
        title: Text {
            en: "A secret is written into RUN", ja: "RUN に秘密が書かれている"
        },
        severity: Severity::Critical,
        confidence: Confidence::Medium,
        rationale: Text {
            en: "The text of RUN is in the history of the image, for everyone who can pull it, even when the file it made was deleted in the same line.",
            ja: "RUN の文字列はイメージの履歴に残り、取得できる全員が読める。同じ行で作ったファイルを消しても変わらない。",
        },
        remediation: Text {
            en: "Revoke it and mount it: `RUN --mount=type=secret,id=NAME cmd --password-file /run/secrets/NAME`.",
            ja: "失効させ、マウントで渡す: `RUN --mount=type=secret,id=NAME cmd --password-file /run/secrets/NAME`",
        },
        references: &["https://docs.docker.com/build/building/secrets/"],
        benchmark: Some("CIS Docker Benchmark 1.7.0, 4.10"),
    },
    run,
    fix: None,
};

fn run(subject: &Subject) -> Outcome {
    let mut failures: Vec<Failure> = Vec::new();
    for (_, command) in subject.commands() {
        for failure in judge(subject, command) {
            // A word of `sh -c` is read twice.
            if !failures.iter().any(|it| it.location == failure.location) {
                failures.push(failure);
            }
        }
    }
    subject.of_scripts(failures)
}

fn judge(subject: &Subject, command: &ShellCommand) -> Vec<Failure> {
    let mut failures = Vec::new();
    for assignment in &command.assignments {
        let (name, value) = (&assignment.name, &assignment.value);
        if is_secret_name(name) && is_literal(value) {
            failures.push(of_name(subject, value, name));
        }
    }
    let args = command.args();
    for (index, word) in args.iter().enumerate() {
        if let Some(kind) = shape(&word.text) {
            let failure = subject.failure(
                word.span,
                kind,
                format!("a word has the form of a secret: {kind}"),
                format!("秘密の形をした語がある: {kind}"),
            );
            failures.push(Failure { confidence: Some(Confidence::High), ..failure });
            continue;
        }
        let is_export = command.is_run_as(&["export", "declare", "local", "readonly"]);
        match word.text.split_once('=') {
            Some((name, value)) if !value.is_empty() => {
                let option = name.trim_start_matches('-');
                let is_named = (is_export || name.starts_with("--")) && is_secret_name(option);
                if is_named && !word.has_expansion && is_secret_value(value) {
                    failures.push(of_name(subject, word, option));
                }
            }
            _ => {
                let next = args
                    .get(index + 1)
                    .filter(|next| is_literal(next) && !next.text.starts_with('-'));
                let option = word.text.strip_prefix("--").filter(|name| is_secret_name(name));
                if let (Some(option), Some(next)) = (option, next) {
                    failures.push(of_name(subject, next, option));
                }
                // `curl -u user:password`.
                let is_user =
                    command.is_run_as(&["curl"]) && matches!(word.text.as_str(), "-u" | "--user");
                if let Some(next) = next.filter(|next| is_user && has_password(&next.text)) {
                    failures.push(of_name(subject, next, "user"));
                }
            }
        }
    }
    if command.is_run_as(&["chpasswd"]) || is_fed_to_chpasswd(subject, command) {
        failures.extend(
            command
                .args()
                .iter()
                .filter(|word| is_literal(word) && has_password(&word.text))
                .map(|word| of_name(subject, word, "chpasswd")),
        );
    }
    failures
}

fn is_literal(word: &ShellWord) -> bool {
    !word.has_expansion && is_secret_value(&word.text)
}

/// `user:password`, the password not empty.
fn has_password(text: &str) -> bool {
    text.split_once(':').is_some_and(|(_, password)| is_secret_value(password.trim()))
}

/// `echo 'root:…' | chpasswd`, without `-e`, whose passwords are hashes.
fn is_fed_to_chpasswd(subject: &Subject, command: &ShellCommand) -> bool {
    command.is_run_as(&["echo", "printf"])
        && subject.commands().any(|(_, it)| {
            it.is_run_as(&["chpasswd"])
                && !it.has_any_flag(&["-e", "--encrypted"])
                && it.pipe.id == command.pipe.id
                && it.pipe.index > command.pipe.index
                && it.span.start > command.span.end
                && it.span.start - command.span.end < MAX_PIPE_BYTES
        })
}

/// Farther apart, two commands with one number are of different scripts.
const MAX_PIPE_BYTES: usize = 80;

fn of_name(subject: &Subject, word: &ShellWord, name: &str) -> Failure {
    subject.failure(
        word.span,
        name,
        format!("the secret given for {name} stays in the history of the image"),
        format!("{name} に渡した秘密がイメージの履歴に残る"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::ask;

    #[test]
    fn secrets_are_found_by_name_and_form() {
        assert_eq!(
            ask(
                &CHECK,
                "FROM a:1\nRUN export DB_PASSWORD=hunter2 && curl -u ann:hunter2 https://example.org\nRUN git clone https://ann:hunter2@example.org/r.git\nRUN login --password hunter2\nRUN echo 'root:hunter2' | chpasswd\n"
            ),
            "2:12 the secret given for DB_PASSWORD stays in the history of the image\n2:43 the secret given for user stays in the history of the image\n3:15 a word has the form of a secret: password in a URL\n4:22 the secret given for password stays in the history of the image\n5:10 the secret given for chpasswd stays in the history of the image"
        );
    }

    #[test]
    fn variables_and_files_pass() {
        assert_eq!(
            ask(
                &CHECK,
                "FROM a:1\nRUN export TOKEN=\"$(cat /run/secrets/t)\" && login --password $P --token-file /t && curl -u $U:$P https://example.org\n"
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
}

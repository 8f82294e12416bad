use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{DockerfileCheck, Edit, Subject, script::ShellCommand};

pub(crate) const CHECK: DockerfileCheck = DockerfileCheck {
    about: About {
        id: "SEK-DOCKERFILE-0035",
        name: "wget-progress",
        kind: FindingKind::Configuration,
        title: Text {
            en: "wget writes its progress bar to the build log",
            ja: "wget が進捗をビルドログに書き続ける",
        },
        severity: Severity::Info,
        confidence: Confidence::High,
        rationale: Text {
            en: "Thousands of lines of dots bury the line of the log that tells what went wrong, or what was fetched from where.",
            ja: "何千行もの進捗表示が、何が失敗したか、どこから何を取得したかを示す行を埋もれさせる。",
        },
        remediation: Text {
            en: "Add `-nv`, or `--progress=dot:giga`.",
            ja: "`-nv` か `--progress=dot:giga` を付ける。",
        },
        references: &["https://www.gnu.org/software/wget/manual/wget.html"],
        benchmark: None,
    },
    run,
    fix: Some(mend),
};

fn run(subject: &Subject) -> Outcome {
    subject.ask_commands(|subject, _, command| {
        is_loud(command).then(|| {
            let (en, ja) = ("the log fills with progress", "ログが進捗で埋まる");
            let key = command.operands().next().map_or("", |word| word.text.as_str());
            subject.failure(command.span, key, en, ja)
        })
    })
}

fn is_loud(command: &ShellCommand) -> bool {
    let quiet = [
        "-q",
        "--quiet",
        "-nv",
        "--no-verbose",
        "--progress",
        "-o",
        "--output-file",
        "-a",
        "--append-output",
        "--version",
        "--spider",
        "--help",
    ];
    command.is_run_as(&["wget"])
        && !command.args().is_empty()
        && !command.has_any_flag(&quiet)
        && !command.args().iter().any(|word| {
            // `-qO-`: letters of which the last takes what follows.
            word.text
                .strip_prefix('-')
                .is_some_and(|it| !it.starts_with('-') && it.starts_with(['q', 'o']))
        })
}

fn mend(subject: &Subject) -> Vec<Edit> {
    let loud = subject.commands().filter(|(_, command)| is_loud(command));
    loud.filter_map(|(_, command)| command.effective().first())
        .map(|word| Edit::insert(word.span.end, " -nv"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::{ask, fixed};

    #[test]
    fn a_loud_wget_is_found() {
        assert_eq!(
            ask(&CHECK, "FROM a:1\nRUN wget https://example.org/a\n"),
            "2:5 the log fills with progress"
        );
    }

    #[test]
    fn quiet_ones_pass() {
        assert_eq!(
            ask(
                &CHECK,
                "FROM a:1\nRUN wget -qO- https://example.org/a && wget --progress=dot:giga https://example.org/b\n"
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
    fn it_is_told_to_be_quiet() {
        assert_eq!(
            fixed(&CHECK, "FROM a:1\nRUN wget https://example.org/a\n"),
            "FROM a:1\nRUN wget -nv https://example.org/a\n"
        );
    }
}

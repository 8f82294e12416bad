use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{DockerfileCheck, Edit, Subject, script::ShellCommand};

pub(crate) const CHECK: DockerfileCheck = DockerfileCheck {
    about: About {
        id: "SEK-DOCKERFILE-0026",
        name: "useradd-large-uid",
        kind: FindingKind::Configuration,
        title: Text {
            en: "useradd writes a huge log file for a large user id",
            ja: "大きな UID の useradd が巨大なログを作る",
        },
        severity: Severity::Low,
        confidence: Confidence::High,
        rationale: Text {
            en: "lastlog and faillog are indexed by user id: for a large one useradd makes a sparse file of gigabytes, which builders that do not keep holes write out in full.",
            ja: "lastlog と faillog は UID で位置が決まる。大きな UID では数 GB の穴あきファイルができ、穴を保てないビルダーは全体を書き出す。",
        },
        remediation: Text {
            en: "Add `--no-log-init`: `useradd --no-log-init -u 1000000 app`.",
            ja: "`--no-log-init` を付ける: `useradd --no-log-init -u 1000000 app`",
        },
        references: &["https://docs.docker.com/build/building/best-practices/#user"],
        benchmark: None,
    },
    run,
    fix: Some(mend),
};

/// Ids above make a file of more than a few megabytes.
const LARGE_UID: u64 = 99_999;

fn run(subject: &Subject) -> Outcome {
    subject.ask_commands(|subject, _, command| {
        is_large(command).then(|| {
            let (en, ja) =
                ("the log files grow with the user id", "UID に応じてログファイルが膨らむ");
            subject.failure(command.span, command.flag_value("-u").unwrap_or_default(), en, ja)
        })
    })
}

fn is_large(command: &ShellCommand) -> bool {
    let uid = command.flag_value("-u").or_else(|| command.flag_value("--uid"));
    command.is_run_as(&["useradd"])
        && uid.and_then(|uid| uid.parse::<u64>().ok()).is_some_and(|uid| uid > LARGE_UID)
        && !command.has_any_flag(&["-l", "--no-log-init", "-r", "--system"])
}

fn mend(subject: &Subject) -> Vec<Edit> {
    let found = subject.commands().filter(|(_, command)| is_large(command));
    found
        .filter_map(|(_, command)| command.effective().first())
        .map(|word| Edit::insert(word.span.end, " --no-log-init"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::{ask, fixed};

    #[test]
    fn a_large_id_is_found() {
        assert_eq!(
            ask(&CHECK, "FROM a:1\nRUN useradd -u 1000000 app\n"),
            "2:5 the log files grow with the user id"
        );
    }

    #[test]
    fn small_ids_and_the_option_pass() {
        assert_eq!(
            ask(&CHECK, "FROM a:1\nRUN useradd -u 1000 a && useradd -l -u 1000000 b\n"),
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
            fixed(&CHECK, "FROM a:1\nRUN useradd -u 1000000 app\n"),
            "FROM a:1\nRUN useradd --no-log-init -u 1000000 app\n"
        );
    }
}

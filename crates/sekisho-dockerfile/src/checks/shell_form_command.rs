use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    Command, DockerfileCheck, Edit, Form, Subject,
    instruction::{Instruction, Kind},
    script::{Reading, Script},
};

pub(crate) const CHECK: DockerfileCheck = DockerfileCheck {
    about: About {
        id: "SEK-DOCKERFILE-0025",
        name: "shell-form-command",
        kind: FindingKind::Configuration,
        title: Text {
            en: "The container is started through a shell",
            ja: "コンテナがシェル経由で起動する",
        },
        severity: Severity::Low,
        confidence: Confidence::High,
        rationale: Text {
            en: "In shell form the program is a child of /bin/sh, which passes on no signal: `docker stop` waits and kills it. The shell also stays in the image as a tool for intruders.",
            ja: "シェル形式ではプログラムが /bin/sh の子になり、シグナルが届かない。`docker stop` は待ったあげく強制終了する。シェルはイメージに残り、侵入者の道具にもなる。",
        },
        remediation: Text {
            en: "Write a JSON list with double quotes: `CMD [\"nginx\", \"-g\", \"daemon off;\"]`.",
            ja: "二重引用符の JSON 配列で書く: `CMD [\"nginx\", \"-g\", \"daemon off;\"]`",
        },
        references: &[
            "https://docs.docker.com/reference/dockerfile/#shell-and-exec-form",
            "https://docs.docker.com/reference/build-checks/json-args-recommended/",
        ],
        benchmark: None,
    },
    run,
    fix: Some(mend),
};

fn run(subject: &Subject) -> Outcome {
    let mut failures = Vec::new();
    let mut is_asked = false;
    for instruction in &subject.file.instructions {
        let Some(command) = started(instruction) else { continue };
        is_asked = true;
        if let Form::Shell(script) = &command.form {
            let looks_like_list =
                script.text.as_str().starts_with('[') && script.text.as_str().ends_with(']');
            let (en, ja) = if looks_like_list {
                ("the list is no JSON, so a shell gets it", "配列が JSON でないためシェルに渡る")
            } else {
                (
                    "the shell form keeps signals from the program",
                    "シェル形式ではシグナルが届かない",
                )
            };
            failures.push(subject.failure(command.span, &instruction.keyword, en, ja));
        }
    }
    if is_asked {
        Outcome::of(failures)
    } else {
        let because = Text { en: "nothing is started", ja: "起動の命令がない" };
        Outcome::NotApplicable { because }
    }
}

fn started(instruction: &Instruction) -> Option<&Command> {
    match &instruction.kind {
        Kind::Cmd(command) | Kind::Entrypoint(command) => Some(command),
        _ => None,
    }
}

fn mend(subject: &Subject) -> Vec<Edit> {
    // ENTRYPOINT in shell form ignores CMD, which a list would not: then a person decides.
    let has_cmd = |stage: &crate::Stage| {
        subject.file.of_stage(stage).iter().any(|it| matches!(it.kind, Kind::Cmd(_)))
    };
    let mut edits = Vec::new();
    for (index, instruction) in subject.file.instructions.iter().enumerate() {
        let Some(command) = started(instruction) else { continue };
        let is_entrypoint = matches!(instruction.kind, Kind::Entrypoint(_));
        if is_entrypoint && subject.file.stage_of(index).is_none_or(has_cmd) {
            continue;
        }
        let Form::Shell(script) = &command.form else { continue };
        if let Some(list) = as_list(script)
            && subject.file.source.slice(command.span) == script.text.as_str()
        {
            edits.push(Edit::replace(command.span, list));
        }
    }
    edits
}

/// The list that does the same as a single command of plain words.
fn as_list(script: &Script) -> Option<String> {
    let [command] = script.commands.as_slice() else { return None };
    let is_plain = script.reading == Reading::Whole
        && command.assignments.is_empty()
        && command.redirects.is_empty()
        && !command.is_negated
        && !command.words.is_empty()
        && command.words.iter().all(|word| {
            !word.has_expansion
                && !word.raw.contains(['*', '?', '[', '~', '{', '\\', '`', '$', '#'])
        });
    let words: Vec<&str> = command.words.iter().map(|word| word.text.as_str()).collect();
    // Nothing else may stand there: `&`, a group, a keyword.
    let rest: usize = command.words.iter().map(|word| word.raw.len()).sum();
    let n_other = script.text.as_str().chars().filter(|char| !char.is_whitespace()).count();
    let n_spaces: usize = command
        .words
        .iter()
        .map(|word| word.raw.chars().filter(|it| it.is_whitespace()).count())
        .sum();
    let is_builtin = words.first().is_some_and(|word| {
        matches!(
            *word,
            "cd" | "exec"
                | "export"
                | "source"
                | "."
                | "set"
                | "exit"
                | "eval"
                | "ulimit"
                | "umask"
                | ":"
        )
    });
    let is_all = n_other == rest - n_spaces;
    if !is_plain || !is_all || is_builtin || !script.text.as_str().is_ascii() {
        return None;
    }
    let quoted: Vec<String> =
        words.iter().map(|word| serde_json::Value::from(*word).to_string()).collect();
    Some(format!("[{}]", quoted.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::{ask, fixed};

    #[test]
    fn shell_forms_are_found() {
        assert_eq!(
            ask(&CHECK, "FROM a:1\nCMD node server.js\nENTRYPOINT ['a']\n"),
            "2:5 the shell form keeps signals from the program\n3:12 the list is no JSON, so a shell gets it"
        );
    }

    #[test]
    fn lists_pass() {
        assert_eq!(ask(&CHECK, "FROM a:1\nCMD [\"node\", \"server.js\"]\n"), "pass");
    }

    #[test]
    fn a_file_that_starts_nothing_is_not_asked() {
        assert_eq!(ask(&CHECK, "FROM a:1\n"), "not applicable: nothing is started");
    }

    #[test]
    fn plain_words_become_a_list() {
        assert_eq!(
            fixed(&CHECK, "FROM a:1\nCMD node 'a b' \"c\"\n"),
            "FROM a:1\nCMD [\"node\", \"a b\", \"c\"]\n"
        );
    }
}

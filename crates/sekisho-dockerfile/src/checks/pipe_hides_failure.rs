use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{DockerfileCheck, Subject, instruction::Kind, script::Script};

pub(crate) const CHECK: DockerfileCheck = DockerfileCheck {
    about: About {
        id: "SEK-DOCKERFILE-0018",
        name: "pipe-hides-failure",
        kind: FindingKind::Configuration,
        title: Text {
            en: "A failing command in a pipe does not fail the build",
            ja: "パイプ途中の失敗がビルドを止めない",
        },
        severity: Severity::Low,
        confidence: Confidence::Medium,
        rationale: Text {
            en: "A pipeline fails only when its last command does. A download that breaks off is unpacked as far as it came and shipped.",
            ja: "パイプラインの成否は最後のコマンドだけで決まる。途中で切れたダウンロードも、届いた所まで展開されて出荷される。",
        },
        remediation: Text {
            en: "Put `SHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]` before it, or start the script with `set -o pipefail`.",
            ja: "前に `SHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]` を置くか、スクリプトを `set -o pipefail` で始める。",
        },
        references: &["https://docs.docker.com/build/building/best-practices/#using-pipes"],
        benchmark: None,
    },
    run,
    fix: None,
};

/// Programs that do not fail, and whose output is at hand.
const HARMLESS: &[&str] = &["echo", "printf", "true", "yes", ":"];

fn run(subject: &Subject) -> Outcome {
    let mut failures = Vec::new();
    let mut has_pipefail = false;
    let mut of_stages = std::collections::BTreeMap::new();
    for (_, instruction) in subject.instructions() {
        match &instruction.kind {
            Kind::From(from) => {
                // A stage starts with the shell of the one it is built on.
                has_pipefail =
                    of_stages.get(&from.image.value.to_lowercase()).copied().unwrap_or(false);
            }
            Kind::Shell(words) => {
                has_pipefail = words.iter().any(|it| it.contains("pipefail"));
            }
            Kind::Run(command) => {
                if !has_pipefail && let Some(piped) = first_pipe(command.script()) {
                    failures.push(
                        subject.failure(
                            piped.span,
                            &piped
                                .words
                                .iter()
                                .map(|it| it.text.as_str())
                                .collect::<Vec<_>>()
                                .join(" "),
                            format!("a failure of {} is lost in the pipe", piped.program()),
                            format!("{} の失敗がパイプで失われる", piped.program()),
                        ),
                    );
                }
            }
            _ => (),
        }
        if let Some(name) = subject
            .file
            .stages
            .iter()
            .find(|stage| {
                stage.base_span.end <= instruction.span.end
                    && subject
                        .file
                        .of_stage(stage)
                        .last()
                        .is_some_and(|it| it.span.end >= instruction.span.end)
            })
            .and_then(|stage| stage.name.clone())
        {
            of_stages.insert(name, has_pipefail);
        }
    }
    subject.of_scripts(failures)
}

/// The first command whose failure a pipe hides.
fn first_pipe(script: &Script) -> Option<&crate::ShellCommand> {
    let sets = script.commands.iter().position(|it| {
        let takes = it.is_run_as(&["set", "bash", "sh", "ash", "zsh", "ksh"]);
        takes && it.args().iter().any(|word| word.text == "pipefail")
    });
    let (index, found) = script.commands.iter().enumerate().find(|(_, it)| {
        it.pipe.index + 1 < it.pipe.length && !it.program().is_empty() && !it.is_run_as(HARMLESS)
    })?;
    sets.is_none_or(|sets| index < sets).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::ask;

    #[test]
    fn a_pipe_without_pipefail_is_found() {
        assert_eq!(
            ask(&CHECK, "FROM a:1\nRUN curl https://example.org/a | tar x\n"),
            "2:5 a failure of curl is lost in the pipe"
        );
    }

    #[test]
    fn pipefail_in_shell_or_script_passes() {
        assert_eq!(
            ask(
                &CHECK,
                "FROM a:1 AS b\nSHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]\nRUN a | b\nFROM b\nRUN a | b\nFROM c:1\nRUN set -eo pipefail; a | b\nRUN bash -o pipefail -c 'a | b'\nRUN echo a | b\n"
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

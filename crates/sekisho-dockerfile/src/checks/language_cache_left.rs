use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DockerfileCheck, Edit, Instruction, Subject,
    instruction::Kind,
    libraries,
    script::{Script, ShellCommand},
};

pub(crate) const CHECK: DockerfileCheck = DockerfileCheck {
    about: About {
        id: "SEK-DOCKERFILE-0032",
        name: "language-cache-left",
        kind: FindingKind::Configuration,
        title: Text {
            en: "A cache of downloaded libraries stays in the image",
            ja: "ライブラリのキャッシュがイメージに残る",
        },
        severity: Severity::Info,
        confidence: Confidence::High,
        rationale: Text {
            en: "What pip and yarn keep for the next install is never used in an image: it only makes it larger, and what scanners find in it is not what runs.",
            ja: "pip や yarn が次回のために残すものは、イメージでは使われない。サイズを増やし、スキャナーが実際には動かないものを検出する元になる。",
        },
        remediation: Text {
            en: "Add `--no-cache-dir` to pip, end with `yarn cache clean`, or mount the cache: `--mount=type=cache,target=/root/.cache`.",
            ja: "pip に `--no-cache-dir` を付け、`yarn cache clean` で終える。`--mount=type=cache,target=/root/.cache` でもよい。",
        },
        references: &[
            "https://pip.pypa.io/en/stable/topics/caching/",
            "https://docs.docker.com/reference/dockerfile/#run---mounttypecache",
        ],
        benchmark: None,
    },
    run,
    fix: Some(mend),
};

fn run(subject: &Subject) -> Outcome {
    let mut failures = Vec::new();
    for (index, instruction, script) in subject.scripts() {
        for command in left(subject, index, instruction, script) {
            let name = if libraries::is_pip(command) { "pip" } else { "yarn" };
            failures.push(subject.failure(
                command.span,
                name,
                format!("what {name} caches stays in the layer"),
                format!("{name} のキャッシュが層に残る"),
            ));
        }
    }
    subject.of_scripts(failures)
}

fn left<'a>(
    subject: &Subject,
    index: usize,
    instruction: &Instruction,
    script: &'a Script,
) -> Vec<&'a ShellCommand> {
    let has_mount = instruction
        .flags
        .iter()
        .any(|it| it.name == "mount" && it.value.raw.contains("type=cache"));
    if has_mount || !subject.is_shipped(index) {
        return Vec::new();
    }
    let is_yarn_cleaned = script.commands.iter().any(|it| {
        let words: Vec<&str> = it.operands().map(|word| word.text.as_str()).collect();
        it.program() == "yarn" && words.starts_with(&["cache", "clean"])
            || it.program() == "rm"
                && words.iter().any(|it| it.contains("yarn") || it.contains(".cache"))
    });
    script
        .commands
        .iter()
        .filter(|command| {
            if libraries::is_pip(command) {
                let is_off = command.has_flag("--no-cache-dir")
                    || command.assignments.iter().any(|it| it.name == "PIP_NO_CACHE_DIR")
                    || is_pip_told(subject, index);
                return libraries::pip_verb(command) == "install" && !is_off;
            }
            command.program() == "yarn"
                && matches!(command.verb(), "add" | "install")
                && !is_yarn_cleaned
        })
        .collect()
}

/// Whether ENV or ARG turns the cache of pip off before this instruction.
fn is_pip_told(subject: &Subject, index: usize) -> bool {
    subject.shipped_stages().iter().any(|stage| {
        let instructions = subject.file.instructions.iter().enumerate();
        instructions.filter(|(at, _)| stage.instructions.contains(at) && *at < index).any(
            |(_, it)| {
                let pairs = match &it.kind {
                    Kind::Env(pairs) => pairs.pairs.as_slice(),
                    Kind::Arg(pairs) => pairs.as_slice(),
                    _ => return false,
                };
                pairs.iter().any(|pair| pair.name.value == "PIP_NO_CACHE_DIR")
            },
        )
    })
}

fn mend(subject: &Subject) -> Vec<Edit> {
    let mut edits = Vec::new();
    for (index, instruction, script) in subject.scripts() {
        for command in left(subject, index, instruction, script) {
            let verb = command.args().iter().find(|word| word.text == "install");
            if let Some(verb) = verb.filter(|_| libraries::is_pip(command)) {
                edits.push(Edit::insert(verb.span.end, " --no-cache-dir"));
            }
        }
    }
    edits
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::{ask, fixed};

    #[test]
    fn what_stays_is_found() {
        assert_eq!(
            ask(
                &CHECK,
                "FROM a:1\nRUN pip install a==1 && python -m pip install b==1\nRUN yarn install\n"
            ),
            "2:5 what pip caches stays in the layer\n2:25 what pip caches stays in the layer\n3:5 what yarn caches stays in the layer"
        );
    }

    #[test]
    fn what_is_not_kept_passes() {
        assert_eq!(
            ask(
                &CHECK,
                "FROM a:1\nRUN --mount=type=cache,target=/root/.cache pip install a==1\nRUN pip install --no-cache-dir a==1 && yarn install && yarn cache clean\nENV PIP_NO_CACHE_DIR=1\nRUN pip install b==1\n"
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
    fn pip_is_told_to_keep_nothing() {
        assert_eq!(
            fixed(&CHECK, "FROM a:1\nRUN python3 -m pip install a==1\n"),
            "FROM a:1\nRUN python3 -m pip install --no-cache-dir a==1\n"
        );
    }
}

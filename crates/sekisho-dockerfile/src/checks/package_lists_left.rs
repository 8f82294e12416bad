use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DockerfileCheck, Edit, Form, Instruction, Kind, Subject,
    packages::{Manager, manager, verb},
    script::{Script, ShellCommand},
};

pub(crate) const CHECK: DockerfileCheck = DockerfileCheck {
    about: About {
        id: "SEK-DOCKERFILE-0030",
        name: "package-lists-left",
        kind: FindingKind::Configuration,
        title: Text {
            en: "Package lists or caches stay in the image",
            ja: "パッケージ一覧やキャッシュがイメージに残る",
        },
        severity: Severity::Low,
        confidence: Confidence::High,
        rationale: Text {
            en: "Lists and caches of the package manager are of no use at run time; they make the image larger, and the next layer installs from lists that are days old. They must go in the RUN that made them: a later one only hides them.",
            ja: "パッケージ管理の一覧やキャッシュは実行時には不要で、イメージを大きくし、次の層は古い一覧からインストールしてしまう。作った RUN の中で消す必要がある。後の命令では隠れるだけである。",
        },
        remediation: Text {
            en: "End the RUN with `rm -rf /var/lib/apt/lists/*`, `dnf clean all`, `yum clean all` or `zypper clean --all`; for apk take `--no-cache`; or mount the cache: `--mount=type=cache`.",
            ja: "RUN の最後に `rm -rf /var/lib/apt/lists/*`、`dnf clean all`、`yum clean all`、`zypper clean --all` を置く。apk では `--no-cache` を使う。`--mount=type=cache` でキャッシュをマウントしてもよい。",
        },
        references: &[
            "https://docs.docker.com/build/building/best-practices/#apt-get",
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
        if !subject.is_shipped(index) {
            continue;
        }
        // Images of Debian and Ubuntu that Docker makes delete packages, not lists.
        for (manager, command) in left(instruction, script) {
            let name = match manager {
                Manager::Apk => "apk",
                Manager::Apt => "apt",
                Manager::Dnf => "dnf",
                Manager::Pacman => "pacman",
                Manager::Yum => "yum",
                Manager::Zypper => "zypper",
            };
            failures.push(subject.failure(
                command.span,
                name,
                format!("what {name} downloaded to work with stays in the layer"),
                format!("{name} が作業用に取得したものが層に残る"),
            ));
        }
    }
    subject.of_scripts(failures)
}

/// The commands of a script that leave something behind, the first of each manager.
fn left<'a>(instruction: &Instruction, script: &'a Script) -> Vec<(Manager, &'a ShellCommand)> {
    let mut left: Vec<(Manager, &ShellCommand)> = Vec::new();
    for command in &script.commands {
        let Some(manager) = manager(command) else { continue };
        let verb = verb(manager, command);
        let leaves = match manager {
            Manager::Apk => {
                matches!(verb, "add" | "update" | "upgrade") && !command.has_flag("--no-cache")
            }
            Manager::Apt => verb == "update",
            Manager::Dnf | Manager::Yum => {
                matches!(verb, "groupinstall" | "install" | "update" | "upgrade")
                    && !is_kept_clean(command)
            }
            Manager::Zypper => {
                matches!(verb, "in" | "install" | "ref" | "refresh" | "up" | "update")
            }
            Manager::Pacman => command.args().iter().any(|it| it.text.starts_with("-S")),
        };
        let is_known = left.iter().any(|(known, _)| *known == manager);
        if leaves && !is_known && !is_mounted(instruction, manager) && !is_cleaned(script, manager)
        {
            left.push((manager, command));
        }
    }
    left
}

/// `dnf --setopt=keepcache=0` keeps packages away, but not lists; microdnf clean is as dnf clean.
fn is_kept_clean(command: &ShellCommand) -> bool {
    command.has_flag("--downloadonly")
}

/// Where each manager keeps what it downloads.
fn directories(manager: Manager) -> &'static [&'static str] {
    match manager {
        Manager::Apk => &["/var/cache/apk", "/etc/apk/cache"],
        Manager::Apt => &["/var/lib/apt"],
        Manager::Dnf => &["/var/cache/dnf", "/var/cache/libdnf", "/var/cache/yum"],
        Manager::Pacman => &["/var/cache/pacman"],
        Manager::Yum => &["/var/cache/yum", "/var/cache/dnf"],
        Manager::Zypper => &["/var/cache/zypp"],
    }
}

fn is_mounted(instruction: &Instruction, manager: Manager) -> bool {
    let mounts = instruction.flags.iter().filter(|flag| flag.name == "mount");
    let mut values = mounts.map(|flag| flag.value.raw.as_str());
    values.any(|value| {
        let is_away = value.contains("type=cache") || value.contains("type=tmpfs");
        is_away
            && value.split(',').any(|part| {
                let target = part.split_once('=').map_or("", |(_, target)| target);
                directories(manager)
                    .iter()
                    .any(|it| target.starts_with(it) || !target.is_empty() && is_above(target, it))
            })
    })
}

fn is_above(target: &str, directory: &str) -> bool {
    let target = target.trim_end_matches('/');
    target.starts_with("/var/") && directory.starts_with(target)
}

fn is_cleaned(script: &Script, manager: Manager) -> bool {
    script.commands.iter().any(|command| {
        let removes = command.is_run_as(&["rm", "find"])
            && command.args().iter().any(|word| {
                directories(manager)
                    .iter()
                    .any(|it| word.text.starts_with(it) || is_wild_above(&word.text, it))
            });
        let cleans = crate::packages::manager(command).is_some_and(|it| {
            let is_same = it == manager
                || matches!(
                    (it, manager),
                    (Manager::Dnf | Manager::Yum, Manager::Dnf | Manager::Yum)
                );
            let verb = verb(it, command);
            is_same
                && match manager {
                    Manager::Apt => verb == "dist-clean" || verb == "distclean",
                    Manager::Pacman => command.args().iter().any(|it| it.text.starts_with("-Scc")),
                    Manager::Zypper => matches!(verb, "clean" | "cc"),
                    Manager::Apk => {
                        verb == "cache" && command.operands().any(|it| it.text == "clean")
                    }
                    Manager::Dnf | Manager::Yum => verb == "clean",
                }
        });
        removes || cleans
    })
}

/// `rm -rf /var/cache/*` and `/var/lib/apt*`.
fn is_wild_above(pattern: &str, directory: &str) -> bool {
    pattern
        .strip_suffix('*')
        .is_some_and(|start| start.len() > "/var/".len() && directory.starts_with(start))
}

/// What can be mended in the command itself.
fn mend(subject: &Subject) -> Vec<Edit> {
    let mut edits = Vec::new();
    for (index, instruction, script) in subject.scripts() {
        if !subject.is_shipped(index) {
            continue;
        }
        // `apk update` needs the lists to be kept, so its RUN is left as it is.
        let has_update = script
            .commands
            .iter()
            .any(|it| manager(it) == Some(Manager::Apk) && verb(Manager::Apk, it) != "add");
        for (manager, command) in left(instruction, script) {
            if manager != Manager::Apk {
                edits.extend(cleaned_up(subject, instruction, script, manager, command));
                continue;
            }
            if has_update {
                continue;
            }
            for command in script.commands.iter().filter(|it| it.program() == "apk") {
                let verb = command.args().iter().find(|word| word.text == "add");
                if let Some(verb) = verb.filter(|_| !command.has_flag("--no-cache")) {
                    edits.push(Edit::insert(verb.span.end, " --no-cache"));
                }
            }
        }
    }
    edits
}

/// Adds the command that cleans up behind `command` to the end of a script that is nothing but
/// commands joined by `&&`. Anywhere else a decision is needed on when it is to run.
fn cleaned_up(
    subject: &Subject,
    instruction: &Instruction,
    script: &Script,
    manager: Manager,
    command: &ShellCommand,
) -> Option<Edit> {
    let program = command.words.first()?.text.as_str();
    let cleaning = match manager {
        Manager::Apt => "rm -rf /var/lib/apt/lists/*".to_owned(),
        Manager::Dnf | Manager::Yum => format!("{program} clean all"),
        Manager::Zypper => format!("{program} clean --all"),
        Manager::Apk | Manager::Pacman => return None,
    };
    // `sudo dnf`, and a program that a variable names.
    let is_plain = program == "apt" || manager_of(program) == Some(manager);
    let text = subject.file.source.text();
    let rest = instruction.rest_span();
    let first = script.commands.first()?;
    let mut end = first.span.end;
    let mut joint = " && ";
    for next in script.commands.iter().skip(1) {
        joint = text.get(end..next.span.start)?;
        if without_breaks(joint) != "&&" {
            return None;
        }
        end = next.span.end;
    }
    let is_all = without_breaks(text.get(rest.start..first.span.start)?).is_empty()
        && without_breaks(text.get(end..rest.end)?).is_empty();
    let is_shell =
        matches!(&instruction.kind, Kind::Run(run) if matches!(run.form, Form::Shell(_)));
    if !is_plain || !is_all || !is_shell || !instruction.heredocs.is_empty() {
        return None;
    }
    let joint = if joint.contains('#') { " && " } else { joint };
    Some(Edit::insert(end, format!("{joint}{cleaning}")))
}

fn manager_of(program: &str) -> Option<Manager> {
    match program {
        "apt-get" => Some(Manager::Apt),
        "dnf" | "microdnf" => Some(Manager::Dnf),
        "yum" => Some(Manager::Yum),
        "zypper" => Some(Manager::Zypper),
        _ => None,
    }
}

/// What is left of the text between two commands without spaces, continuations and comments.
fn without_breaks(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with('#'));
    lines.map(|line| line.trim().trim_end_matches(['\\', '`']).trim_end()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        fix,
        probe::{ask, fixed},
    };

    #[test]
    fn what_stays_is_found() {
        assert_eq!(
            ask(
                &CHECK,
                "FROM a:1\nRUN apt-get update && apt-get install -y a\nRUN apk add a\nRUN dnf install -y a && zypper in -y b\n"
            ),
            "2:5 what apt downloaded to work with stays in the layer\n3:5 what apk downloaded to work with stays in the layer\n4:5 what dnf downloaded to work with stays in the layer\n4:25 what zypper downloaded to work with stays in the layer"
        );
    }

    #[test]
    fn what_is_cleaned_or_mounted_passes() {
        assert_eq!(
            ask(
                &CHECK,
                "FROM a:1\nRUN apt-get update && apt-get install -y a && rm -rf /var/lib/apt/lists/*\nRUN apk add --no-cache a\nRUN yum install -y a && yum clean all\nRUN --mount=type=cache,target=/var/lib/apt,sharing=locked apt-get update\n"
            ),
            "pass"
        );
    }

    #[test]
    fn stages_left_behind_may_be_untidy() {
        assert_eq!(ask(&CHECK, "FROM a:1\nRUN apt-get update\nFROM b:1\nRUN true\n"), "pass");
    }

    #[test]
    fn a_file_without_scripts_is_not_asked() {
        assert_eq!(
            ask(&CHECK, "FROM a:1\n"),
            "not applicable: no RUN instruction is in a language that is read here"
        );
    }

    #[test]
    fn a_chain_of_commands_cleans_up_at_its_end() {
        for (before, after) in [
            (
                "FROM a:1\nRUN --network=default apt-get update && apt-get install -y a\n",
                "FROM a:1\nRUN --network=default apt-get update && apt-get install -y a && rm -rf \
                 /var/lib/apt/lists/*\n",
            ),
            (
                "FROM a:1\nRUN apt-get update \\\n    && apt-get install -y \\\n    # why\n      a\nUSER 1\n",
                "FROM a:1\nRUN apt-get update \\\n    && apt-get install -y \\\n    # why\n      a \
                 \\\n    && rm -rf /var/lib/apt/lists/*\nUSER 1\n",
            ),
            (
                "FROM a:1\nRUN microdnf install -y a && \\\n  make\n",
                "FROM a:1\nRUN microdnf install -y a && \\\n  make && \\\n  microdnf clean all\n",
            ),
            (
                "FROM a:1\nRUN zypper in -y a\n",
                "FROM a:1\nRUN zypper in -y a && zypper clean --all\n",
            ),
        ] {
            assert_eq!(fixed(&CHECK, before), after);
        }
    }

    #[test]
    fn scripts_that_are_no_plain_chain_are_left_to_people() {
        for text in [
            "FROM a:1\nRUN apt-get update; apt-get install -y a\n",
            "FROM a:1\nRUN apt-get update || true\n",
            "FROM a:1\nRUN if a; then apt-get update; fi\n",
            "FROM a:1\nRUN (apt-get update)\n",
            "FROM a:1\nRUN apt-get update | tee log\n",
            "FROM a:1\nRUN apt-get update > log\n",
            "FROM a:1\nRUN apt-get update &\n",
            "FROM a:1\nRUN <<EOF\napt-get update\nEOF\n",
            "FROM a:1\nRUN [\"apt-get\", \"update\"]\n",
            "FROM a:1\nRUN sudo apt-get update\n",
            "FROM a:1\nRUN sh -c 'apt-get update'\n",
            "FROM a:1\nRUN ! apt-get update\n",
        ] {
            let subject = Subject::new("Dockerfile", text.as_bytes());
            assert_eq!(fix(&[&CHECK], &subject), None, "{text}");
        }
    }

    #[test]
    fn apk_is_told_to_keep_nothing() {
        assert_eq!(
            fixed(&CHECK, "FROM a:1\nRUN apk add a && apk --quiet add b\n"),
            "FROM a:1\nRUN apk add --no-cache a && apk --quiet add --no-cache b\n"
        );
    }
}

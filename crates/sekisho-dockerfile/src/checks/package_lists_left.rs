use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DockerfileCheck, Edit, Instruction, Subject,
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
        for (manager, _) in left(instruction, script) {
            if manager != Manager::Apk || has_update {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::{ask, fixed};

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
    fn apk_is_told_to_keep_nothing() {
        assert_eq!(
            fixed(&CHECK, "FROM a:1\nRUN apk add a && apk --quiet add b\n"),
            "FROM a:1\nRUN apk add --no-cache a && apk --quiet add --no-cache b\n"
        );
    }
}

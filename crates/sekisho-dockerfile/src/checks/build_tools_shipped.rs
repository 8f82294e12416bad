use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DockerfileCheck, Subject,
    packages::{Manager, install, manager, verb},
    script::Script,
};

pub(crate) const CHECK: DockerfileCheck = DockerfileCheck {
    about: About {
        id: "SEK-DOCKERFILE-0047",
        name: "build-tools-shipped",
        kind: FindingKind::Configuration,
        title: Text {
            en: "Compilers and build tools end up in the image",
            ja: "コンパイラなどのビルド用ツールがイメージに残る",
        },
        severity: Severity::Low,
        confidence: Confidence::Medium,
        rationale: Text {
            en: "With a compiler, a package manager's headers and git, an intruder builds exploits on the spot; the tools also bring most of the advisories a scan reports.",
            ja: "コンパイラや git があれば、侵入者はその場で攻撃コードを作れる。スキャンで報告される脆弱性の多くも、こうしたツールのものである。",
        },
        remediation: Text {
            en: "Compile in a stage of its own and `COPY --from` it what runs, or remove the tools in the RUN that installed them.",
            ja: "コンパイルは別ステージで行い、動くものだけを `COPY --from` する。または、入れた RUN の中で取り除く。",
        },
        references: &[
            "https://docs.docker.com/build/building/multi-stage/",
            "https://docs.docker.com/build/building/best-practices/#use-multi-stage-builds",
        ],
        benchmark: Some("CIS Docker Benchmark 1.7.0, 4.3"),
    },
    run,
    fix: None,
};

/// Packages that compile, by their names in the distributions.
const TOOLS: &[&str] = &[
    "@development",
    "autoconf",
    "automake",
    "bison",
    "build-base",
    "build-essential",
    "cargo",
    "clang",
    "cmake",
    "default-jdk",
    "g++",
    "gcc",
    "gcc-c++",
    "gfortran",
    "go",
    "golang",
    "golang-go",
    "libtool",
    "make",
    "maven",
    "meson",
    "musl-dev",
    "ninja-build",
    "openjdk-17-jdk",
    "openjdk-21-jdk",
    "python3-dev",
    "python-dev",
    "rust",
    "rustc",
];

fn run(subject: &Subject) -> Outcome {
    let mut failures = Vec::new();
    for (index, _, script) in subject.scripts() {
        if !subject.is_shipped(index) {
            continue;
        }
        for command in &script.commands {
            let Some(install) = install(command) else { continue };
            let tools: Vec<&str> = install
                .packages
                .iter()
                .map(|word| word.text.split(['=', '~', '<', '>', '/']).next().unwrap_or_default())
                .filter(|name| TOOLS.contains(name) || is_versioned(name))
                .collect();
            let set = command.flag_value("--virtual").or_else(|| command.flag_value("-t"));
            if tools.is_empty() || is_removed(script, &tools, set) {
                continue;
            }
            let names = tools.join(", ");
            failures.push(subject.failure(
                command.span,
                &names,
                format!("{names} will be in the image"),
                format!("{names} がイメージに残る"),
            ));
        }
    }
    subject.of_scripts(failures)
}

/// `gcc-12`, `g++-12`.
fn is_versioned(name: &str) -> bool {
    name.rsplit_once('-').is_some_and(|(tool, version)| {
        matches!(tool, "clang" | "g++" | "gcc" | "llvm")
            && version.starts_with(|char: char| char.is_ascii_digit())
    })
}

/// Whether the script removes a tool again, by its name or with the set it was added to.
fn is_removed(script: &Script, tools: &[&str], set: Option<&str>) -> bool {
    script.commands.iter().any(|command| {
        let Some(manager) = manager(command) else { return false };
        let verb = verb(manager, command);
        let removes = match manager {
            Manager::Apk => verb == "del",
            Manager::Apt => matches!(verb, "autoremove" | "purge" | "remove" | "auto-remove"),
            Manager::Dnf | Manager::Yum => {
                matches!(verb, "autoremove" | "erase" | "remove" | "history")
            }
            Manager::Zypper => matches!(verb, "remove" | "rm"),
            Manager::Pacman => command.args().iter().any(|it| it.text.starts_with("-R")),
        };
        let names = || command.operands().map(|word| word.text.as_str());
        removes
            && (names()
                .any(|name| tools.contains(&name) || Some(name) == set || name.starts_with('$'))
                || names().count() == 1 && verb.starts_with("auto"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::ask;

    #[test]
    fn tools_in_the_last_stage_are_found() {
        assert_eq!(
            ask(&CHECK, "FROM a:1\nRUN apt-get install -y gcc=4 curl g++-12\n"),
            "2:5 gcc, g++-12 will be in the image"
        );
    }

    #[test]
    fn tools_of_other_stages_and_removed_ones_pass() {
        assert_eq!(
            ask(
                &CHECK,
                "FROM a:1 AS b\nRUN apk add gcc\nFROM c:1\nRUN apk add --virtual .deps gcc && make && apk del .deps\nRUN apt-get install -y make && make && apt-get purge -y make\n"
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

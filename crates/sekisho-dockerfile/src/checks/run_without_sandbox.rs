use sekisho_check::{About, Failure, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{DockerfileCheck, Subject, instruction::Kind};

pub(crate) const CHECK: DockerfileCheck = DockerfileCheck {
    about: About {
        id: "SEK-DOCKERFILE-0050",
        name: "run-without-sandbox",
        kind: FindingKind::Configuration,
        title: Text {
            en: "RUN leaves the sandbox of the builder",
            ja: "RUN がビルダーの隔離を外している",
        },
        severity: Severity::High,
        confidence: Confidence::High,
        rationale: Text {
            en: "`--security=insecure` runs the command with all privileges of the builder's host, `--network=host` in its network: a dependency that turned bad reaches the machine and what it can reach.",
            ja: "`--security=insecure` はビルダーのホストの全特権で、`--network=host` はそのネットワークでコマンドを動かす。悪意を持った依存物が、その機械と届く先のすべてに手を伸ばせる。",
        },
        remediation: Text {
            en: "Take the flag out; do what needs privileges outside the build.",
            ja: "フラグを外す。特権が要る作業はビルドの外で行う。",
        },
        references: &[
            "https://docs.docker.com/reference/dockerfile/#run---security",
            "https://docs.docker.com/reference/dockerfile/#run---network",
        ],
        benchmark: None,
    },
    run,
    fix: None,
};

fn run(subject: &Subject) -> Outcome {
    let mut failures = Vec::new();
    let mut is_asked = false;
    for (_, instruction) in subject.instructions() {
        let Kind::Run(_) = &instruction.kind else { continue };
        is_asked = true;
        for flag in &instruction.flags {
            let value = flag.value.value.as_str();
            let (en, ja) = match (flag.name.as_str(), value) {
                ("security", "insecure") => {
                    ("the command gets all privileges", "コマンドに全特権が渡る")
                }
                ("network", "host") => (
                    "the command is in the network of the host",
                    "コマンドがホストのネットワークで動く",
                ),
                _ => continue,
            };
            let failure = subject.failure(flag.span, &flag.name, en, ja);
            let severity = (flag.name == "network").then_some(Severity::Medium);
            failures.push(Failure { severity, ..failure });
        }
    }
    crate::subject::outcome(is_asked, failures, Text { en: "there is no RUN", ja: "RUN がない" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::ask;

    #[test]
    fn flags_that_open_the_sandbox_are_found() {
        assert_eq!(
            ask(
                &CHECK,
                "FROM a:1\nRUN --security=insecure make\nRUN --network=host --mount=type=cache,target=/c make\n"
            ),
            "2:5 the command gets all privileges\n3:5 the command is in the network of the host"
        );
    }

    #[test]
    fn other_flags_pass() {
        assert_eq!(ask(&CHECK, "FROM a:1\nRUN --network=none --security=sandbox make\n"), "pass");
    }

    #[test]
    fn a_file_without_run_is_not_asked() {
        assert_eq!(ask(&CHECK, "FROM a:1\n"), "not applicable: there is no RUN");
    }
}

use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{DockerfileCheck, Subject, instruction::Kind, subject::NO_STAGE};

pub(crate) const CHECK: DockerfileCheck = DockerfileCheck {
    about: About {
        id: "SEK-DOCKERFILE-0020",
        name: "healthcheck-missing",
        kind: FindingKind::Configuration,
        title: Text { en: "There is no HEALTHCHECK", ja: "HEALTHCHECK がない" },
        severity: Severity::Info,
        confidence: Confidence::Medium,
        rationale: Text {
            en: "Docker and Swarm restart what they know to be unhealthy. Without a check, a process that hangs, or was made to hang, counts as running. Orchestrators with probes of their own do not need it.",
            ja: "Docker や Swarm は、異常と分かったものだけを再起動する。チェックがなければ、固まった、あるいは固められたプロセスも稼働中とみなされる。独自のプローブを持つオーケストレーターでは不要である。",
        },
        remediation: Text {
            en: "Add `HEALTHCHECK CMD [\"/app\", \"--health\"]`, or `HEALTHCHECK NONE` where an orchestrator asks.",
            ja: "`HEALTHCHECK CMD [\"/app\", \"--health\"]` を加える。オーケストレーターが監視するなら `HEALTHCHECK NONE` と書く。",
        },
        references: &["https://docs.docker.com/reference/dockerfile/#healthcheck"],
        benchmark: Some("CIS Docker Benchmark 1.7.0, 4.6"),
    },
    run,
    fix: None,
};

fn run(subject: &Subject) -> Outcome {
    let shipped = subject.shipped_stages();
    let Some(last) = shipped.first() else {
        return Outcome::NotApplicable { because: NO_STAGE };
    };
    let has_check = shipped.iter().any(|stage| {
        subject.file.of_stage(stage).iter().any(|it| matches!(it.kind, Kind::Healthcheck(_)))
    });
    if has_check {
        return Outcome::Pass;
    }
    let (en, ja) =
        ("nothing tells whether the container works", "コンテナの正常性を知る手段がない");
    Outcome::Fail(vec![subject.failure(last.base_span, "HEALTHCHECK", en, ja)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::ask;

    #[test]
    fn a_last_stage_without_check_is_found() {
        assert_eq!(
            ask(&CHECK, "FROM a:1\nHEALTHCHECK CMD a\nFROM b:1\n"),
            "3:6 nothing tells whether the container works"
        );
    }

    #[test]
    fn a_check_or_none_on_purpose_passes() {
        assert_eq!(ask(&CHECK, "FROM a:1 AS b\nHEALTHCHECK NONE\nFROM b\n"), "pass");
    }

    #[test]
    fn a_file_without_stages_is_not_asked() {
        assert_eq!(ask(&CHECK, "ARG A\n"), "not applicable: there is no FROM");
    }
}

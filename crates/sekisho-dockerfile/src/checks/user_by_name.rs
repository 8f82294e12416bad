use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{DockerfileCheck, Subject, instruction::Kind};

pub(crate) const CHECK: DockerfileCheck = DockerfileCheck {
    about: About {
        id: "SEK-DOCKERFILE-0011",
        name: "user-by-name",
        kind: FindingKind::Configuration,
        title: Text {
            en: "USER is a name, which an orchestrator cannot check",
            ja: "USER が名前で、オーケストレーターが検証できない",
        },
        severity: Severity::Info,
        confidence: Confidence::High,
        rationale: Text {
            en: "`runAsNonRoot` of Kubernetes looks at the number alone and refuses to start a name, since /etc/passwd of the image decides which number it is.",
            ja: "Kubernetes の `runAsNonRoot` は番号しか見ない。名前がどの番号かはイメージの /etc/passwd 次第なので、名前では起動を拒否される。",
        },
        remediation: Text {
            en: "Write the number: `USER 10001:10001`.",
            ja: "番号で書く: `USER 10001:10001`",
        },
        references: &[
            "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/",
            "https://docs.docker.com/reference/dockerfile/#user",
        ],
        benchmark: None,
    },
    run,
    fix: None,
};

fn run(subject: &Subject) -> Outcome {
    let because = Text { en: "there is no USER", ja: "USER がない" };
    let Some(stage) = subject.file.final_stage() else {
        return Outcome::NotApplicable { because };
    };
    let user = subject.file.of_stage(stage).iter().rev().find_map(|it| match &it.kind {
        Kind::User(user) => Some(user),
        _ => None,
    });
    let Some(user) = user else { return Outcome::NotApplicable { because } };
    let name = user.value.split(':').next().unwrap_or_default().trim();
    let is_number = name.chars().all(|char| char.is_ascii_digit());
    // Root is root by either, and a variable may be a number.
    if is_number || name == "root" || !user.is_known {
        return Outcome::Pass;
    }
    Outcome::Fail(vec![subject.failure(
        user.span,
        "USER",
        format!("the number of {name} is known in the image only"),
        format!("{name} の番号はイメージの中でしか分からない"),
    )])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::ask;

    #[test]
    fn a_name_is_found() {
        assert_eq!(
            ask(&CHECK, "FROM a:1\nUSER app\n"),
            "2:6 the number of app is known in the image only"
        );
    }

    #[test]
    fn numbers_and_variables_pass() {
        assert_eq!(ask(&CHECK, "FROM a:1\nUSER app\nUSER 10001:app\n"), "pass");
    }

    #[test]
    fn without_user_there_is_nothing_to_ask() {
        assert_eq!(ask(&CHECK, "FROM a:1\n"), "not applicable: there is no USER");
    }
}

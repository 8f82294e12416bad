use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{DockerfileCheck, Subject, instruction::Kind};

pub(crate) const CHECK: DockerfileCheck = DockerfileCheck {
    about: About {
        id: "SEK-DOCKERFILE-0009",
        name: "root-user",
        kind: FindingKind::Configuration,
        title: Text {
            en: "The container is told to run as root",
            ja: "コンテナを root で動かすよう指定している",
        },
        severity: Severity::High,
        confidence: Confidence::High,
        rationale: Text {
            en: "The last USER of the image is root, so every process of the container starts with the identity that kernel and runtime trust most: a bug in the program is one step from the host.",
            ja: "イメージの最後の USER が root なので、コンテナの全プロセスが、カーネルとランタイムが最も信頼する身分で始まる。プログラムの欠陥一つでホストに手が届く。",
        },
        remediation: Text {
            en: "End the last stage with a user that owns nothing it need not: `USER 10001`.",
            ja: "最後のステージを、余計なものを所有しないユーザーで終える: `USER 10001`",
        },
        references: &[
            "https://docs.docker.com/reference/dockerfile/#user",
            "https://docs.docker.com/build/building/best-practices/#user",
        ],
        benchmark: Some("CIS Docker Benchmark 1.7.0, 4.1"),
    },
    run,
    fix: None,
};

fn run(subject: &Subject) -> Outcome {
    let mut last = None;
    for stage in subject.shipped_stages() {
        last = subject.file.of_stage(stage).iter().rev().find_map(|it| match &it.kind {
            Kind::User(user) => Some(user),
            _ => None,
        });
        if last.is_some() {
            break;
        }
    }
    let Some(user) = last else {
        let because = Text { en: "there is no USER", ja: "USER がない" };
        return Outcome::NotApplicable { because };
    };
    if !is_root(&user.value) {
        return Outcome::Pass;
    }
    let (en, ja) = ("the last USER is root", "最後の USER が root である");
    Outcome::Fail(vec![subject.failure(user.span, "USER", en, ja)])
}

/// Group and white space left out.
fn is_root(user: &str) -> bool {
    let name = user.split(':').next().unwrap_or_default().trim();
    name == "root" || name.parse::<u32>() == Ok(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::ask;

    #[test]
    fn root_at_the_end_is_found() {
        assert_eq!(ask(&CHECK, "FROM a:1\nUSER app\nUSER root\n"), "3:6 the last USER is root");
    }

    #[test]
    fn zero_is_root_and_a_group_changes_nothing() {
        assert_eq!(ask(&CHECK, "FROM a:1 AS b\nUSER 0:0\nFROM b\n"), "2:6 the last USER is root");
    }

    #[test]
    fn another_user_passes() {
        assert_eq!(ask(&CHECK, "FROM a:1\nUSER root\nUSER app:app\n"), "pass");
    }

    #[test]
    fn users_of_stages_left_behind_are_not_asked() {
        assert_eq!(
            ask(&CHECK, "FROM a:1\nUSER root\nFROM b:1\n"),
            "not applicable: there is no USER"
        );
    }
}

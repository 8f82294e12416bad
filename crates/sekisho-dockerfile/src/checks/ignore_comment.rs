use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{DockerfileCheck, Subject, suppression::ignores};

pub(crate) const CHECK: DockerfileCheck = DockerfileCheck {
    about: About {
        id: "SEK-DOCKERFILE-0056",
        name: "ignore-comment",
        kind: FindingKind::Policy,
        title: Text {
            en: "A comment excuses nothing, or without a reason",
            ja: "無効なコメント、または理由のない除外がある",
        },
        severity: Severity::Low,
        confidence: Confidence::High,
        rationale: Text {
            en: "An excuse that nobody can explain stays for years and hides the next finding of its kind; one that names no check was mistyped and protects nothing.",
            ja: "説明できない除外は何年も残り、次の同種の指摘を隠す。存在しないチェックを指すものは書き間違いで、何の効果もない。",
        },
        remediation: Text {
            en: "Write `# sekisho:ignore=ID reason`, or delete the comment.",
            ja: "`# sekisho:ignore=ID reason` と理由を書くか、コメントを消す。",
        },
        references: &["https://docs.docker.com/reference/dockerfile/#format"],
        benchmark: None,
    },
    run,
    fix: None,
};

fn run(subject: &Subject) -> Outcome {
    let ignores = ignores(subject);
    if ignores.iter().all(|ignore| ignore.is_hadolint) {
        let because = Text { en: "nothing is excused", ja: "除外がない" };
        return Outcome::NotApplicable { because };
    }
    let mut failures = Vec::new();
    // Comments for Hadolint name rules of Hadolint, which are not all known here.
    for ignore in ignores.iter().filter(|ignore| !ignore.is_hadolint) {
        for name in &ignore.unknown {
            failures.push(subject.failure(
                ignore.span,
                name,
                format!("{name:?} is no check"),
                format!("{name:?} というチェックはない"),
            ));
        }
        if ignore.reason.is_empty() {
            let (en, ja) = ("no reason is given", "理由が書かれていない");
            failures.push(subject.failure(ignore.span, &ignore.checks.join(","), en, ja));
        }
    }
    Outcome::of(failures)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::ask;

    #[test]
    fn unknown_checks_and_missing_reasons_are_found() {
        assert_eq!(
            ask(
                &CHECK,
                "FROM a:1\n# sekisho:ignore=SEK-DOCKERFILE-9999 because\nRUN a\n# sekisho:ignore=SEK-DOCKERFILE-0012\nRUN sudo a\n"
            ),
            "2:1 \"SEK-DOCKERFILE-9999\" is no check\n4:1 no reason is given"
        );
    }

    #[test]
    fn a_reason_passes() {
        assert_eq!(
            ask(
                &CHECK,
                "FROM a:1\n# sekisho:ignore=SEK-DOCKERFILE-0012 the installer asks for it\nRUN sudo a\n"
            ),
            "pass"
        );
    }

    #[test]
    fn comments_for_hadolint_are_not_asked() {
        assert_eq!(
            ask(&CHECK, "FROM a:1\n# hadolint ignore=DL3004\nRUN sudo a\n"),
            "not applicable: nothing is excused"
        );
    }
}

use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{Base, DockerfileCheck, Subject};

pub(crate) const CHECK: DockerfileCheck = DockerfileCheck {
    about: About {
        id: "SEK-DOCKERFILE-0004",
        name: "untrusted-registry",
        kind: FindingKind::Configuration,
        title: Text {
            en: "The base image is from a registry that is not trusted",
            ja: "信頼していないレジストリのベースイメージを使っている",
        },
        severity: Severity::High,
        confidence: Confidence::High,
        rationale: Text {
            en: "Whoever runs the registry decides what is in the base, and with it what runs in every container. The allow-list of the settings says whom the user trusts with that.",
            ja: "ベースの中身、つまりすべてのコンテナで動くものは、レジストリの運営者が決める。設定の許可リストは、それを任せられる相手を示す。",
        },
        remediation: Text {
            en: "Copy the image to a trusted registry and name it there, or add the registry to `check.trusted_registries` of sekisho.yaml.",
            ja: "信頼するレジストリに複製して指定するか、sekisho.yaml の `check.trusted_registries` に加える。",
        },
        references: &[
            "https://docs.docker.com/build/building/best-practices/#choose-the-right-base-image",
        ],
        benchmark: Some("CIS Docker Benchmark 1.7.0, 4.2"),
    },
    run,
    fix: None,
};

fn run(subject: &Subject) -> Outcome {
    let trusted = &subject.settings.trusted_registries;
    if trusted.is_empty() {
        let because = Text {
            en: "no registries are named as trusted",
            ja: "信頼するレジストリが設定されていない",
        };
        return Outcome::NotApplicable { because };
    }
    let mut failures = Vec::new();
    for stage in &subject.file.stages {
        let Base::Image(image) = &stage.base else { continue };
        let registry = &image.registry;
        if !trusted.iter().any(|pattern| is_match(pattern, registry)) {
            failures.push(subject.failure(
                stage.base_span,
                &image.text,
                format!("{registry} is not trusted"),
                format!("{registry} は信頼されていない"),
            ));
        }
    }
    Outcome::of(failures)
}

/// `*` at the start stands for any hosts below, alone for all.
fn is_match(pattern: &str, registry: &str) -> bool {
    match pattern.strip_prefix('*') {
        Some(end) => registry.ends_with(end),
        None => pattern == registry,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::{ask, ask_trusting};

    #[test]
    fn another_registry_is_found() {
        assert_eq!(
            ask_trusting(&CHECK, &["r.example"], "FROM alpine:3\n"),
            "1:6 docker.io is not trusted"
        );
    }

    #[test]
    fn trusted_registries_pass() {
        assert_eq!(
            ask_trusting(
                &CHECK,
                &["*.example", "docker.io"],
                "FROM a.example/b:1\nFROM alpine:3\n"
            ),
            "pass"
        );
    }

    #[test]
    fn without_a_list_nothing_is_asked() {
        assert_eq!(
            ask(&CHECK, "FROM r.example/a:1\n"),
            "not applicable: no registries are named as trusted"
        );
    }
}

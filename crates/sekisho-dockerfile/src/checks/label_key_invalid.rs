use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{DockerfileCheck, Subject, instruction::Kind};

pub(crate) const CHECK: DockerfileCheck = DockerfileCheck {
    about: About {
        id: "SEK-DOCKERFILE-0024",
        name: "label-key-invalid",
        kind: FindingKind::Configuration,
        title: Text {
            en: "A label key breaks the rules for keys",
            ja: "ラベルのキーが規則に反している",
        },
        severity: Severity::Info,
        confidence: Confidence::High,
        rationale: Text {
            en: "Tools that choose and trace images by labels expect keys of lower-case letters, digits, dots and dashes, outside the namespaces that Docker keeps for itself; others may be dropped or overwritten.",
            ja: "ラベルでイメージを選別、追跡する道具は、英小文字、数字、ピリオド、ハイフンからなり Docker の予約名前空間に属さないキーを前提にする。それ以外は捨てられるか上書きされうる。",
        },
        remediation: Text {
            en: "Write the key like `org.example.team-name`.",
            ja: "`org.example.team-name` のようなキーにする。",
        },
        references: &["https://docs.docker.com/engine/manage-resources/labels/"],
        benchmark: None,
    },
    run,
    fix: None,
};

/// Namespaces of the engine itself.
const RESERVED: &[&str] = &["com.docker.", "io.docker.", "org.dockerproject."];

fn run(subject: &Subject) -> Outcome {
    let mut failures = Vec::new();
    let mut is_asked = false;
    for (_, instruction) in subject.instructions() {
        let Kind::Label(labels) = &instruction.kind else { continue };
        is_asked = true;
        for key in labels.pairs.iter().map(|pair| &pair.name).filter(|key| key.is_known) {
            if let Some((en, ja)) = mistake(&key.value) {
                failures.push(subject.failure(key.span, &key.value, en, ja));
            }
        }
    }
    if is_asked {
        Outcome::of(failures)
    } else {
        Outcome::NotApplicable { because: Text { en: "there is no LABEL", ja: "LABEL がない" } }
    }
}

fn mistake(key: &str) -> Option<(&'static str, &'static str)> {
    let is_allowed = |char: char| {
        char.is_ascii_lowercase() || char.is_ascii_digit() || matches!(char, '.' | '-')
    };
    if !key.chars().all(|char| is_allowed(char) || matches!(char, '_' | '/')) {
        return Some((
            "keys have lower-case letters, digits, dots and dashes",
            "キーに使えるのは英小文字、数字、ピリオド、ハイフンである",
        ));
    }
    let is_edge = |char: char| !char.is_ascii_alphanumeric();
    if key.is_empty() || key.starts_with(is_edge) || key.ends_with(is_edge) {
        return Some(("keys start and end with a letter or digit", "キーの両端は英数字である"));
    }
    if key.contains("..") || key.contains("--") {
        return Some(("marks do not follow each other in keys", "記号は連続できない"));
    }
    RESERVED
        .iter()
        .any(|start| key.starts_with(start))
        .then_some(("the namespace is Docker's own", "Docker の予約名前空間である"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::ask;

    #[test]
    fn odd_keys_are_found() {
        assert_eq!(
            ask(&CHECK, "FROM a:1\nLABEL Team=a com.docker.x=b a..b=c -a=d\n"),
            "2:7 keys have lower-case letters, digits, dots and dashes\n2:14 the namespace is Docker's own\n2:29 marks do not follow each other in keys\n2:36 keys start and end with a letter or digit"
        );
    }

    #[test]
    fn usual_keys_pass() {
        assert_eq!(
            ask(&CHECK, "FROM a:1\nLABEL org.opencontainers.image.ref.name=a team-name=b\n"),
            "pass"
        );
    }

    #[test]
    fn a_file_without_labels_is_not_asked() {
        assert_eq!(ask(&CHECK, "FROM a:1\n"), "not applicable: there is no LABEL");
    }
}

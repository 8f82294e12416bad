use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{DockerfileCheck, Subject, instruction::Kind};

pub(crate) const CHECK: DockerfileCheck = DockerfileCheck {
    about: About {
        id: "SEK-DOCKERFILE-0039",
        name: "env-refers-to-itself",
        kind: FindingKind::Configuration,
        title: Text {
            en: "ENV uses a variable that the same line sets",
            ja: "ENV が同じ行で設定する変数を使っている",
        },
        severity: Severity::Low,
        confidence: Confidence::High,
        rationale: Text {
            en: "All values of one ENV are taken before any is set, so the variable still has its old value, often none: paths and options come out empty.",
            ja: "一つの ENV の値はすべて設定前に評価される。変数はまだ古い値（多くは空）なので、パスやオプションが空になる。",
        },
        remediation: Text {
            en: "Set it in an ENV of its own before.",
            ja: "先に別の ENV で設定する。",
        },
        references: &["https://docs.docker.com/reference/dockerfile/#environment-replacement"],
        benchmark: None,
    },
    run,
    fix: None,
};

fn run(subject: &Subject) -> Outcome {
    let mut failures = Vec::new();
    let mut is_asked = false;
    let mut earlier: Vec<&str> = Vec::new();
    for (_, instruction) in subject.instructions() {
        match &instruction.kind {
            Kind::From(_) => earlier.clear(),
            Kind::Arg(pairs) => earlier.extend(pairs.iter().map(|it| it.name.value.as_str())),
            Kind::Env(env) => {
                is_asked = true;
                for pair in &env.pairs {
                    let Some(value) = &pair.value else { continue };
                    for other in &env.pairs {
                        let name = other.name.value.as_str();
                        // PATH=…:$PATH goes on from what is set before, or by the base.
                        let is_new = name != pair.name.value && !earlier.contains(&name);
                        if is_new && uses(&value.raw, name) {
                            failures.push(subject.failure(
                                value.span,
                                name,
                                format!("{name} is not set yet in this line"),
                                format!("この行ではまだ {name} が設定されていない"),
                            ));
                        }
                    }
                }
                earlier.extend(env.pairs.iter().map(|it| it.name.value.as_str()));
            }
            _ => (),
        }
    }
    crate::subject::outcome(is_asked, failures, Text { en: "there is no ENV", ja: "ENV がない" })
}

/// Whether `$name` or `${name…}` is in the text, outside single quotes and escapes.
fn uses(raw: &str, name: &str) -> bool {
    if name.is_empty() || raw.starts_with('\'') {
        return false;
    }
    raw.match_indices('$').any(|(at, _)| {
        let (before, behind) = raw.split_at_checked(at).unwrap_or_default();
        let behind = behind.strip_prefix('$').unwrap_or_default();
        let behind = behind.strip_prefix('{').unwrap_or(behind);
        !before.ends_with('\\')
            && behind.strip_prefix(name).is_some_and(|it| {
                !it.starts_with(|char: char| char.is_ascii_alphanumeric() || char == '_')
            })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::ask;

    #[test]
    fn a_variable_of_the_same_line_is_found() {
        assert_eq!(
            ask(&CHECK, "FROM a:1\nENV A=/a B=$A/b\n"),
            "2:12 A is not set yet in this line"
        );
    }

    #[test]
    fn variables_set_before_pass() {
        assert_eq!(
            ask(&CHECK, "FROM a:1\nENV A=/a\nENV B=$A/b A=/c PATH=/x:$PATH AB='$B'\n"),
            "pass"
        );
    }

    #[test]
    fn a_file_without_env_is_not_asked() {
        assert_eq!(ask(&CHECK, "FROM a:1\n"), "not applicable: there is no ENV");
    }
}

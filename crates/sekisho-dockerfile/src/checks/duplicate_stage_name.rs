use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{DockerfileCheck, Subject, instruction::Kind};

pub(crate) const CHECK: DockerfileCheck = DockerfileCheck {
    about: About {
        id: "SEK-DOCKERFILE-0006",
        name: "duplicate-stage-name",
        kind: FindingKind::Configuration,
        title: Text {
            en: "Two stages have the same name", ja: "同じ名前のステージが二つある"
        },
        severity: Severity::Medium,
        confidence: Confidence::High,
        rationale: Text {
            en: "A later COPY --from or FROM takes the last stage of that name. A copied block silently changes which files are shipped.",
            ja: "以降の COPY --from や FROM は、その名前の最後のステージを指す。ブロックを複製しただけで、出荷されるファイルが黙って変わる。",
        },
        remediation: Text {
            en: "Give each stage a name of its own.",
            ja: "ステージごとに別の名前を付ける。",
        },
        references: &[
            "https://docs.docker.com/reference/dockerfile/#from",
            "https://docs.docker.com/reference/build-checks/duplicate-stage-name/",
        ],
        benchmark: None,
    },
    run,
    fix: None,
};

fn run(subject: &Subject) -> Outcome {
    let mut names: Vec<String> = Vec::new();
    let mut failures = Vec::new();
    for instruction in &subject.file.instructions {
        let Kind::From(from) = &instruction.kind else { continue };
        let Some(alias) = &from.alias else { continue };
        let name = alias.value.to_lowercase();
        if names.contains(&name) {
            failures.push(subject.failure(
                alias.span,
                &name,
                format!("an earlier stage is also called {name}"),
                format!("先のステージも {name} という名前になっている"),
            ));
        }
        names.push(name);
    }
    if names.is_empty() {
        let because =
            Text { en: "no stage has a name", ja: "名前のあるステージがない" };
        return Outcome::NotApplicable { because };
    }
    Outcome::of(failures)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::ask;

    #[test]
    fn the_second_of_a_name_is_found_whatever_its_case() {
        assert_eq!(
            ask(&CHECK, "FROM a:1 AS build\nFROM b:1 AS BUILD\n"),
            "2:13 an earlier stage is also called build"
        );
    }

    #[test]
    fn different_names_pass() {
        assert_eq!(ask(&CHECK, "FROM a:1 AS b\nFROM b AS c\n"), "pass");
    }

    #[test]
    fn stages_without_names_are_not_asked() {
        assert_eq!(ask(&CHECK, "FROM a:1\nFROM b:1\n"), "not applicable: no stage has a name");
    }
}

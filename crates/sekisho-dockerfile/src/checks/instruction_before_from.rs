use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{DockerfileCheck, Subject};

pub(crate) const CHECK: DockerfileCheck = DockerfileCheck {
    about: About {
        id: "SEK-DOCKERFILE-0041",
        name: "instruction-before-from",
        kind: FindingKind::Configuration,
        title: Text {
            en: "An instruction stands before the first FROM",
            ja: "最初の FROM より前に命令がある",
        },
        severity: Severity::Medium,
        confidence: Confidence::High,
        rationale: Text {
            en: "Only ARG may come before FROM; the builder refuses the file.",
            ja: "FROM の前に置けるのは ARG だけで、ビルダーはファイルを拒否する。",
        },
        remediation: Text { en: "Move it behind FROM.", ja: "FROM の後に移す。" },
        references: &["https://docs.docker.com/reference/dockerfile/#format"],
        benchmark: None,
    },
    run,
    fix: None,
};

fn run(subject: &Subject) -> Outcome {
    let mut failures = Vec::new();
    for instruction in &subject.file.instructions {
        match instruction.keyword.as_str() {
            "FROM" => break,
            "ARG" => (),
            keyword => failures.push(subject.failure(
                instruction.keyword_span,
                keyword,
                format!("{keyword} belongs to no stage"),
                format!("{keyword} がどのステージにも属していない"),
            )),
        }
    }
    let is_asked = !subject.file.instructions.is_empty();
    crate::subject::outcome(
        is_asked,
        failures,
        Text { en: "there are no instructions", ja: "命令がない" },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::ask;

    #[test]
    fn an_early_instruction_is_found() {
        assert_eq!(ask(&CHECK, "ENV A=b\nFROM a:1\n"), "1:1 ENV belongs to no stage");
    }

    #[test]
    fn arguments_pass() {
        assert_eq!(ask(&CHECK, "ARG A=b\nFROM a:1\nENV A=b\n"), "pass");
    }

    #[test]
    fn an_empty_file_is_not_asked() {
        assert_eq!(ask(&CHECK, "# nothing\n"), "not applicable: there are no instructions");
    }
}

use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{DockerfileCheck, ProblemKind, Subject};

pub(crate) const CHECK: DockerfileCheck = DockerfileCheck {
    about: About {
        id: "SEK-DOCKERFILE-0055",
        name: "broken-instruction",
        kind: FindingKind::Configuration,
        title: Text {
            en: "The file cannot be built as it is written",
            ja: "このままではビルドできない",
        },
        severity: Severity::High,
        confidence: Confidence::High,
        rationale: Text {
            en: "The builder stops here, or reads the line as something else than was meant. No other check can say anything about an instruction that could not be read.",
            ja: "ビルダーはここで止まるか、意図と違うものとして読む。読めなかった命令については、他のチェックは何も言えない。",
        },
        remediation: Text {
            en: "Correct the line as the message says.",
            ja: "メッセージに従って行を直す。",
        },
        references: &["https://docs.docker.com/reference/dockerfile/#format"],
        benchmark: None,
    },
    run,
    fix: None,
};

fn run(subject: &Subject) -> Outcome {
    let mut failures = Vec::new();
    for problem in &subject.file.problems {
        if problem.kind == ProblemKind::Broken {
            let message = &problem.message;
            failures.push(subject.failure(problem.span, &message.en, &*message.en, &*message.ja));
        }
    }
    if subject.file.stages.is_empty() && failures.is_empty() {
        let span = crate::Span::default();
        let (en, ja) =
            ("there is no FROM, so there is nothing to build", "FROM がなく、何も作られない");
        failures.push(subject.failure(span, "FROM", en, ja));
    }
    Outcome::of(failures)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::ask;

    #[test]
    fn every_mistake_is_found_at_its_place() {
        assert_eq!(
            ask(&CHECK, "FORM a:1\nFROM a:1\nRUN\nENV A\nFROM a b\nCOPY a\nLABEL a=b c\n"),
            "1:1 unknown instruction \"FORM\", did you mean FROM?\n3:1 RUN needs at least one argument\n4:5 ENV needs a name and a value\n5:6 FROM takes an image, or an image, AS and a name\n6:6 COPY needs a source and a destination\n7:11 \"c\" has no `=`; quote values with spaces"
        );
    }

    #[test]
    fn what_can_be_built_passes() {
        assert_eq!(ask(&CHECK, "FROM a:1\nRUN make\n"), "pass");
    }

    #[test]
    fn even_an_empty_file_is_asked() {
        assert_eq!(ask(&CHECK, ""), "1:1 there is no FROM, so there is nothing to build");
    }
}

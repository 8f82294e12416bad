use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DockerfileCheck, Edit, Subject,
    instruction::{Instruction, Kind},
};

pub(crate) const CHECK: DockerfileCheck = DockerfileCheck {
    about: About {
        id: "SEK-DOCKERFILE-0023",
        name: "maintainer",
        kind: FindingKind::Configuration,
        title: Text {
            en: "MAINTAINER is deprecated", ja: "非推奨の MAINTAINER を使っている"
        },
        severity: Severity::Info,
        confidence: Confidence::High,
        rationale: Text {
            en: "Builders warn of MAINTAINER and may drop it; tools that tell whom to call about an image read the label.",
            ja: "ビルダーは MAINTAINER を警告し、いずれ廃止しうる。イメージの問い合わせ先を示す道具はラベルを読む。",
        },
        remediation: Text {
            en: "Write `LABEL org.opencontainers.image.authors=\"…\"`.",
            ja: "`LABEL org.opencontainers.image.authors=\"…\"` と書く。",
        },
        references: &["https://docs.docker.com/reference/dockerfile/#maintainer-deprecated"],
        benchmark: None,
    },
    run,
    fix: Some(mend),
};

fn run(subject: &Subject) -> Outcome {
    let found = maintainers(subject).map(|instruction| {
        let (en, ja) = ("a label says this now", "今はラベルで示す");
        subject.failure(instruction.keyword_span, "MAINTAINER", en, ja)
    });
    let failures: Vec<_> = found.collect();
    crate::subject::outcome(
        subject.instructions().next().is_some(),
        failures,
        Text { en: "there are no instructions", ja: "命令がない" },
    )
}

fn maintainers(subject: &Subject) -> impl Iterator<Item = &Instruction> {
    let all = subject.instructions().map(|(_, instruction)| instruction);
    all.filter(|instruction| matches!(instruction.kind, Kind::Maintainer(_)))
}

fn mend(subject: &Subject) -> Vec<Edit> {
    let mut edits = Vec::new();
    for instruction in maintainers(subject) {
        let Kind::Maintainer(name) = &instruction.kind else { continue };
        let bare = name.raw.trim().trim_matches('"');
        // A quote or a variable inside would mean something else in a label.
        if !bare.contains(['"', '\'', '$', '\\', '`']) {
            edits.push(Edit::replace(
                instruction.keyword_span.to(name.span),
                format!("LABEL org.opencontainers.image.authors=\"{bare}\""),
            ));
        }
    }
    edits
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::{ask, fixed};

    #[test]
    fn maintainer_is_found() {
        assert_eq!(
            ask(&CHECK, "FROM a:1\nMAINTAINER Ann <ann@example.org>\n"),
            "2:1 a label says this now"
        );
    }

    #[test]
    fn a_label_passes() {
        assert_eq!(ask(&CHECK, "FROM a:1\nLABEL maintainer=ann\n"), "pass");
    }

    #[test]
    fn an_empty_file_is_not_asked() {
        assert_eq!(ask(&CHECK, ""), "not applicable: there are no instructions");
    }

    #[test]
    fn it_becomes_a_label() {
        assert_eq!(
            fixed(&CHECK, "FROM a:1\nMAINTAINER Ann <ann@example.org>\n"),
            "FROM a:1\nLABEL org.opencontainers.image.authors=\"Ann <ann@example.org>\"\n"
        );
    }
}

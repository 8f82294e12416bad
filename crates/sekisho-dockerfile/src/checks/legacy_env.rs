use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DockerfileCheck, Edit, Subject,
    instruction::{Kind, Pairs},
};

pub(crate) const CHECK: DockerfileCheck = DockerfileCheck {
    about: About {
        id: "SEK-DOCKERFILE-0057",
        name: "legacy-env",
        kind: FindingKind::Configuration,
        title: Text {
            en: "ENV is written in its old form", ja: "ENV が古い書式で書かれている"
        },
        severity: Severity::Info,
        confidence: Confidence::High,
        rationale: Text {
            en: "`ENV NAME value` takes the rest of the line as one value, whatever it looks like: `ENV A b C=d` sets A to `b C=d`. Builders warn of it and may drop it.",
            ja: "`ENV NAME value` は行の残りすべてを値とみなす。`ENV A b C=d` は A を `b C=d` にする。ビルダーは警告し、いずれ廃止しうる。",
        },
        remediation: Text { en: "Write `ENV NAME=value`.", ja: "`ENV NAME=value` と書く。" },
        references: &["https://docs.docker.com/reference/build-checks/legacy-key-value-format/"],
        benchmark: None,
    },
    run,
    fix: Some(mend),
};

fn run(subject: &Subject) -> Outcome {
    let mut failures = Vec::new();
    let mut is_asked = false;
    for (_, instruction) in subject.instructions() {
        let (Kind::Env(pairs) | Kind::Label(pairs)) = &instruction.kind else { continue };
        is_asked = true;
        if let (true, Some(pair)) = (pairs.is_legacy, pairs.pairs.first()) {
            let (en, ja) = ("the value goes on to the end of the line", "値が行末まで続く");
            failures.push(subject.failure(pair.name.span, &pair.name.value, en, ja));
        }
    }
    crate::subject::outcome(is_asked, failures, Text { en: "there is no ENV", ja: "ENV がない" })
}

fn mend(subject: &Subject) -> Vec<Edit> {
    let mut edits = Vec::new();
    for (_, instruction) in subject.instructions() {
        let (Kind::Env(pairs) | Kind::Label(pairs)) = &instruction.kind else { continue };
        edits.extend(edit(subject, pairs));
    }
    edits
}

/// An equals sign, and quotes where white space needs them.
fn edit(subject: &Subject, pairs: &Pairs) -> Option<Edit> {
    let pair = pairs.pairs.first().filter(|_| pairs.is_legacy)?;
    let value = pair.value.as_ref()?;
    let span = pair.name.span.to(value.span);
    let written = subject.file.source.slice(value.span);
    // On several lines, or with quotes and escapes of its own, a person decides.
    let is_plain = written == value.raw && !value.raw.contains(['"', '\'', '\\', '`']);
    let quoted = if value.raw.contains(char::is_whitespace) {
        format!("\"{}\"", value.raw)
    } else {
        value.raw.clone()
    };
    is_plain.then(|| Edit::replace(span, format!("{}={quoted}", pair.name.raw)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::{ask, fixed};

    #[test]
    fn the_old_form_is_found() {
        assert_eq!(
            ask(&CHECK, "FROM a:1\nENV A b c\n"),
            "2:5 the value goes on to the end of the line"
        );
    }

    #[test]
    fn the_new_form_passes() {
        assert_eq!(ask(&CHECK, "FROM a:1\nENV A=b C=d\n"), "pass");
    }

    #[test]
    fn a_file_without_env_is_not_asked() {
        assert_eq!(ask(&CHECK, "FROM a:1\n"), "not applicable: there is no ENV");
    }

    #[test]
    fn the_sign_and_quotes_are_added() {
        assert_eq!(
            fixed(&CHECK, "FROM a:1\nENV A b c\nENV D $E\n"),
            "FROM a:1\nENV A=\"b c\"\nENV D=$E\n"
        );
    }
}

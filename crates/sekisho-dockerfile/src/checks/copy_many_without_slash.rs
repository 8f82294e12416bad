use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{DockerfileCheck, Edit, Subject, Word, instruction::Copy};

pub(crate) const CHECK: DockerfileCheck = DockerfileCheck {
    about: About {
        id: "SEK-DOCKERFILE-0036",
        name: "copy-many-without-slash",
        kind: FindingKind::Configuration,
        title: Text {
            en: "Several files are copied to what is no directory",
            ja: "複数ファイルのコピー先がディレクトリでない",
        },
        severity: Severity::Medium,
        confidence: Confidence::High,
        rationale: Text {
            en: "With more than one source the destination must end with a slash; the builder refuses anything else, or the last file replaces the others.",
            ja: "コピー元が複数なら、コピー先は / で終わらなければならない。そうでなければ拒否されるか、最後のファイルだけが残る。",
        },
        remediation: Text {
            en: "End the destination with `/`.",
            ja: "コピー先の末尾に `/` を付ける。",
        },
        references: &["https://docs.docker.com/reference/dockerfile/#copy"],
        benchmark: None,
    },
    run,
    fix: Some(mend),
};

fn run(subject: &Subject) -> Outcome {
    let mut failures = Vec::new();
    let mut is_asked = false;
    for (_, _, copy) in subject.copies() {
        is_asked = true;
        if let Some(destination) = wrong(copy) {
            let name = &destination.value;
            failures.push(subject.failure(
                destination.span,
                name,
                format!("{name} does not end with a slash"),
                format!("{name} が / で終わっていない"),
            ));
        }
    }
    crate::subject::outcome(
        is_asked,
        failures,
        Text { en: "nothing is copied", ja: "コピーがない" },
    )
}

fn wrong(copy: &Copy) -> Option<&Word> {
    let name = copy.destination.value.as_str();
    let is_directory =
        name.ends_with(['/', '\\']) || matches!(name, "." | "..") || name.ends_with("/.");
    let is_wrong = copy.sources.len() > 1 && !is_directory && copy.destination.is_known;
    is_wrong.then_some(&copy.destination)
}

fn mend(subject: &Subject) -> Vec<Edit> {
    let wrong = subject.copies().filter_map(|(_, _, copy)| wrong(copy));
    wrong
        // A path of a JSON list, or one in quotes, does not lie in the file as it is.
        .filter(|word| subject.file.source.slice(word.span) == word.value)
        .map(|word| Edit::insert(word.span.end, "/"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::{ask, fixed};

    #[test]
    fn a_file_for_many_is_found() {
        assert_eq!(ask(&CHECK, "FROM a:1\nCOPY a b /app\n"), "2:10 /app does not end with a slash");
    }

    #[test]
    fn directories_and_single_files_pass() {
        assert_eq!(ask(&CHECK, "FROM a:1\nCOPY a b /app/\nCOPY a b .\nCOPY a* /app\n"), "pass");
    }

    #[test]
    fn a_file_without_copies_is_not_asked() {
        assert_eq!(ask(&CHECK, "FROM a:1\n"), "not applicable: nothing is copied");
    }

    #[test]
    fn the_slash_is_added() {
        assert_eq!(
            fixed(&CHECK, "FROM a:1\nCOPY a b /app\nCOPY c d /e/\n"),
            "FROM a:1\nCOPY a b /app/\nCOPY c d /e/\n"
        );
    }
}

use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DockerfileCheck, Edit, Subject,
    instruction::{Instruction, Kind},
};

pub(crate) const CHECK: DockerfileCheck = DockerfileCheck {
    about: About {
        id: "SEK-DOCKERFILE-0015",
        name: "add-instead-of-copy",
        kind: FindingKind::Configuration,
        title: Text {
            en: "ADD copies what COPY would", ja: "COPY で足りる所に ADD を使っている"
        },
        severity: Severity::Low,
        confidence: Confidence::High,
        rationale: Text {
            en: "ADD unpacks archives and fetches addresses without being asked. Where neither is meant, a renamed file changes what ends up in the image.",
            ja: "ADD は頼まなくても書庫を展開し、URL を取得する。どちらも意図していなければ、ファイル名が変わるだけでイメージの中身が変わる。",
        },
        remediation: Text {
            en: "Write COPY; keep ADD for archives that are to be unpacked.",
            ja: "COPY と書く。ADD は展開したい書庫だけに使う。",
        },
        references: &["https://docs.docker.com/build/building/best-practices/#add-or-copy"],
        benchmark: Some("CIS Docker Benchmark 1.7.0, 4.9"),
    },
    run,
    fix: Some(mend),
};

/// Endings of what ADD unpacks.
const ARCHIVES: &[&str] = &[
    ".bz2", ".gz", ".lzma", ".tar", ".tb2", ".tbz", ".tbz2", ".tgz", ".tlz", ".tpz", ".txz", ".tz",
    ".tzst", ".xz", ".z", ".zst",
];

fn run(subject: &Subject) -> Outcome {
    let mut failures = Vec::new();
    let mut is_asked = false;
    for (_, instruction) in subject.instructions() {
        let Kind::Add(copy) = &instruction.kind else { continue };
        is_asked = true;
        if is_plain(instruction) {
            let names: Vec<&str> = copy.sources.iter().map(|it| it.value.as_str()).collect();
            let names = names.join(" ");
            failures.push(subject.failure(
                instruction.keyword_span,
                &names,
                "ADD has nothing to unpack or fetch here",
                "ここで ADD が展開や取得をするものはない",
            ));
        }
    }
    if is_asked {
        Outcome::of(failures)
    } else {
        Outcome::NotApplicable { because: Text { en: "there is no ADD", ja: "ADD がない" } }
    }
}

/// Whether COPY does the same: files and folders by names that are known.
fn is_plain(instruction: &Instruction) -> bool {
    let Kind::Add(copy) = &instruction.kind else { return false };
    let only_copied = ["checksum", "keep-git-dir", "unpack"];
    only_copied.iter().all(|flag| instruction.flag(flag).is_none())
        && copy.sources.iter().all(|source| {
            let name = source.value.to_lowercase();
            let is_remote = name.contains("://") || name.starts_with("git@");
            // A pattern may match an archive.
            let may_unpack = ARCHIVES.iter().any(|end| name.ends_with(end));
            source.is_known && !is_remote && !may_unpack && !name.contains(['*', '?', '['])
        })
}

fn mend(subject: &Subject) -> Vec<Edit> {
    subject
        .instructions()
        .filter(|(_, instruction)| is_plain(instruction))
        .map(|(_, instruction)| Edit::replace(instruction.keyword_span, "COPY"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::{ask, fixed};

    #[test]
    fn adding_a_folder_is_found() {
        assert_eq!(
            ask(&CHECK, "FROM a:1\nADD src /src\n"),
            "2:1 ADD has nothing to unpack or fetch here"
        );
    }

    #[test]
    fn archives_addresses_and_patterns_pass() {
        assert_eq!(
            ask(&CHECK, "FROM a:1\nADD a.tar.gz /\nADD https://example.org/a /a\nADD *.t* /a\n"),
            "pass"
        );
    }

    #[test]
    fn a_file_without_add_is_not_asked() {
        assert_eq!(ask(&CHECK, "FROM a:1\nCOPY a /a\n"), "not applicable: there is no ADD");
    }

    #[test]
    fn the_keyword_is_replaced() {
        assert_eq!(
            fixed(&CHECK, "FROM a:1\nADD --chown=a:a src /src\nADD a.tar /\n"),
            "FROM a:1\nCOPY --chown=a:a src /src\nADD a.tar /\n"
        );
    }
}

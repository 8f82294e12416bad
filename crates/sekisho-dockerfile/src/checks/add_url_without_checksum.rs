use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{DockerfileCheck, Subject, instruction::Kind};

pub(crate) const CHECK: DockerfileCheck = DockerfileCheck {
    about: About {
        id: "SEK-DOCKERFILE-0016",
        name: "add-url-without-checksum",
        kind: FindingKind::Configuration,
        title: Text {
            en: "ADD fetches from the network without a checksum",
            ja: "ADD がチェックサムなしで取得している",
        },
        severity: Severity::Medium,
        confidence: Confidence::High,
        rationale: Text {
            en: "What an address serves can change, by its owner or by whoever took the host over, and nothing notices: the next build ships it.",
            ja: "URL の中身は、持ち主にも、ホストを乗っ取った者にも変えられる。誰も気付かないまま、次のビルドで出荷される。",
        },
        remediation: Text {
            en: "Pin it: `ADD --checksum=sha256:… URL /path`; for git, name a commit: `…repo.git#<commit>`.",
            ja: "固定する: `ADD --checksum=sha256:… URL /path`。git ではコミットを書く: `…repo.git#<commit>`",
        },
        references: &["https://docs.docker.com/reference/dockerfile/#add---checksum"],
        benchmark: Some("CIS Docker Benchmark 1.7.0, 4.9"),
    },
    run,
    fix: None,
};

fn run(subject: &Subject) -> Outcome {
    let mut failures = Vec::new();
    let mut is_asked = false;
    for (_, instruction) in subject.instructions() {
        let Kind::Add(copy) = &instruction.kind else { continue };
        for source in &copy.sources {
            let is_git = is_git(&source.value);
            if !is_git
                && !source.value.starts_with("http://")
                && !source.value.starts_with("https://")
            {
                continue;
            }
            is_asked = true;
            let is_pinned =
                instruction.flag("checksum").is_some() || is_git && has_commit(&source.value);
            if !is_pinned {
                let (en, ja) = if is_git {
                    (
                        "the repository is taken at whatever commit it is",
                        "リポジトリがその時々のコミットで取得される",
                    )
                } else {
                    ("nothing checks what is fetched", "取得したものを検証していない")
                };
                failures.push(subject.failure(source.span, &source.value, en, ja));
            }
        }
    }
    if is_asked {
        Outcome::of(failures)
    } else {
        let because = Text { en: "ADD fetches nothing", ja: "ADD による取得がない" };
        Outcome::NotApplicable { because }
    }
}

fn is_git(source: &str) -> bool {
    let path = source.split('#').next().unwrap_or_default();
    source.starts_with("git@")
        || source.starts_with("git://")
        || path.rsplit_once('.').is_some_and(|(_, end)| end == "git")
}

/// Whether what follows `#` is a commit, 40 or 64 hexadecimal digits.
fn has_commit(source: &str) -> bool {
    let reference = source.split_once('#').map_or("", |(_, behind)| behind);
    let commit = reference.split(':').next().unwrap_or_default();
    matches!(commit.len(), 40 | 64) && commit.chars().all(|char| char.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::ask;

    #[test]
    fn an_address_without_checksum_is_found() {
        assert_eq!(
            ask(
                &CHECK,
                "FROM a:1\nADD https://example.org/a.tar /\nADD https://example.org/r.git#main /r\n"
            ),
            "2:5 nothing checks what is fetched\n3:5 the repository is taken at whatever commit it is"
        );
    }

    #[test]
    fn checksums_and_commits_pass() {
        assert_eq!(
            ask(
                &CHECK,
                "FROM a:1\nADD --checksum=sha256:00 https://example.org/a.tar /\nADD https://example.org/r.git#0123456789012345678901234567890123456789 /r\n"
            ),
            "pass"
        );
    }

    #[test]
    fn local_files_are_not_asked() {
        assert_eq!(ask(&CHECK, "FROM a:1\nADD a.tar /\n"), "not applicable: ADD fetches nothing");
    }
}

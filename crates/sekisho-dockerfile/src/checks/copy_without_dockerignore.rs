use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{Context, DockerfileCheck, Subject};

pub(crate) const CHECK: DockerfileCheck = DockerfileCheck {
    about: About {
        id: "SEK-DOCKERFILE-0045",
        name: "copy-without-dockerignore",
        kind: FindingKind::Configuration,
        title: Text {
            en: "The whole directory is copied, without .dockerignore",
            ja: "ディレクトリ全体を .dockerignore なしで写す",
        },
        severity: Severity::Medium,
        confidence: Confidence::Medium,
        rationale: Text {
            en: "`COPY . .` takes everything that lies around on the machine that builds: history of the repository, `.env`, keys, files of other branches. Nobody sees it in a review.",
            ja: "`COPY . .` は、ビルドする機械にあるものをすべて取り込む。リポジトリの履歴、`.env`、鍵、別ブランチのファイルなどで、レビューでは見えない。",
        },
        remediation: Text {
            en: "Write a `.dockerignore` that excludes everything and lets in what is needed (`*`, then `!src`), or copy by name.",
            ja: "すべてを除外して必要なものだけを戻す `.dockerignore`（`*` の後に `!src`）を書くか、名前を挙げて COPY する。",
        },
        references: &["https://docs.docker.com/build/concepts/context/#dockerignore-files"],
        benchmark: None,
    },
    run,
    fix: None,
};

fn run(subject: &Subject) -> Outcome {
    let because = Text {
        en: "what lies around the file is not known",
        ja: "ファイルの周囲が分からない",
    };
    match &subject.context {
        Context::Unknown => return Outcome::NotApplicable { because },
        Context::Ignores(text) => {
            let has_pattern =
                text.lines().map(str::trim).any(|it| !it.is_empty() && !it.starts_with('#'));
            if has_pattern {
                return Outcome::Pass;
            }
        }
        Context::Everything => (),
    }
    let mut failures = Vec::new();
    for (_, instruction, copy) in subject.copies() {
        if instruction.flag("from").is_some() {
            continue;
        }
        let mut everything = copy
            .sources
            .iter()
            .filter(|it| matches!(it.value.as_str(), "." | "./" | "*" | "./*" | "/"));
        if let Some(source) = everything.next() {
            let (en, ja) =
                ("everything beside the file is sent to the image", "周囲のすべてがイメージに入る");
            failures.push(subject.failure(source.span, &source.value, en, ja));
        }
    }
    Outcome::of(failures)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::{ask, ask_beside};

    #[test]
    fn copying_everything_is_found() {
        assert_eq!(
            ask_beside(&CHECK, None, "FROM a:1\nCOPY . /app\n"),
            "2:6 everything beside the file is sent to the image"
        );
    }

    #[test]
    fn a_list_of_exceptions_passes() {
        assert_eq!(ask_beside(&CHECK, Some(".git\n"), "FROM a:1\nCOPY . /app\n"), "pass");
    }

    #[test]
    fn copying_by_name_and_from_stages_passes() {
        assert_eq!(
            ask_beside(&CHECK, None, "FROM a:1 AS b\nFROM c:1\nCOPY src /app\nCOPY --from=b . .\n"),
            "pass"
        );
    }

    #[test]
    fn a_file_from_nowhere_is_not_asked() {
        assert_eq!(
            ask(&CHECK, "FROM a:1\nCOPY . /app\n"),
            "not applicable: what lies around the file is not known"
        );
    }
}

use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{DockerfileCheck, Subject, libraries};

pub(crate) const CHECK: DockerfileCheck = DockerfileCheck {
    about: About {
        id: "SEK-DOCKERFILE-0028",
        name: "language-package-unpinned",
        kind: FindingKind::Configuration,
        title: Text {
            en: "A library or tool is installed without its version",
            ja: "ライブラリやツールを版の指定なしで入れている",
        },
        severity: Severity::Low,
        confidence: Confidence::Medium,
        rationale: Text {
            en: "Package registries of languages take uploads from anyone. Without a version the build takes the newest, also one that was pushed an hour ago from a stolen account.",
            ja: "言語のレジストリには誰でもアップロードできる。版を指定しなければ最新が使われ、乗っ取られたアカウントが一時間前に公開したものでも取り込まれる。",
        },
        remediation: Text {
            en: "Name versions, or install from a lock file: `pip install -r requirements.txt --require-hashes`, `npm ci`, `gem install x:1.2.3`, `go install x@v1.2.3`, `cargo install --locked x@1.2.3`.",
            ja: "版を指定するか、ロックファイルから入れる: `pip install -r requirements.txt --require-hashes`、`npm ci`、`gem install x:1.2.3`、`go install x@v1.2.3`、`cargo install --locked x@1.2.3`",
        },
        references: &[
            "https://pip.pypa.io/en/stable/topics/repeatable-installs/",
            "https://docs.npmjs.com/cli/commands/npm-ci",
            "https://go.dev/ref/mod#go-install",
        ],
        benchmark: None,
    },
    run,
    fix: None,
};

fn run(subject: &Subject) -> Outcome {
    subject.ask_commands(|subject, _, command| {
        let loose = libraries::unpinned(command);
        if loose.is_empty() {
            return None;
        }
        let names = loose.join(", ");
        Some(subject.failure(
            command.span,
            &names,
            format!("no exact version is given for {names}"),
            format!("正確なバージョンの指定なし: {names}"),
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::ask;

    #[test]
    fn libraries_without_version_are_found() {
        assert_eq!(
            ask(
                &CHECK,
                "FROM a:1\nRUN pip install flask 'b>=1' && python3 -m pip install c\nRUN npm install -g express @a/b\nRUN gem install rake\nRUN go install example.org/a@latest && cargo install ripgrep\nRUN go get example.org/b && pip install git+https://example.org/c.git\n"
            ),
            "2:5 no exact version is given for flask, b>=1\n2:33 no exact version is given for c\n3:5 no exact version is given for express, @a/b\n4:5 no exact version is given for rake\n5:5 no exact version is given for example.org/a@latest\n5:40 no exact version is given for ripgrep\n6:5 no exact version is given for example.org/b\n6:29 no exact version is given for git+https://example.org/c.git"
        );
    }

    #[test]
    fn versions_files_and_lock_files_pass() {
        assert_eq!(
            ask(
                &CHECK,
                "FROM a:1\nRUN pip install -r requirements.txt a==1 . ./b 'c @ https://example.org/c.whl' git+https://example.org/d.git@v1\nRUN npm install && npm ci && npm i -g express@4.1.1 @a/b@1.0.0 ./c && yarn add a@1.0.0\nRUN gem install rake:13 && gem install rake -v 13\nRUN go install example.org/a@v1.2.3 && go install ./cmd/... && cargo install --version 1 ripgrep\n"
            ),
            "pass"
        );
    }

    #[test]
    fn a_file_without_scripts_is_not_asked() {
        assert_eq!(
            ask(&CHECK, "FROM a:1\n"),
            "not applicable: no RUN instruction is in a language that is read here"
        );
    }
}

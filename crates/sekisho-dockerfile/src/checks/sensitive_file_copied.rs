use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{DockerfileCheck, Subject, script::base_name};

pub(crate) const CHECK: DockerfileCheck = DockerfileCheck {
    about: About {
        id: "SEK-DOCKERFILE-0046",
        name: "sensitive-file-copied",
        kind: FindingKind::Secret,
        title: Text {
            en: "A file with secrets or history is copied in",
            ja: "秘密や履歴を含むファイルをコピーしている",
        },
        severity: Severity::High,
        confidence: Confidence::Medium,
        rationale: Text {
            en: "Keys, passwords and the history of the repository are in a layer from then on, for everyone who can pull it, also when a later line deletes them.",
            ja: "鍵、パスワード、リポジトリの履歴が層に入り、後の行で消しても、イメージを取得できる全員が読める。",
        },
        remediation: Text {
            en: "Mount it for the one command that needs it: `RUN --mount=type=secret` or `--mount=type=ssh`; leave it out of the context with `.dockerignore`.",
            ja: "必要なコマンドにだけマウントする: `RUN --mount=type=secret` か `--mount=type=ssh`。`.dockerignore` でコンテキストから外す。",
        },
        references: &[
            "https://docs.docker.com/build/building/secrets/",
            "https://docs.docker.com/reference/build-checks/copy-ignored-file/",
        ],
        benchmark: Some("CIS Docker Benchmark 1.7.0, 4.10"),
    },
    run,
    fix: None,
};

/// Names of files and folders that hold secrets or history, and what they hold.
const NAMES: &[(&str, &str, &str)] = &[
    (".aws", "AWS credentials", "AWS の認証情報"),
    (".docker", "credentials of registries", "レジストリの認証情報"),
    (".dockercfg", "credentials of registries", "レジストリの認証情報"),
    (".git", "the history of the repository", "リポジトリの履歴"),
    (".git-credentials", "passwords of git", "git のパスワード"),
    (".gnupg", "keys of GnuPG", "GnuPG の鍵"),
    (".htpasswd", "passwords", "パスワード"),
    (".kube", "credentials of Kubernetes", "Kubernetes の認証情報"),
    (".netrc", "passwords", "パスワード"),
    (".npmrc", "tokens of npm", "npm のトークン"),
    (".pgpass", "passwords of PostgreSQL", "PostgreSQL のパスワード"),
    (".pypirc", "tokens of PyPI", "PyPI のトークン"),
    (".ssh", "keys of SSH", "SSH の鍵"),
    ("credentials.json", "credentials", "認証情報"),
    ("id_dsa", "a key of SSH", "SSH の鍵"),
    ("id_ecdsa", "a key of SSH", "SSH の鍵"),
    ("id_ed25519", "a key of SSH", "SSH の鍵"),
    ("id_rsa", "a key of SSH", "SSH の鍵"),
    ("kubeconfig", "credentials of Kubernetes", "Kubernetes の認証情報"),
    ("terraform.tfstate", "secrets of Terraform", "Terraform の秘密"),
];

/// Endings of files with private keys.
const ENDINGS: &[&str] = &[".jks", ".keystore", ".p12", ".pfx", ".ppk"];

/// What stands for a file with settings only.
const EXAMPLES: &[&str] = &["dist", "example", "sample", "template", "tmpl"];

fn run(subject: &Subject) -> Outcome {
    let mut failures = Vec::new();
    let mut is_asked = false;
    for (index, instruction, copy) in subject.copies() {
        is_asked = true;
        // Stages that are left behind do not ship it, though their cache keeps it.
        if instruction.flag("from").is_some() || !subject.is_shipped(index) {
            continue;
        }
        for source in &copy.sources {
            let path = source.value.trim_end_matches('/');
            if let Some((en, ja)) = path.split('/').find_map(holds) {
                let name = base_name(path);
                failures.push(subject.failure(
                    source.span,
                    path,
                    format!("{name} holds {en}"),
                    format!("{name} に{ja}が入っている"),
                ));
            }
        }
    }
    crate::subject::outcome(
        is_asked,
        failures,
        Text { en: "nothing is copied", ja: "コピーがない" },
    )
}

fn holds(name: &str) -> Option<(&'static str, &'static str)> {
    if let Some((_, en, ja)) = NAMES.iter().find(|(known, ..)| *known == name) {
        return Some((en, ja));
    }
    if ENDINGS.iter().any(|end| name.ends_with(end))
        || name.split('.').next_back() == Some("key") && !name.contains("pub")
    {
        return Some(("private keys", "秘密鍵"));
    }
    let rest = name.strip_prefix(".env")?;
    let is_env = rest.is_empty() || rest.starts_with('.');
    let is_example = EXAMPLES.iter().any(|it| rest.contains(it));
    (is_env && !is_example).then_some(("passwords and keys", "パスワードや鍵"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::ask;

    #[test]
    fn files_with_secrets_are_found() {
        assert_eq!(
            ask(&CHECK, "FROM a:1\nCOPY .env id_rsa conf/.npmrc /app/\nADD .git /src\n"),
            "2:6 .env holds passwords and keys\n2:11 id_rsa holds a key of SSH\n2:18 .npmrc holds tokens of npm\n3:5 .git holds the history of the repository"
        );
    }

    #[test]
    fn examples_and_stages_left_behind_pass() {
        assert_eq!(
            ask(
                &CHECK,
                "FROM a:1 AS b\nCOPY .git /src\nFROM c:1\nCOPY .env.example id_rsa.pub .gitignore /app/\nCOPY --from=b /src/.npmrc /\n"
            ),
            "pass"
        );
    }

    #[test]
    fn a_file_without_copies_is_not_asked() {
        assert_eq!(ask(&CHECK, "FROM a:1\n"), "not applicable: nothing is copied");
    }
}

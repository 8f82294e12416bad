use sekisho_check::{About, Failure, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DockerfileCheck, Subject,
    instruction::{Kind, Pair},
    secret_shape::{is_secret_name, is_secret_value, shape},
};

pub(crate) const CHECK: DockerfileCheck = DockerfileCheck {
    about: About {
        id: "SEK-DOCKERFILE-0043",
        name: "secret-in-variable",
        kind: FindingKind::Secret,
        title: Text {
            en: "A secret is written into ENV, ARG or LABEL",
            ja: "ENV、ARG、LABEL に秘密が書かれている",
        },
        severity: Severity::Critical,
        confidence: Confidence::Medium,
        rationale: Text {
            en: "Whoever can pull the image reads its variables, labels and history with one command, and so do all processes and logs of the container. A value given with `--build-arg` is in the history as well.",
            ja: "イメージを取得できる人なら誰でも、変数、ラベル、履歴をコマンド一つで読める。コンテナ内の全プロセスやログからも見える。`--build-arg` で渡した値も履歴に残る。",
        },
        remediation: Text {
            en: "Revoke it. In the build take `RUN --mount=type=secret,id=NAME`, at run time a secret of the orchestrator or a file.",
            ja: "失効させる。ビルドでは `RUN --mount=type=secret,id=NAME`、実行時にはオーケストレーターのシークレットかファイルを使う。",
        },
        references: &[
            "https://docs.docker.com/build/building/secrets/",
            "https://docs.docker.com/reference/build-checks/secrets-used-in-arg-or-env/",
        ],
        benchmark: Some("CIS Docker Benchmark 1.7.0, 4.10"),
    },
    run,
    fix: None,
};

fn run(subject: &Subject) -> Outcome {
    let mut failures = Vec::new();
    let mut is_asked = false;
    for (_, instruction) in subject.instructions() {
        let (pairs, is_arg): (&[Pair], bool) = match &instruction.kind {
            Kind::Arg(pairs) => (pairs, true),
            Kind::Env(pairs) | Kind::Label(pairs) => (&pairs.pairs, false),
            _ => continue,
        };
        is_asked = true;
        let is_label = matches!(instruction.kind, Kind::Label(_));
        failures.extend(pairs.iter().filter_map(|pair| judge(subject, pair, is_arg, is_label)));
    }
    crate::subject::outcome(
        is_asked,
        failures,
        Text { en: "no variables and labels are set", ja: "変数もラベルもない" },
    )
}

fn judge(subject: &Subject, pair: &Pair, is_arg: bool, is_label: bool) -> Option<Failure> {
    let name = pair.name.value.as_str();
    let value = pair.value.as_ref();
    if let Some(value) = value
        && let Some(kind) = shape(&value.value)
    {
        let failure = subject.failure(
            value.span,
            name,
            format!("the value of {name} has the form of a secret: {kind}"),
            format!("{name} の値が秘密の形をしている: {kind}"),
        );
        return Some(Failure { confidence: Some(Confidence::High), ..failure });
    }
    if is_label || !is_secret_name(name) {
        return None;
    }
    match value {
        Some(value) if is_secret_value(&value.value) => Some(subject.failure(
            value.span,
            name,
            format!("{name} is set for everyone who can pull the image"),
            format!("{name} の値が、イメージを取得できる全員に見える"),
        )),
        None if is_arg => {
            let failure = subject.failure(
                pair.name.span,
                name,
                format!("what is given for {name} stays in the history of the image"),
                format!("{name} に渡した値がイメージの履歴に残る"),
            );
            Some(Failure { severity: Some(Severity::Medium), ..failure })
        }
        Some(_) | None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::ask;

    #[test]
    fn secrets_are_found_by_name_and_form() {
        assert_eq!(
            ask(
                &CHECK,
                "FROM a:1\nENV DB_PASSWORD=hunter2\nARG NPM_TOKEN\nLABEL k=AKIA234567ABCDEFGHIJ\nENV URL=https://a:b@example.org/\n"
            ),
            "2:17 DB_PASSWORD is set for everyone who can pull the image\n3:5 what is given for NPM_TOKEN stays in the history of the image\n4:9 the value of k has the form of a secret: AWS access key id\n5:9 the value of URL has the form of a secret: password in a URL"
        );
    }

    #[test]
    fn places_and_settings_pass() {
        assert_eq!(
            ask(
                &CHECK,
                "FROM a:1\nENV PASSWORD_FILE=/run/secrets/p TOKEN= API_KEY=/run/k USE_TOKEN=true\nARG VERSION=1\n"
            ),
            "pass"
        );
    }

    #[test]
    fn a_file_without_variables_is_not_asked() {
        assert_eq!(ask(&CHECK, "FROM a:1\n"), "not applicable: no variables and labels are set");
    }
}

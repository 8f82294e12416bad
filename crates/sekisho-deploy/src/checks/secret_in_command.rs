use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DeployCheck, Deployment, Fix, Level,
    ask::Answer,
    field::Spot,
    node::is_whole,
    secret_name::{can_be_secret, is_secret_name, password_in_url},
    source::Place,
};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0304",
        name: "secret-in-command",
        kind: FindingKind::Secret,
        title: Text { en: "A secret is in a command", ja: "コマンドに秘密がある" },
        severity: Severity::High,
        confidence: Confidence::Medium,
        rationale: Text {
            en: "Command lines are visible to every process that sees the container, in the console, and in `docker inspect`; health checks repeat theirs every few seconds.",
            ja: "コマンドラインは、コンテナが見える全プロセス、コンソール、`docker inspect` から読める。ヘルスチェックは数秒ごとに繰り返す。",
        },
        remediation: Text {
            en: "Let the program read the secret from its environment or a file, and fill it from `secrets`.",
            ja: "プログラムに環境変数かファイルから読ませ、`secrets` で渡す。",
        },
        references: &[
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html",
        ],
        benchmark: None,
    },
    level: Level::Baseline,
    fix: Fix::Guided,
    aliases: &[],
    run,
};

/// Options that take a secret, as `--password=x` or `--password x`.
const OPTIONS: &[&str] =
    &["--api-key", "--apikey", "--passphrase", "--password", "--passwd", "--secret", "--token"];

fn run(deployment: &Deployment) -> Outcome {
    let because = Text { en: "no command is named", ja: "コマンドの指定がない" };
    deployment.ask_containers(because, |at, container| {
        let health = container.health_check.known();
        let lists = [Some(&container.entry_point), Some(&container.command), health];
        let mut failures = Vec::new();
        let mut unknown = None;
        let mut is_asked = false;
        for list in lists.into_iter().flatten() {
            is_asked |= !list.items.is_empty();
            unknown = unknown.or(list.place.filter(|_| list.is_open));
            let mut words = list.iter().flat_map(words).peekable();
            while let Some((word, place)) = words.next() {
                let next = words.peek().map(|(next, _)| *next);
                if let Some((kind_en, kind_ja)) = secret_in(deployment, word, next) {
                    failures.push(at.failure(
                        Some(place),
                        kind_en,
                        format!("a command holds {kind_en}"),
                        format!("コマンドに{kind_ja}がある"),
                    ));
                }
            }
        }
        if !is_asked && unknown.is_none() {
            return Answer::NotApplicable;
        }
        Answer::or_unknown(failures, unknown)
    })
}

/// The words of an argument, which may be a script.
fn words(argument: &Spot<String>) -> impl Iterator<Item = (&str, Place)> {
    let quotes = |char: char| matches!(char, '"' | '\'');
    argument.value.split_whitespace().map(move |word| (word.trim_matches(quotes), argument.place))
}

/// What kind of secret a word holds, in each language.
fn secret_in(
    deployment: &Deployment,
    word: &str,
    next: Option<&str>,
) -> Option<(&'static str, &'static str)> {
    let is_value =
        |text: &str| is_whole(text) && !text.starts_with(['$', '-', '<']) && can_be_secret(text);
    let option = match word.split_once('=') {
        Some((option, value)) => Some((option, value)),
        None => next.map(|value| (word, value)),
    };
    if option.is_some_and(|(option, value)| OPTIONS.contains(&option) && is_value(value)) {
        return Some(("the value of an option for a secret", "秘密用オプションの値"));
    }
    if let Some((name, value)) = word.split_once('=')
        && is_secret_name(name)
        && !name.starts_with('-')
        && is_value(value)
    {
        return Some(("the value of a variable for a secret", "秘密用の変数の値"));
    }
    if password_in_url(word).is_some() {
        return Some(("an address with a password", "パスワード入りのアドレス"));
    }
    let find_secret = deployment.settings.find_secret.as_ref()?;
    find_secret(word).map(|_| ("what has the form of a secret", "秘密の形をした値"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    use crate::testing::fargate;

    #[test]
    fn secrets_in_commands_are_found() {
        let want = "a command holds the value of an option for a secret";
        fargate().web("command", json!(["/web", "--password=hunter2"])).finds(&CHECK, want);
        fargate().web("command", json!(["/web", "--token", "hunter2"])).finds(&CHECK, want);
        let address = json!(["CMD-SHELL", "curl http://a:hunter2@localhost/ || exit 1"]);
        let want = "a command holds an address with a password";
        fargate().web("healthCheck/command", address).finds(&CHECK, want);
        let want = "a command holds what has the form of a secret";
        fargate().web("command", json!(["/web", "AKIAIOSFODNN7EXAMPLE"])).finds(&CHECK, want);
        let want = "a command holds the value of a variable for a secret";
        fargate().web("command", json!(["/web", "DB_PASSWORD=hunter2"])).finds(&CHECK, want);
    }

    #[test]
    fn variables_of_the_shell_pass() {
        let script = json!(["/bin/sh", "-c", "/web --password=$DB_PASSWORD"]);
        fargate().web("command", script).is_clean();
    }
}

use sekisho_check::{About, Outcome, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{
    DeployCheck, Deployment, Fix, Level, ask::Answer, field::Pair, secret_name::password_in_url,
};

pub(super) const CHECK: DeployCheck = DeployCheck {
    about: About {
        id: "SEK-DEPLOY-0303",
        name: "password-in-address",
        kind: FindingKind::Secret,
        title: Text {
            en: "An address has a password in it",
            ja: "アドレスにパスワードが入っている",
        },
        severity: Severity::High,
        confidence: Confidence::High,
        rationale: Text {
            en: "Addresses are logged, shown in error pages and passed on to other programs, more readily than any other setting, and here the password goes along.",
            ja: "アドレスは他の設定よりも気軽に、ログに残り、エラー画面に出て、他のプログラムに渡される。パスワードもそれに付いて行く。",
        },
        remediation: Text {
            en: "Take the password out, put it into Parameter Store, and have the program put both together.",
            ja: "パスワードを抜いて Parameter Store に入れ、プログラムの中で組み立てる。",
        },
        references: &["https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Secret.html"],
        benchmark: None,
    },
    level: Level::Baseline,
    fix: Fix::Guided,
    aliases: &[],
    run,
};

fn run(deployment: &Deployment) -> Outcome {
    let because = Text { en: "no environment is set", ja: "環境変数の指定がない" };
    deployment.ask_containers(because, |at, container| {
        let environment = &container.environment;
        if environment.is_empty() {
            return Answer::NotApplicable;
        }
        let mut failures = Vec::new();
        for Pair { name, value, .. } in environment {
            if value.text().and_then(password_in_url).is_some() {
                failures.push(at.failure(
                    value.place(),
                    name,
                    format!("the address in {name} has a password"),
                    format!("{name} のアドレスにパスワードがある"),
                ));
            }
        }
        Answer::or_unknown(failures, environment.place.filter(|_| environment.is_open))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    use crate::testing::{PART, fargate};

    fn with(value: &str) -> crate::testing::Case {
        fargate().web("environment", json!([{"name": "DATABASE_URL", "value": value}]))
    }

    #[test]
    fn a_password_in_an_address_is_found() {
        let want = "the address in DATABASE_URL has a password";
        with("postgres://app:hunter2@db:5432/shop").finds(&CHECK, want);
    }

    #[test]
    fn addresses_without_one_pass() {
        with("postgres://app@db:5432/shop").is_clean();
        with(&format!("postgres://app:{PART}@db/shop")).is_clean();
    }
}

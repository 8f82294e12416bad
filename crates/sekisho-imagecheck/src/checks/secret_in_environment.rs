use sekisho_check::{About, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use sekisho_check::{Failure, Message, Outcome};

use crate::{ImageCheck, ImageSubject, is_secret, subject::NO_CONFIG};

pub(super) const CHECK: ImageCheck = ImageCheck {
    about: About {
        id: "SEK-IMAGE-0003",
        name: "secret-in-environment",
        kind: FindingKind::Configuration,
        title: Text {
            en: "A variable named like a secret has a value",
            ja: "秘密らしい名前の環境変数に値がある",
        },
        severity: Severity::High,
        confidence: Confidence::Medium,
        rationale: Text {
            en: "Everyone who can pull the image or inspect a container reads its \
                 environment, and it ends up in crash reports and child processes.",
            ja: "イメージを取得できる人やコンテナーを inspect できる人は誰でも環境変数を読め、\
                 クラッシュレポートや子プロセスにも渡る。",
        },
        remediation: Text {
            en: "Take the variable out of the image, revoke the value, and give it at run \
                 time from Secrets Manager or SSM Parameter Store.",
            ja: "変数をイメージから除いて値を失効させ、実行時に Secrets Manager か SSM Parameter Store \
                 から渡す。",
        },
        references: &["https://docs.docker.com/build/building/best-practices/"],
        benchmark: Some("CIS Docker Benchmark 1.7.0, 4.10"),
    },
    run,
};

fn run(image: &ImageSubject) -> Outcome {
    let Some(config) = &image.config else { return NO_CONFIG };
    let pairs = config.env.iter().filter_map(|pair| pair.split_once('='));
    let named = pairs.filter(|(name, value)| is_secret(name, value));
    let failures = named.map(|(name, _)| {
        let message = Message::new(format!("{name:?} is set"), format!("{name:?} に値がある"));
        Failure::new(name, message)
    });
    Outcome::of(failures.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    fn env(env: &[&str]) -> ImageSubject {
        subject().with(|config| config.env = env.iter().map(|&pair| pair.to_owned()).collect())
    }

    #[test]
    fn a_name_that_says_secret_fails_and_the_value_is_not_told() {
        let image = env(&["PATH=/bin", "DB_PASSWORD=hunter2", "stripe_api_key=xyz"]);
        assert_eq!(
            shown(&CHECK, &image),
            "High: \"DB_PASSWORD\" is set\nHigh: \"stripe_api_key\" is set"
        );
    }

    #[test]
    fn places_of_secrets_and_switches_pass() {
        let image = env(&[
            "POSTGRES_PASSWORD_FILE=/run/secrets/db",
            "TOKEN=/var/run/token",
            "PWD=/srv",
            "ALLOW_EMPTY_PASSWORD=true",
            "TOKENIZERS_PARALLELISM=false",
            "GPG_KEY=7169605F62C751356D054A26A821E680E5FA6305",
            "API_KEY=",
        ]);
        assert_eq!(shown(&CHECK, &image), "pass");
    }

    #[test]
    fn a_directory_has_no_environment() {
        assert!(shown(&CHECK, &directory()).starts_with("not applicable"));
    }
}

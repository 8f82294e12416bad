use sekisho_check::{About, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use sekisho_check::Outcome;

use crate::{ImageCheck, ImageSubject, subject::NO_CONFIG};

pub(super) const CHECK: ImageCheck = ImageCheck {
    about: About {
        id: "SEK-IMAGE-0001",
        name: "root-user",
        kind: FindingKind::Configuration,
        title: Text { en: "The container runs as root", ja: "コンテナーが root で動く" },
        severity: Severity::High,
        confidence: Confidence::High,
        rationale: Text {
            en: "Whoever breaks into the process is root in the container, and one flaw of \
                 the kernel or one mounted path away from root on the host.",
            ja: "プロセスを乗っ取った者はコンテナー内の root になり、カーネルの欠陥やマウント\
                 されたパスが一つあればホストの root に届く。",
        },
        remediation: Text {
            en: "Create a user in the Dockerfile and end the last stage with `USER 10001`.",
            ja: "Dockerfile でユーザーを作り、最後のステージを `USER 10001` で終える。",
        },
        references: &[
            "https://github.com/opencontainers/image-spec/blob/main/config.md",
            "https://www.cisecurity.org/benchmark/docker",
        ],
        benchmark: Some("CIS Docker Benchmark 1.7.0, 4.1"),
    },
    run,
};

fn run(image: &ImageSubject) -> Outcome {
    let Some(config) = &image.config else { return NO_CONFIG };
    let user = config.user.split(':').next().unwrap_or_default();
    if user.is_empty() {
        return Outcome::fail("no USER is set, so it is root", "USER の指定がなく root になる");
    }
    let is_root = user == "root"
        || user.parse() == Ok(0_u32)
        || image.files.accounts.user(user).is_some_and(|account| account.id == 0);
    if is_root {
        return Outcome::fail(format!("USER is {user:?}"), format!("USER が {user:?}"));
    }
    Outcome::Pass
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    #[test]
    fn root_by_any_name_fails() {
        let user = |user: &str| subject().with(|config| config.user = user.to_owned());
        assert_eq!(shown(&CHECK, &user("")), "High: no USER is set, so it is root");
        assert_eq!(shown(&CHECK, &user("0:0")), "High: USER is \"0\"");
        let toor = user("toor").passwd("toor:x:0:0::/:/bin/sh\n");
        assert_eq!(shown(&CHECK, &toor), "High: USER is \"toor\"");
    }

    #[test]
    fn another_user_passes() {
        let image = subject().with(|config| config.user = "10001:10001".to_owned());
        assert_eq!(shown(&CHECK, &image), "pass");
    }

    #[test]
    fn a_directory_has_no_user() {
        assert!(shown(&CHECK, &directory()).starts_with("not applicable"));
    }
}

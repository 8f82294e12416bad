use sekisho_check::{About, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use sekisho_check::Outcome;

use crate::{ImageCheck, ImageSubject, subject::NO_CONFIG};

pub(super) const CHECK: ImageCheck = ImageCheck {
    about: About {
        id: "SEK-IMAGE-0002",
        name: "unknown-user",
        kind: FindingKind::Configuration,
        title: Text {
            en: "USER names a user that the image does not have",
            ja: "USER がイメージにないユーザーを指している",
        },
        severity: Severity::Medium,
        confidence: Confidence::High,
        rationale: Text {
            en: "The engine refuses to start a container whose user has no entry in \
                 /etc/passwd, or a later change gives the name a number nobody checked.",
            ja: "/etc/passwd にないユーザー名ではコンテナーが起動できず、後から作られた同名の\
                 ユーザーに誰も確かめていない番号が付く。",
        },
        remediation: Text {
            en: "Create the user before USER, or use a number: `USER 10001`.",
            ja: "USER の前にユーザーを作るか、番号で `USER 10001` と書く。",
        },
        references: &["https://github.com/opencontainers/image-spec/blob/main/config.md"],
        benchmark: None,
    },
    run,
};

const BY_NUMBER: Outcome = Outcome::NotApplicable {
    because: Text { en: "USER is not a name", ja: "USER が名前ではない" },
};

fn run(image: &ImageSubject) -> Outcome {
    let Some(config) = &image.config else { return NO_CONFIG };
    let user = config.user.split(':').next().unwrap_or_default();
    if user.is_empty() || user.parse::<u32>().is_ok() {
        return BY_NUMBER;
    }
    if image.files.accounts.user(user).is_some() {
        return Outcome::Pass;
    }
    Outcome::fail(
        format!("{user:?} is not in /etc/passwd"),
        format!("{user:?} が /etc/passwd にない"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    #[test]
    fn a_name_that_nobody_has_fails() {
        let image = subject().with(|config| config.user = "app".to_owned()).passwd("root:x:0:0\n");
        assert_eq!(shown(&CHECK, &image), "Medium: \"app\" is not in /etc/passwd");
    }

    #[test]
    fn a_name_that_is_there_passes() {
        let image = subject().with(|config| config.user = "app:app".to_owned());
        assert_eq!(shown(&CHECK, &image.passwd("app:x:1:1\n")), "pass");
    }

    #[test]
    fn a_number_needs_no_entry() {
        let image = subject().with(|config| config.user = "10001".to_owned());
        assert_eq!(shown(&CHECK, &image), "not applicable: USER is not a name");
    }
}

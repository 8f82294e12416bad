use sekisho_check::{About, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use sekisho_check::Outcome;

use crate::{ImageCheck, ImageSubject, PasswordState, passwords::in_state};

pub(super) const CHECK: ImageCheck = ImageCheck {
    about: About {
        id: "SEK-IMAGE-0017",
        name: "empty-password",
        kind: FindingKind::Configuration,
        title: Text {
            en: "An account has an empty password",
            ja: "パスワードが空のアカウントがある",
        },
        severity: Severity::Critical,
        confidence: Confidence::High,
        rationale: Text {
            en: "Anyone who reaches `su` or a login in the container becomes that user \
                 without being asked, root included.",
            ja: "コンテナー内で `su` やログインに届く者は、何も聞かれずそのユーザー（root も）\
                 になれる。",
        },
        remediation: Text {
            en: "Lock it: `RUN passwd -l NAME`, or `usermod -p '!' NAME`.",
            ja: "ロックする: `RUN passwd -l NAME` または `usermod -p '!' NAME`。",
        },
        references: &["https://man7.org/linux/man-pages/man5/shadow.5.html"],
        benchmark: None,
    },
    run,
};

fn run(image: &ImageSubject) -> Outcome {
    in_state(image, PasswordState::Empty)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    #[test]
    fn the_account_is_named_with_its_line() {
        let image = subject().shadow("root:!:1\napp::1\n");
        assert_eq!(shown(&CHECK, &image), "Critical at etc/shadow: \"app\" has an empty password");
    }

    #[test]
    fn locked_accounts_pass() {
        assert_eq!(shown(&CHECK, &subject().shadow("root:*:1\napp:!:1\n")), "pass");
    }

    #[test]
    fn an_image_without_passwords_is_not_judged() {
        assert_eq!(shown(&CHECK, &subject()), "not applicable: there are no passwords in it");
    }
}

use sekisho_check::{About, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use sekisho_check::Outcome;

use crate::{ImageCheck, ImageSubject, PasswordState, passwords::in_state};

pub(super) const CHECK: ImageCheck = ImageCheck {
    about: About {
        id: "SEK-IMAGE-0018",
        name: "weak-password-hash",
        kind: FindingKind::Configuration,
        title: Text {
            en: "A password is kept with a broken method",
            ja: "弱い方式でハッシュ化されたパスワードがある",
        },
        severity: Severity::Medium,
        confidence: Confidence::High,
        rationale: Text {
            en: "Everyone who pulls the image gets the hash, and hashes of DES and MD5 are \
                 tried out on a graphics card within hours.",
            ja: "イメージを取得した人は誰でもハッシュを得られ、DES や MD5 のハッシュは GPU で\
                 数時間で破られる。",
        },
        remediation: Text {
            en: "Lock the account; passwords have no place in an image.",
            ja: "アカウントをロックする。パスワードはイメージに置かない。",
        },
        references: &["https://man7.org/linux/man-pages/man5/shadow.5.html"],
        benchmark: None,
    },
    run,
};

fn run(image: &ImageSubject) -> Outcome {
    in_state(image, PasswordState::Weak)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    #[test]
    fn the_account_is_named_with_its_line() {
        let image = subject().shadow("root:!:1\napp:$1$salt$hash:1\n");
        assert_eq!(
            shown(&CHECK, &image),
            "Medium at etc/shadow: \"app\" has a hash of an old method"
        );
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

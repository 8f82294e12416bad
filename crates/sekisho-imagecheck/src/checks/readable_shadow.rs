use sekisho_check::{About, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use sekisho_check::{Message, Outcome};

use crate::{ImageCheck, ImageSubject, PasswordState, subject::at};

pub(super) const CHECK: ImageCheck = ImageCheck {
    about: About {
        id: "SEK-IMAGE-0020",
        name: "readable-shadow",
        kind: FindingKind::Configuration,
        title: Text {
            en: "Anyone may read the password file",
            ja: "パスワードファイルを誰でも読める",
        },
        severity: Severity::Medium,
        confidence: Confidence::High,
        rationale: Text {
            en: "A service without rights reads the hashes and lets them be tried out \
                 elsewhere.",
            ja: "権限のないサービスでもハッシュを読み出し、外で総当たりにかけられる。",
        },
        remediation: Text {
            en: "Run `chmod 0640 /etc/shadow && chown root:shadow /etc/shadow`.",
            ja: "`chmod 0640 /etc/shadow && chown root:shadow /etc/shadow` を行う。",
        },
        references: &["https://man7.org/linux/man-pages/man5/shadow.5.html"],
        benchmark: None,
    },
    run,
};

const NO_SHADOW: Outcome = Outcome::NotApplicable {
    because: Text { en: "there is no password file", ja: "パスワードファイルがない" },
};

fn run(image: &ImageSubject) -> Outcome {
    let Some(shadow) = &image.files.shadow else { return NO_SHADOW };
    let has_hashes = image.files.accounts.passwords.iter().any(|password| {
        password.path == shadow.path
            && matches!(password.state, PasswordState::Weak | PasswordState::Strong)
    });
    if shadow.mode & 0o004 == 0 || !has_hashes {
        return Outcome::Pass;
    }
    let mode = shadow.mode;
    let message = Message::new(format!("mode {mode:04o}"), format!("モード {mode:04o}"));
    Outcome::Fail(vec![at(shadow, message)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    fn image(mode: u16, line: &str) -> ImageSubject {
        let mut image = subject().shadow(line);
        image.files.shadow = Some(place("etc/shadow", mode));
        image
    }

    #[test]
    fn hashes_that_anyone_reads_fail() {
        let image = image(0o644, "root:$6$salt$hash:1\n");
        assert_eq!(shown(&CHECK, &image), "Medium at etc/shadow: mode 0644");
    }

    #[test]
    fn a_private_file_or_one_without_hashes_passes() {
        assert_eq!(shown(&CHECK, &image(0o640, "root:$6$salt$hash:1\n")), "pass");
        assert_eq!(shown(&CHECK, &image(0o644, "root:*:1\n")), "pass");
    }

    #[test]
    fn an_image_without_the_file_is_not_judged() {
        assert_eq!(shown(&CHECK, &subject()), "not applicable: there is no password file");
    }
}

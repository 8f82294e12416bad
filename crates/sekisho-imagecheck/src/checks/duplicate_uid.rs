use sekisho_check::{About, Text};
use sekisho_types::{Confidence, Severity, report::FindingKind};

use std::collections::BTreeMap;

use sekisho_check::{Failure, Message, Outcome};
use sekisho_types::report::Location;

use crate::{ImageCheck, ImageSubject, passwords::NO_ACCOUNTS};

pub(super) const CHECK: ImageCheck = ImageCheck {
    about: About {
        id: "SEK-IMAGE-0019",
        name: "duplicate-uid",
        kind: FindingKind::Configuration,
        title: Text {
            en: "Two users have the same number", ja: "同じ UID のユーザーが複数いる"
        },
        severity: Severity::Medium,
        confidence: Confidence::High,
        rationale: Text {
            en: "The kernel knows numbers only: each may do everything with the files and \
                 processes of the other, and logs name the wrong one.",
            ja: "カーネルは番号しか見ないため、互いのファイルとプロセスを自由にでき、ログには\
                 別人の名が残る。",
        },
        remediation: Text {
            en: "Give each user a number of its own: `useradd -u 10001 app`.",
            ja: "ユーザーごとに別の番号を与える: `useradd -u 10001 app`。",
        },
        references: &["https://man7.org/linux/man-pages/man5/passwd.5.html"],
        benchmark: None,
    },
    run,
};

fn run(image: &ImageSubject) -> Outcome {
    let accounts = &image.files.accounts;
    if accounts.users.is_empty() {
        return NO_ACCOUNTS;
    }
    let mut by_id: BTreeMap<u32, Vec<&str>> = BTreeMap::new();
    for user in &accounts.users {
        by_id.entry(user.id).or_default().push(&user.name);
    }
    let failures = by_id.into_iter().filter(|(_, names)| names.len() > 1).map(|(id, names)| {
        let severity = if id == 0 { Severity::High } else { Severity::Medium };
        let names = names.join(", ");
        let message = Message::new(format!("{id} is {names}"), format!("{id} が {names} に重なる"));
        let location = Some(Location::of_file(None, "etc/passwd"));
        Failure { severity: Some(severity), location, ..Failure::new(id.to_string(), message) }
    });
    Outcome::of(failures.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    #[test]
    fn a_second_root_is_worse() {
        let image = subject().passwd("root:x:0:0\ntoor:x:0:0\na:x:5:5\nb:x:5:5\n");
        assert_eq!(
            shown(&CHECK, &image),
            "High at etc/passwd: 0 is root, toor\nMedium at etc/passwd: 5 is a, b"
        );
    }

    #[test]
    fn numbers_of_their_own_pass() {
        assert_eq!(shown(&CHECK, &subject().passwd("root:x:0:0\na:x:5:5\n")), "pass");
    }

    #[test]
    fn an_image_without_users_is_not_judged() {
        assert_eq!(shown(&CHECK, &subject()), "not applicable: there are no accounts in it");
    }
}

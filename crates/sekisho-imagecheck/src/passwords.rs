//! Findings about accounts and their passwords.

use sekisho_check::{Failure, Message, Outcome, Text};
use sekisho_types::report::Location;

use crate::{ImageSubject, Password, PasswordState};

/// The answer of a check about users to an image of none.
pub(crate) const NO_ACCOUNTS: Outcome = Outcome::NotApplicable {
    because: Text { en: "there are no accounts in it", ja: "アカウントがない" },
};

const NO_PASSWORDS: Outcome = Outcome::NotApplicable {
    because: Text { en: "there are no passwords in it", ja: "パスワードの記録がない" },
};

/// Fails for each account whose password is in `state`.
pub(crate) fn in_state(image: &ImageSubject, state: PasswordState) -> Outcome {
    let passwords = &image.files.accounts.passwords;
    if passwords.is_empty() {
        return NO_PASSWORDS;
    }
    let failures = passwords.iter().filter(|password| password.state == state).map(|password| {
        let Password { name, line, path, .. } = password;
        let message = match state {
            PasswordState::Empty => Message::new(
                format!("{name:?} has an empty password"),
                format!("{name:?} のパスワードが空"),
            ),
            PasswordState::Weak => Message::new(
                format!("{name:?} has a hash of an old method"),
                format!("{name:?} のハッシュが古い方式"),
            ),
            PasswordState::Locked | PasswordState::Strong => Message::default(),
        };
        let shadow = image.files.shadow.as_ref().filter(|shadow| shadow.path == *path);
        let layer = shadow.and_then(|shadow| shadow.layer);
        let location = Location { line: Some(*line), ..Location::of_file(layer, path) };
        Failure::new(name, message).at(location)
    });
    Outcome::of(failures.collect())
}

use std::fmt;

use serde::{Deserialize, Serialize};

/// Most characters of a secret that are ever shown.
const SHOWN_CHARACTERS: usize = 4;

/// Only of secrets with at least this many characters is the start shown.
const MIN_SHOWN_LENGTH: usize = 20;

/// What is left of a secret: how it starts and how long it is.
///
/// Only the start that all secrets of a format have in common is kept, so nothing of the value
/// is in it, and nothing of it can be printed, logged or stored.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Redacted {
    start: String,
    length: u32,
}

impl Redacted {
    /// `prefix` is what every secret of the kind starts with; empty for none.
    pub(crate) fn new(secret: &[u8], prefix: &str) -> Self {
        let is_shown = secret.len() >= MIN_SHOWN_LENGTH && secret.starts_with(prefix.as_bytes());
        let prefix = prefix.chars().take_while(char::is_ascii_graphic).take(SHOWN_CHARACTERS);
        let start = if is_shown { prefix.collect() } else { String::new() };
        Self { start, length: u32::try_from(secret.len()).unwrap_or(u32::MAX) }
    }

    /// Length of the secret in bytes.
    pub fn length(&self) -> u32 {
        self.length
    }
}

impl fmt::Display for Redacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}***", self.start)
    }
}

impl fmt::Debug for Redacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_than_the_prefix_of_the_format_is_kept() {
        let shown = |secret: &str, prefix: &str| {
            let redacted = Redacted::new(secret.as_bytes(), prefix);
            format!("{redacted} {redacted:?} {}", redacted.length())
        };
        assert_eq!(shown("ghp_0123456789abcdef0123", "ghp_"), "ghp_*** ghp_*** 24");
        assert_eq!(shown("github_pat_0123456789abc", "github_pat_"), "gith*** gith*** 24");
        assert_eq!(shown("ghp_short", "ghp_"), "*** *** 9");
        assert_eq!(shown("a password that is long enough", ""), "*** *** 30");
        assert_eq!(shown("a password that is long enough", "ghp_"), "*** *** 30");
    }
}

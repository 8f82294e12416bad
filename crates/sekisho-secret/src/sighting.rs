use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Redacted;

/// A secret that was seen, without its value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Sighting {
    /// Id of the rule.
    pub rule: String,
    /// From 1.
    pub line: u64,
    /// In bytes, from 1.
    pub column: u64,
    pub redacted: Redacted,
    /// The same for the same secret in other files; none for one that could be guessed.
    pub mark: Option<Mark>,
    /// Whether it stood in base64.
    pub is_wrapped: bool,
    /// Where in the file it stood, if that is an archive: `inner.zip!/app/.env`. Line and column
    /// are those in there.
    pub inside: Option<String>,
    /// Whether packages that everybody can download hold such values, as test data.
    pub is_published: bool,
    /// Whether it is such a value, in a file that is as its package brought it.
    pub is_shipped: bool,
}

/// What tells a secret from others: half of the SHA-256 of rule and value.
///
/// Only values with more bits than anybody can try have one, so it gives nothing away.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Mark(pub(crate) [u8; 16]);

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What was not looked at in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Note {
    /// The file holds more secrets than are kept.
    TooMany { limit: usize },
    /// The file holds the keywords of a rule so often that it was given up; none for base64.
    Stopped { rule: Option<String> },
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooMany { limit } => {
                write!(f, "more than {limit} secrets, the rest is not shown")
            }
            Self::Stopped { rule: Some(rule) } => {
                write!(f, "too many places that look like a secret of {rule} to try all")
            }
            Self::Stopped { rule: None } => {
                f.write_str("too many places that look like base64 to undo all")
            }
        }
    }
}

/// What a file holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sightings {
    /// In the order of the file.
    pub found: Vec<Sighting>,
    pub notes: Vec<Note>,
}

use crate::Advisory;

/// What a feed gave.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    pub advisories: Vec<Advisory>,
    /// Records that are in the feed and not in `advisories`, each with its reason.
    pub skipped: Vec<Skipped>,
}

/// A record that was left out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Skipped {
    /// Its id, or the name of its file.
    pub name: String,
    /// A sentence without a full stop.
    pub reason: String,
}

impl Imported {
    pub(crate) fn skip(&mut self, name: impl Into<String>, reason: impl Into<String>) {
        self.skipped.push(Skipped { name: name.into(), reason: reason.into() });
    }
}

use crate::{Advisory, Epss, KnownExploited, Rating};

/// One thing that a feed tells.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    Advisory(Advisory),
    KnownExploited(KnownExploited),
    Epss(Epss),
    /// How bad a weakness is, from somebody who says nothing of packages.
    Severity {
        cve: String,
        ratings: Vec<Rating>,
    },
    /// A record that is in the feed and was left out, or a part of one.
    Skipped(Skipped),
}

/// A record that was left out, or a part of one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Skipped {
    /// Its id, or the name of its file. Control characters are escaped.
    pub name: String,
    /// A sentence without a full stop.
    pub reason: String,
}

/// What a feed held: each of its records was imported or skipped.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FeedSummary {
    pub records: u64,
    pub imported: u64,
    pub skipped: u64,
    /// Those of `imported` of which a part was left out: a package with ranges that cannot be.
    pub partial: u64,
    /// The newest date that the feed states, else the time of its newest file; RFC 3339.
    pub updated: String,
}

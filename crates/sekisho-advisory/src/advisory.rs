use serde::{Deserialize, Serialize};

use crate::{Ecosystem, Range};

/// What a feed says of one weakness.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advisory {
    /// As its publisher numbers it: `GHSA-…`, `DSA-5380-1`, `CVE-2019-10206`.
    pub id: String,
    /// Other numbers of the same weakness, sorted.
    pub aliases: Vec<String>,
    /// Numbers of weaknesses that this one reports on, one or several, sorted: the CVEs of a DSA.
    pub upstream: Vec<String>,
    pub kind: AdvisoryKind,
    pub ratings: Vec<Rating>,
    pub summary: String,
    /// Web pages, in the order of the feed.
    pub references: Vec<String>,
    /// RFC 3339, or empty.
    pub published: String,
    pub modified: String,
    /// Set where the publisher took it back: it matches nothing, and explains why a finding went.
    pub withdrawn: Option<String>,
    pub affected: Vec<Affected>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum AdvisoryKind {
    Vulnerability,
    /// A package that was made to do harm: any version that is named is an emergency.
    Malware,
}

/// How bad somebody says it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Rating {
    /// `CVSS_V3`, `CVSS_V4`, or the name of the publisher for a word.
    pub scheme: String,
    /// A vector, or a word such as `important`.
    pub value: String,
}

/// One package that an advisory names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Affected {
    pub ecosystem: Ecosystem,
    /// As the ecosystem compares names: lower case for Python, with one kind of separator.
    pub package: String,
    pub ranges: Vec<Range>,
    /// Single versions, beside the ranges.
    pub versions: Vec<String>,
    pub state: State,
    /// What the publisher says of this package alone: `unimportant`, `low`.
    pub urgency: Option<String>,
    /// The module stream that the package has to come from: `nodejs:18`, of a modular rpm.
    pub module: Option<String>,
    /// The day on which the fix appeared, RFC 3339, where the publisher states it apart from when
    /// the advisory was published.
    pub fixed_on: Option<String>,
}

impl Affected {
    /// Whether it names any version, or says that none is affected.
    pub fn is_told(&self) -> bool {
        !self.ranges.is_empty() || !self.versions.is_empty() || self.state == State::NotAffected
    }
}

/// What the distribution says of one package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum State {
    Affected,
    /// The weakness is not in it, whatever other feeds say.
    NotAffected,
    /// Open, and too small for a security update of its own; a fix may come with the next point
    /// release: Debian's `no-dsa`.
    NoAdvisory,
    /// It stays as it is.
    WillNotFix,
    /// A fix is put off to a later release.
    Deferred,
    /// Nobody looks at this release any more.
    EndOfLife,
    /// Nobody has looked yet.
    UnderInvestigation,
}

use sekisho_types::{Confidence, Severity, report::FindingKind};

use crate::{Message, Text};

/// What is said of a check, whatever it is run on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct About {
    /// `SEK-<SUBJECT>-<4 digits>`, never reused.
    pub id: &'static str,
    /// Kebab case; reads after the word "allow".
    pub name: &'static str,
    pub kind: FindingKind,
    /// The bad state, at most 60 characters, no full stop.
    pub title: Text,
    /// By impact in the default setting, as `rationale` argues.
    pub severity: Severity,
    pub confidence: Confidence,
    /// Who does what with it.
    pub rationale: Text,
    /// Imperative, with the command or key.
    pub remediation: Text,
    /// Primary sources, at least one.
    pub references: &'static [&'static str],
    /// Where a benchmark asks the same: `CIS Docker Benchmark 1.7.0, 4.1`.
    pub benchmark: Option<&'static str>,
}

/// What `sekisho explain` prints of a check or rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    pub id: String,
    pub name: String,
    pub kind: FindingKind,
    pub severity: Severity,
    pub title: Message,
    pub rationale: Message,
    pub remediation: Message,
    pub references: Vec<String>,
    pub benchmark: Option<String>,
}

impl About {
    pub fn explanation(&self) -> Explanation {
        Explanation {
            id: self.id.to_owned(),
            name: self.name.to_owned(),
            kind: self.kind,
            severity: self.severity,
            title: self.title.into(),
            rationale: self.rationale.into(),
            remediation: self.remediation.into(),
            references: self.references.iter().map(|&reference| reference.to_owned()).collect(),
            benchmark: self.benchmark.map(str::to_owned),
        }
    }
}

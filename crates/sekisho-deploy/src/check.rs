use sekisho_check::{About, Outcome};

use crate::Deployment;

/// A check of what is deployed.
#[derive(Debug, Clone, Copy)]
pub struct DeployCheck {
    pub about: About,
    pub level: Level,
    pub fix: Fix,
    /// What others call it: `CKV_AWS_336`, `ECS.5`.
    pub aliases: &'static [&'static str],
    pub run: fn(&Deployment) -> Outcome,
}

/// In which profiles a check is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// In all of them: what most teams can do now.
    Baseline,
    /// In the strictest alone.
    Strict,
}

/// Who can mend what a check finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fix {
    /// An edit that changes nothing that a program relies on.
    Automatic,
    /// An edit that needs to know the program: a user, a path that is written to.
    Guided,
    /// A decision.
    Report,
}

impl Fix {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Automatic => "automatic",
            Self::Guided => "guided",
            Self::Report => "by hand",
        }
    }
}

use std::cmp::Ordering;

use sekisho_version::Scheme;
use serde::{Deserialize, Serialize};

/// Versions from one on, up to another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Range {
    /// The first version that has it; none from the beginning.
    pub introduced: Option<String>,
    pub end: End,
}

/// Where a range ends.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum End {
    /// No end is known.
    Open,
    /// The first version that does not have it any more.
    Fixed(String),
    /// The last version that has it; nobody says which one fixes it.
    LastAffected(String),
}

impl Range {
    /// Whether `version` lies in it; none where one of the versions has no order.
    pub fn contains(&self, scheme: Scheme, version: &str) -> Option<bool> {
        if let Some(introduced) = &self.introduced
            && scheme.compare(version, introduced)? == Ordering::Less
        {
            return Some(false);
        }
        match &self.end {
            End::Open => scheme.is_version(version).then_some(true),
            End::Fixed(fixed) => Some(scheme.compare(version, fixed)? == Ordering::Less),
            End::LastAffected(last) => Some(scheme.compare(version, last)? != Ordering::Greater),
        }
    }

    /// The first version without it, where one is known.
    pub fn fixed(&self) -> Option<&str> {
        match &self.end {
            End::Fixed(fixed) => Some(fixed),
            End::Open | End::LastAffected(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contains(introduced: Option<&str>, end: End, version: &str) -> Option<bool> {
        let introduced = introduced.map(str::to_owned);
        Range { introduced, end }.contains(Scheme::Semver, version)
    }

    #[test]
    fn the_start_is_in_and_the_fix_is_out() {
        let fixed = || End::Fixed("2.0.0".to_owned());
        assert_eq!(contains(Some("1.0.0"), fixed(), "1.0.0"), Some(true));
        assert_eq!(contains(Some("1.0.0"), fixed(), "2.0.0"), Some(false));
        assert_eq!(contains(Some("1.0.0"), fixed(), "0.9.0"), Some(false));
        assert_eq!(contains(None, fixed(), "0.0.1"), Some(true));
        assert_eq!(contains(None, End::LastAffected("2.0.0".to_owned()), "2.0.0"), Some(true));
        assert_eq!(contains(None, End::Open, "9.9.9"), Some(true));
    }

    #[test]
    fn a_version_without_an_order_has_no_answer() {
        assert_eq!(contains(None, End::Open, "latest"), None);
        assert_eq!(contains(Some("1.0.0"), End::Fixed("soon".to_owned()), "1.5.0"), None);
    }
}

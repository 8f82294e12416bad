use std::cmp::Ordering;

use crate::schemes::{apk, composer, deb, gem, go, maven, nuget, pep440, rpm, semver};

/// Longest version that is compared; longer ones are nobody's.
const MAX_BYTES: usize = 1024;

/// Whose order it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scheme {
    Apk,
    Composer,
    Deb,
    Gem,
    Go,
    Maven,
    Nuget,
    Pep440,
    Rpm,
    /// Semantic versions, as Cargo and npm read them.
    Semver,
}

impl Scheme {
    pub const ALL: [Self; 10] = [
        Self::Apk,
        Self::Composer,
        Self::Deb,
        Self::Gem,
        Self::Go,
        Self::Maven,
        Self::Nuget,
        Self::Pep440,
        Self::Rpm,
        Self::Semver,
    ];

    /// How two versions stand to each other; none when one of them is no version of the scheme.
    pub fn compare(self, a: &str, b: &str) -> Option<Ordering> {
        let (a, b) = (a.trim(), b.trim());
        if [a, b].iter().any(|text| text.is_empty() || text.len() > MAX_BYTES) {
            return None;
        }
        match self {
            Self::Apk => apk::compare(a, b),
            Self::Composer => composer::compare(a, b),
            Self::Deb => deb::compare(a, b),
            Self::Gem => gem::compare(a, b),
            Self::Go => go::compare(a, b),
            Self::Maven => Some(maven::compare(a, b)),
            Self::Nuget => nuget::compare(a, b),
            Self::Pep440 => Some(pep440::compare(a, b)),
            Self::Rpm => rpm::compare(a, b),
            Self::Semver => semver::compare(a, b),
        }
    }

    /// Whether `text` is a version of the scheme.
    pub fn is_version(self, text: &str) -> bool {
        self.compare(text, text).is_some()
    }
}

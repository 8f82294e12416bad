use std::fmt;

use sekisho_version::Scheme;
use serde::{Deserialize, Serialize};

/// Where packages come from: a registry, or a release of a distribution.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Ecosystem {
    /// As OSV spells it: `Debian`, `npm`, `crates.io`.
    pub name: String,
    /// `12`, `v3.20`; none for registries, and for distributions that only roll.
    pub release: Option<String>,
}

/// What is known of an ecosystem, by the name of OSV.
const KNOWN: &[(&str, Scheme)] = &[
    ("AlmaLinux", Scheme::Rpm),
    ("Alpaquita", Scheme::Apk),
    ("Alpine", Scheme::Apk),
    ("Amazon Linux", Scheme::Rpm),
    ("Azure Linux", Scheme::Rpm),
    ("BellSoft Hardened Containers", Scheme::Apk),
    ("Chainguard", Scheme::Apk),
    ("Debian", Scheme::Deb),
    ("Echo", Scheme::Deb),
    ("Go", Scheme::Go),
    ("Maven", Scheme::Maven),
    ("MinimOS", Scheme::Apk),
    ("NuGet", Scheme::Nuget),
    ("Packagist", Scheme::Composer),
    ("PyPI", Scheme::Pep440),
    ("Red Hat", Scheme::Rpm),
    ("Rocky Linux", Scheme::Rpm),
    ("RubyGems", Scheme::Gem),
    ("SUSE", Scheme::Rpm),
    ("Ubuntu", Scheme::Deb),
    ("Wolfi", Scheme::Apk),
    ("crates.io", Scheme::Semver),
    ("npm", Scheme::Semver),
    ("openEuler", Scheme::Rpm),
    ("openSUSE", Scheme::Rpm),
];

const REGISTRIES: &[&str] =
    &["Go", "Maven", "NuGet", "Packagist", "PyPI", "RubyGems", "crates.io", "npm"];

impl Ecosystem {
    /// Reads the spelling of OSV, `Debian:12` or `Red Hat:enterprise_linux:9::baseos`; none for an
    /// ecosystem whose packages no image holds.
    pub fn parse(text: &str) -> Option<Self> {
        let (name, release) = match text.split_once(':') {
            Some((name, release)) => (name, Some(release)),
            None => (text, None),
        };
        KNOWN.iter().find(|(known, _)| *known == name)?;
        // What stands behind a registry is the address of another that serves such packages.
        let has_releases = !REGISTRIES.contains(&name);
        let release = release.filter(|release| has_releases && !release.is_empty());
        let release = release.map(str::to_owned);
        Some(Self { name: name.to_owned(), release })
    }

    /// The order of its versions.
    pub fn scheme(&self) -> Scheme {
        let known = KNOWN.iter().find(|(name, _)| *name == self.name);
        known.map_or(Scheme::Semver, |(_, scheme)| *scheme)
    }

    /// The name of a package as this ecosystem compares it.
    ///
    /// # Source
    ///
    /// PEP 503 for Python; the registries of Packagist and NuGet take names in any case.
    pub fn package_name(&self, name: &str) -> String {
        match self.name.as_str() {
            "PyPI" => {
                let mut normal = String::with_capacity(name.len());
                for char in name.chars() {
                    match char {
                        '-' | '_' | '.' if normal.ends_with('-') => (),
                        '-' | '_' | '.' => normal.push('-'),
                        char => normal.extend(char.to_lowercase()),
                    }
                }
                normal
            }
            "Packagist" | "NuGet" => name.to_lowercase(),
            _ => name.to_owned(),
        }
    }
}

impl fmt::Display for Ecosystem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.release {
            Some(release) => write!(f, "{}:{release}", self.name),
            None => f.write_str(&self.name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_is_behind_the_first_colon() {
        let shown = |text: &str| Ecosystem::parse(text).map(|it| (it.name, it.release));
        let release = |text: &str| Some(text.to_owned());
        assert_eq!(shown("Debian:12"), Some(("Debian".to_owned(), release("12"))));
        assert_eq!(shown("npm"), Some(("npm".to_owned(), None)));
        let red_hat = shown("Red Hat:enterprise_linux:9::baseos").unwrap();
        assert_eq!(red_hat.1, release("enterprise_linux:9::baseos"));
        assert_eq!(shown("Maven:https://example.org/"), Some(("Maven".to_owned(), None)));
        assert_eq!(shown("Android"), None);
    }

    #[test]
    fn names_of_python_have_one_separator_and_no_case() {
        let pypi = Ecosystem::parse("PyPI").unwrap();
        assert_eq!(pypi.package_name("Zope..Interface_x"), "zope-interface-x");
        assert_eq!(Ecosystem::parse("npm").unwrap().package_name("JSONStream"), "JSONStream");
    }
}

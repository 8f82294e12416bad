use std::{cmp::Ordering, str::FromStr};

use sekisho_types::{InstalledPackage, PackageKind};
use sekisho_version::Scheme;

/// A package, and versions of it: `deb:openssl >= 3.0.13, < 4`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Requirement {
    /// As it was written.
    pub(super) text: String,
    kind: Option<PackageKind>,
    name: String,
    bounds: Vec<(Operator, String)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// Longest first, so that `<=` is not taken for `<`.
const OPERATORS: [(&str, Operator); 7] = [
    ("<=", Operator::LessOrEqual),
    (">=", Operator::GreaterOrEqual),
    ("!=", Operator::NotEqual),
    ("==", Operator::Equal),
    ("<", Operator::Less),
    (">", Operator::Greater),
    ("=", Operator::Equal),
];

/// Whether an installed package is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fit {
    Yes,
    No,
    /// Its version cannot be compared.
    Unknown,
}

impl FromStr for Requirement {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let at = text.find(['<', '>', '=', '!']).unwrap_or(text.len());
        let (name, bounds) = text.split_at_checked(at).unwrap_or((text, ""));
        let name = name.trim();
        let known = |prefix: &str| PackageKind::ALL.into_iter().find(|it| it.as_str() == prefix);
        let (kind, name) = match name.split_once(':') {
            Some((prefix, rest)) => match known(prefix) {
                Some(kind) => (Some(kind), rest),
                None => (None, name),
            },
            None => (None, name),
        };
        if name.is_empty() || name.contains(char::is_whitespace) {
            return Err(format!("{text:?} names no package: write curl, or curl >= 8.5"));
        }
        let mut parsed = Vec::new();
        for bound in bounds.split(',').map(str::trim).filter(|bound| !bound.is_empty()) {
            let operator = OPERATORS.iter().find(|(sign, _)| bound.starts_with(sign));
            let version = operator.and_then(|(sign, _)| bound.strip_prefix(sign)).map(str::trim);
            match (operator, version) {
                (Some((_, operator)), Some(version)) if !version.is_empty() => {
                    parsed.push((*operator, version.to_owned()));
                }
                _ => return Err(format!("{bound:?} is no bound of versions: write >= 8.5")),
            }
        }
        let (text, name) = (text.to_owned(), name.to_owned());
        Ok(Self { text, kind, name, bounds: parsed })
    }
}

impl Requirement {
    pub(super) fn fits(&self, package: &InstalledPackage) -> Fit {
        if package.name != self.name || self.kind.is_some_and(|kind| kind != package.kind) {
            return Fit::No;
        }
        let scheme = scheme(package.kind);
        let mut fit = Fit::Yes;
        for (operator, version) in &self.bounds {
            match scheme.compare(&package.version, version) {
                Some(order) if operator.takes(order) => (),
                Some(_) => return Fit::No,
                None => fit = Fit::Unknown,
            }
        }
        fit
    }
}

impl Operator {
    fn takes(self, order: Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::NotEqual => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
        }
    }
}

/// Whose order versions of a package are in; pacman's is that of rpm.
fn scheme(kind: PackageKind) -> Scheme {
    match kind {
        PackageKind::Alpm | PackageKind::Rpm => Scheme::Rpm,
        PackageKind::Apk => Scheme::Apk,
        PackageKind::Deb => Scheme::Deb,
        PackageKind::Cargo | PackageKind::Npm => Scheme::Semver,
        PackageKind::Composer => Scheme::Composer,
        PackageKind::Gem => Scheme::Gem,
        PackageKind::Golang => Scheme::Go,
        PackageKind::Maven => Scheme::Maven,
        PackageKind::Nuget => Scheme::Nuget,
        PackageKind::Pypi => Scheme::Pep440,
    }
}

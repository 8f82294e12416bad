use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

use crate::{Confidence, Digest, OsRelease, Purl};

/// The package manager or registry a package belongs to, named by its purl type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PackageKind {
    Alpm,
    Apk,
    Deb,
    Rpm,
    Cargo,
    Composer,
    Gem,
    Golang,
    Maven,
    Npm,
    Nuget,
    Pypi,
}

impl PackageKind {
    /// All kinds, operating systems first.
    pub const ALL: [Self; 12] = [
        Self::Alpm,
        Self::Apk,
        Self::Deb,
        Self::Rpm,
        Self::Cargo,
        Self::Composer,
        Self::Gem,
        Self::Golang,
        Self::Maven,
        Self::Npm,
        Self::Nuget,
        Self::Pypi,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Alpm => "alpm",
            Self::Apk => "apk",
            Self::Deb => "deb",
            Self::Rpm => "rpm",
            Self::Cargo => "cargo",
            Self::Composer => "composer",
            Self::Gem => "gem",
            Self::Golang => "golang",
            Self::Maven => "maven",
            Self::Npm => "npm",
            Self::Nuget => "nuget",
            Self::Pypi => "pypi",
        }
    }

    /// Whether a distribution installs these, so that what they own belongs to the system.
    pub fn is_os(self) -> bool {
        matches!(self, Self::Alpm | Self::Apk | Self::Deb | Self::Rpm)
    }
}

impl fmt::Display for PackageKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What a package manager's record says of one package, wherever it lies.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Package {
    pub kind: PackageKind,
    /// As its ecosystem writes it: `bash`, `@babel/core`, `org.slf4j:slf4j-api`,
    /// `golang.org/x/net`.
    pub name: String,
    /// As recorded; for rpm `epoch:version-release` with the epoch left out where there is none.
    pub version: String,
    pub arch: Option<String>,
    /// The source package it was built from, only where it differs from `name`.
    pub source_name: Option<String>,
    /// Version of the source package, only where it differs from `version`.
    pub source_version: Option<String>,
    /// Licences as the record states them: SPDX expressions or free text.
    pub licenses: Vec<String>,
    /// Who packaged it (`Maintainer`, `Vendor`), to tell a distribution's from a third party's.
    pub supplier: Option<String>,
    /// The module stream of a modular rpm: `nodejs:18:8060020220523160029:ad008a3a`.
    pub module: Option<String>,
    /// `High` for a package manager's own record, lower where a file name had to do.
    pub confidence: Confidence,
}

impl Package {
    /// A package of which only the identity is known.
    pub fn new(kind: PackageKind, name: impl Into<String>, version: impl Into<String>) -> Self {
        Self {
            kind,
            name: name.into(),
            version: version.into(),
            arch: None,
            source_name: None,
            source_version: None,
            licenses: Vec::new(),
            supplier: None,
            module: None,
            confidence: Confidence::High,
        }
    }

    /// The package URL, with the distribution as qualifier where one decides what it is.
    ///
    /// # Source
    ///
    /// The definition of each type in package-url/purl-spec, `types/`.
    pub fn purl(&self, os: Option<&OsRelease>) -> Purl {
        let mut purl = Purl {
            kind: self.kind.as_str().to_owned(),
            name: self.name.clone(),
            version: self.version.clone(),
            ..Purl::default()
        };
        match self.kind {
            PackageKind::Alpm | PackageKind::Apk | PackageKind::Deb | PackageKind::Rpm => {
                self.add_os_parts(&mut purl, os);
            }
            PackageKind::Golang | PackageKind::Composer | PackageKind::Npm => {
                if let Some((namespace, name)) = self.name.rsplit_once('/') {
                    (purl.namespace, purl.name) = (namespace.to_owned(), name.to_owned());
                }
                if self.kind != PackageKind::Golang {
                    purl.namespace.make_ascii_lowercase();
                    // npm names of before 2014 may have capitals, and they tell packages apart.
                    if self.kind == PackageKind::Composer {
                        purl.name.make_ascii_lowercase();
                    }
                }
            }
            PackageKind::Maven => {
                if let Some((namespace, name)) = self.name.split_once(':') {
                    (purl.namespace, purl.name) = (namespace.to_owned(), name.to_owned());
                }
            }
            PackageKind::Pypi => {
                purl.name = purl.name.to_ascii_lowercase().replace(['_', '.'], "-");
            }
            PackageKind::Cargo | PackageKind::Gem | PackageKind::Nuget => (),
        }
        purl
    }

    fn add_os_parts(&self, purl: &mut Purl, os: Option<&OsRelease>) {
        let mut qualifiers = BTreeMap::new();
        qualifiers.insert("arch".into(), self.arch.clone().unwrap_or_default());
        if self.kind == PackageKind::Rpm
            && let Some((epoch, version)) = self.version.split_once(':')
        {
            qualifiers.insert("epoch".into(), epoch.to_owned());
            version.clone_into(&mut purl.version);
        }
        if let Some(os) = os.filter(|os| !os.id.is_empty()) {
            purl.namespace = os.id.to_ascii_lowercase();
            let release =
                if os.version.is_empty() { os.codename.as_deref() } else { Some(&*os.version) };
            if let Some(release) = release {
                qualifiers.insert("distro".into(), format!("{}-{release}", os.id));
            }
        }
        purl.name.make_ascii_lowercase();
        if self.kind == PackageKind::Rpm {
            purl.name.clone_from(&self.name);
        }
        purl.qualifiers = qualifiers;
    }
}

/// A package in the merged view of a subject: the entry of `packages` in a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstalledPackage {
    pub name: String,
    pub version: String,
    pub kind: PackageKind,
    pub purl: String,
    pub arch: Option<String>,
    pub source_name: Option<String>,
    pub source_version: Option<String>,
    pub licenses: Vec<String>,
    pub supplier: Option<String>,
    pub module: Option<String>,
    pub confidence: Confidence,
    /// The layer (`diff_id`) that introduced it; none for a plain directory.
    pub layer: Option<Digest>,
    /// The files that prove it: a package manager's database, or its own manifest; `outer!/inner`
    /// for one inside an archive.
    pub paths: Vec<String>,
    /// purl of the operating system's package that owns the files of this one. Such a package is
    /// listed and not counted: its distribution answers for it.
    pub owned_by: Option<String>,
}

impl InstalledPackage {
    /// Joins the facts of a record to where the record was found.
    pub fn new(
        package: Package,
        os: Option<&OsRelease>,
        layer: Option<Digest>,
        path: String,
    ) -> Self {
        let purl = package.purl(os).to_string();
        let Package {
            kind,
            name,
            version,
            arch,
            source_name,
            source_version,
            licenses,
            supplier,
            module,
            confidence,
        } = package;
        Self {
            name,
            version,
            kind,
            purl,
            arch,
            source_name,
            source_version,
            licenses,
            supplier,
            module,
            confidence,
            layer,
            paths: vec![path],
            owned_by: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn purl(kind: PackageKind, name: &str, version: &str) -> String {
        let os =
            OsRelease { id: "fedora".to_owned(), version: "40".to_owned(), ..OsRelease::default() };
        Package::new(kind, name, version).purl(Some(&os)).to_string()
    }

    #[test]
    fn each_kind_follows_its_purl_type() {
        for (kind, name, version, want) in [
            (
                PackageKind::Rpm,
                "perl-Errno",
                "0:1.28-419",
                "pkg:rpm/fedora/perl-Errno@1.28-419?distro=fedora-40&epoch=0",
            ),
            (PackageKind::Deb, "bash", "5.2-1", "pkg:deb/fedora/bash@5.2-1?distro=fedora-40"),
            (PackageKind::Npm, "@Babel/core", "7.0.0", "pkg:npm/%40babel/core@7.0.0"),
            (PackageKind::Pypi, "Zope.Interface_x", "5", "pkg:pypi/zope-interface-x@5"),
            (PackageKind::Maven, "org.slf4j:slf4j-api", "2.0", "pkg:maven/org.slf4j/slf4j-api@2.0"),
            (PackageKind::Maven, "plain", "2.0", "pkg:maven/plain@2.0"),
            (PackageKind::Golang, "stdlib", "1.22.1", "pkg:golang/stdlib@1.22.1"),
            (
                PackageKind::Composer,
                "Symfony/Http-Kernel",
                "6",
                "pkg:composer/symfony/http-kernel@6",
            ),
        ] {
            assert_eq!(purl(kind, name, version), want);
        }
    }
}

//! One thing that a document lists, and the package it stands for.

use std::collections::BTreeMap;

use sekisho_types::{Confidence, Digest, InstalledPackage, OsRelease, Package, PackageKind, Purl};

/// Types of package URLs that no registry with advisories stands behind: files, images, sources.
const NO_PACKAGES: [&str; 8] =
    ["bitnami", "docker", "generic", "git", "github", "gitlab", "oci", "vcs"];

/// Distributions as Trivy calls them, and their `ID` in os-release.
const OS_NAMES: &[(&str, &str)] = &[
    ("alma", "almalinux"),
    ("amazon", "amzn"),
    ("cbl-mariner", "mariner"),
    ("opensuse.leap", "opensuse-leap"),
    ("opensuse.tumbleweed", "opensuse-tumbleweed"),
    ("oracle", "ol"),
    ("redhat", "rhel"),
    ("suse linux enterprise server", "sles"),
];

/// What a document says of one package.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Listed {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) purl: Option<String>,
    pub(super) arch: Option<String>,
    pub(super) source_name: Option<String>,
    pub(super) source_version: Option<String>,
    pub(super) licenses: Vec<String>,
    pub(super) supplier: Option<String>,
    pub(super) module: Option<String>,
    pub(super) layer: Option<Digest>,
    pub(super) paths: Vec<String>,
    pub(super) owned_by: Option<String>,
    pub(super) confidence: Option<Confidence>,
}

impl Listed {
    /// The package; none for what is no package of a package manager.
    ///
    /// # Errors
    ///
    /// Why it is unknown which package it is, and its name.
    pub(super) fn package(
        self,
        os: Option<&OsRelease>,
    ) -> Result<Option<InstalledPackage>, (String, String)> {
        let shown = if self.version.is_empty() {
            self.name.clone()
        } else {
            format!("{} {}", self.name, self.version)
        };
        let unknown = |reason: &str| (reason.to_owned(), shown.clone());
        let Some(text) = &self.purl else {
            return Err(unknown("no package URL says what this is"));
        };
        let purl: Purl = text.parse().map_err(|err| {
            let text: String = text.chars().take(200).collect();
            (format!("a package URL is wrong, {err}"), format!("{text:?}"))
        })?;
        if NO_PACKAGES.contains(&&*purl.kind) {
            return Ok(None);
        }
        let Some(kind) = kind(&purl.kind) else {
            return Err(unknown(&format!("packages of the type {:?} are not known", purl.kind)));
        };
        let mut version = if purl.version.is_empty() { self.version } else { purl.version.clone() };
        if version.is_empty() && kind == PackageKind::Golang {
            // A main module that was built from its source tree.
            "(devel)".clone_into(&mut version);
        }
        if version.is_empty() {
            return Err(unknown("no version is stated"));
        }
        let qualifier = |key: &str| purl.qualifiers.get(key).cloned();
        if let Some(epoch) = qualifier("epoch").filter(|_| !version.contains(':'))
            && matches!(kind, PackageKind::Deb | PackageKind::Rpm)
        {
            version = format!("{epoch}:{version}");
        }
        let name = name(kind, &purl, self.name);
        if kind == PackageKind::Golang && name == "stdlib" {
            version = version.trim_start_matches(['v', 'g', 'o']).to_string();
        }
        let (upstream_name, upstream_version) = upstream(kind, qualifier("upstream").as_deref());
        let source_name = self.source_name.or(upstream_name).filter(|source| *source != name);
        let source_version =
            self.source_version.or(upstream_version).filter(|source| *source != version);
        let package = Package {
            kind,
            name,
            version,
            arch: self.arch.or_else(|| qualifier("arch")),
            source_name,
            source_version,
            licenses: self.licenses,
            supplier: self.supplier,
            module: self.module.or_else(|| qualifier("rpmmod")),
            confidence: self.confidence.unwrap_or(Confidence::High),
        };
        let mut installed = InstalledPackage::new(package, os, self.layer, String::new());
        installed.paths = self.paths;
        installed.owned_by = self.owned_by;
        Ok(Some(installed))
    }
}

fn kind(purl_type: &str) -> Option<PackageKind> {
    PackageKind::ALL.into_iter().find(|kind| kind.as_str() == purl_type)
}

/// The name as the ecosystem writes it.
fn name(kind: PackageKind, purl: &Purl, stated: String) -> String {
    let Purl { namespace, name, .. } = purl;
    match kind {
        PackageKind::Alpm | PackageKind::Apk | PackageKind::Deb | PackageKind::Rpm => name.clone(),
        // The spelling of the record, where it is another of the same name.
        PackageKind::Pypi => {
            let is_same = stated.to_ascii_lowercase().replace(['_', '.'], "-") == *name;
            if is_same { stated } else { name.clone() }
        }
        PackageKind::Maven if !namespace.is_empty() => format!("{namespace}:{name}"),
        _ if namespace.is_empty() => name.clone(),
        _ => format!("{namespace}/{name}"),
    }
}

/// Name and version of the source package in the qualifier that Syft writes: `openssl`,
/// `glibc@2.36-9`, `openssl-3.0.7-18.el9.src.rpm`.
fn upstream(kind: PackageKind, text: Option<&str>) -> (Option<String>, Option<String>) {
    let Some(text) = text else { return (None, None) };
    if let Some(rest) = text.strip_suffix(".src.rpm").filter(|_| kind == PackageKind::Rpm) {
        let parts = rest.rsplit_once('-').and_then(|(rest, release)| {
            let (name, version) = rest.rsplit_once('-')?;
            Some((name.to_owned(), format!("{version}-{release}")))
        });
        return parts.map_or((None, None), |(name, version)| (Some(name), Some(version)));
    }
    match text.split_once('@') {
        Some((name, version)) => (Some(name.to_owned()), Some(version.to_owned())),
        None => (Some(text.to_owned()), None),
    }
}

/// The distribution under the name that os-release gives it, and its version.
pub(super) fn os(name: &str, version: &str) -> OsRelease {
    let name = name.trim().to_ascii_lowercase();
    let known = OS_NAMES.iter().find(|(theirs, _)| *theirs == name);
    let id = known.map_or(name, |(_, id)| (*id).to_owned());
    // Amazon Linux: `2 (Karoo)`.
    let version = version.split_whitespace().next().unwrap_or_default().to_owned();
    let is_number = version.starts_with(|char: char| char.is_ascii_digit());
    if is_number || version.is_empty() {
        OsRelease { id, version, ..OsRelease::default() }
    } else {
        OsRelease { id, codename: Some(version), ..OsRelease::default() }
    }
}

/// The distribution that most packages of a system name in their package URLs.
pub(super) fn os_of(listed: &[Listed]) -> Option<OsRelease> {
    let mut counts: BTreeMap<(String, String), usize> = BTreeMap::new();
    for purl in listed.iter().filter_map(|one| one.purl.as_ref()?.parse::<Purl>().ok()) {
        let Some(distro) = purl.qualifiers.get("distro") else { continue };
        if !kind(&purl.kind).is_some_and(PackageKind::is_os) {
            continue;
        }
        let (id, version) = match distro.rsplit_once('-') {
            Some((id, version)) => (id.to_owned(), version.to_owned()),
            None => (purl.namespace, distro.clone()),
        };
        *counts.entry((id, version)).or_default() += 1;
    }
    let ((id, version), _) = counts.into_iter().max_by_key(|(_, count)| *count)?;
    Some(os(&id, &version))
}

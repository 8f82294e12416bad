//! What a statement is about, and whether something is it.

use std::collections::BTreeMap;

use sekisho_types::{Digest, InstalledPackage, OsRelease, PackageKind, Purl, Reference};

/// Qualifiers that say where a package was got, not which one it is.
const INFORMATIVE: [&str; 5] = ["checksum", "download_url", "file_name", "upstream", "vcs_url"];

/// Architectures that stand for a source package.
const SOURCE_ARCHES: [&str; 2] = ["src", "source"];

/// Distributions by `ID`, with vendor and product of their CPE names.
const CPE_NAMES: &[(&str, &str, &str)] = &[
    ("almalinux", "almalinux", "almalinux"),
    ("alpine", "alpinelinux", "alpine_linux"),
    ("amzn", "amazon", "linux"),
    ("debian", "debian", "debian_linux"),
    ("fedora", "fedoraproject", "fedora"),
    ("ol", "oracle", "linux"),
    ("opensuse-leap", "opensuse", "leap"),
    ("rhel", "redhat", "enterprise_linux"),
    ("rocky", "rocky", "rocky_linux"),
    ("sles", "suse", "linux_enterprise_server"),
    ("ubuntu", "canonical", "ubuntu_linux"),
];

/// A product, or some components of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Product {
    /// Its names, of which one is enough.
    pub ids: Vec<ProductId>,
    /// Names of the components that are meant; the whole product where there are none.
    pub components: Vec<ProductId>,
}

/// A name of something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProductId {
    Purl(Box<Purl>),
    Digest(Digest),
    /// Vendor, product and version of a platform.
    Cpe {
        vendor: String,
        product: String,
        version: String,
    },
    /// What cannot be compared with anything.
    Other(String),
}

/// The image that statements may be about.
#[derive(Debug, Clone, Default)]
pub struct VexImage {
    /// Of the manifest, the index above it and the configuration.
    pub digests: Vec<Digest>,
    pub reference: Option<Reference>,
}

/// What statements are compared with.
#[derive(Debug, Clone, Copy)]
pub struct VexContext<'a> {
    pub image: &'a VexImage,
    pub os: Option<&'a OsRelease>,
    pub packages: &'a [InstalledPackage],
}

impl ProductId {
    /// Understands a package URL, a digest or a CPE name.
    pub(super) fn parse(text: &str) -> Self {
        if let Ok(purl) = text.parse() {
            return Self::Purl(Box::new(purl));
        }
        if let Ok(digest) = Digest::parse(text) {
            return Self::Digest(digest);
        }
        parse_cpe(text).unwrap_or_else(|| Self::Other(text.to_owned()))
    }

    /// A hash by the name of its algorithm, `sha-256` or `SHA256`; none for one that no image has.
    pub(super) fn of_hash(algorithm: &str, value: &str) -> Option<Self> {
        let algorithm = algorithm.to_ascii_lowercase().replace('-', "");
        Digest::parse(&format!("{algorithm}:{}", value.to_ascii_lowercase())).ok().map(Self::Digest)
    }
}

impl Product {
    /// Whether what is said of the product is said of `package` in the subject.
    pub(super) fn covers(&self, package: &FoundPackage<'_>, context: &VexContext<'_>) -> bool {
        let is_package = |ids: &[ProductId]| ids.iter().any(|id| package.is(id));
        let is_subject = || self.ids.iter().any(|id| is_subject(id, context));
        if self.components.is_empty() {
            return is_package(&self.ids) || is_subject();
        }
        is_package(&self.components) && is_subject()
    }
}

/// Whether `id` is the image, its platform, or a package that is installed in it.
fn is_subject(id: &ProductId, context: &VexContext<'_>) -> bool {
    match id {
        ProductId::Digest(digest) => context.image.digests.contains(digest),
        ProductId::Cpe { vendor, product, version } => {
            context.os.is_some_and(|os| is_platform(os, vendor, product, version))
        }
        ProductId::Purl(purl) if matches!(&*purl.kind, "oci" | "docker") => {
            is_image(purl, context.image)
        }
        ProductId::Purl(purl) => context.packages.iter().any(|package| {
            FoundPackage::new(&package.purl, Some(package)).is_some_and(|it| it.is_purl(purl))
        }),
        ProductId::Other(_) => false,
    }
}

/// Whether a purl of the types `oci` or `docker` means the image.
///
/// # Source
///
/// package-url/purl-spec, `types/oci-definition.json` and `types/docker-definition.json`.
fn is_image(purl: &Purl, image: &VexImage) -> bool {
    let digest = Digest::parse(&purl.version).ok();
    if digest.is_some_and(|digest| !image.digests.contains(&digest)) {
        return false;
    }
    let stated = purl.qualifiers.get("repository_url").map(|url| without_scheme(url));
    let Some(reference) = &image.reference else {
        // A digest says all; without one there is nothing to compare a name with.
        return digest.is_some();
    };
    let (host, repository) = (reference.registry.as_str(), reference.repository.as_str());
    let whole = format!("{host}/{repository}");
    let is_named = match &*purl.kind {
        "docker" => {
            let name = if purl.namespace.is_empty() {
                purl.name.clone()
            } else {
                format!("{}/{}", purl.namespace, purl.name)
            };
            let official = format!("library/{name}");
            let host_fits = stated.is_none_or(|stated| stated == host)
                && (stated.is_some() || host == "docker.io");
            host_fits && (repository == name || repository == official)
        }
        _ => match stated {
            // The repository with or without its last part, which is the name.
            Some(stated) => stated == whole || format!("{stated}/{}", purl.name) == whole,
            None => repository.rsplit('/').next() == Some(&purl.name),
        },
    };
    if digest.is_some() {
        // The digest is the image; where the name is another, it is the same image elsewhere.
        return true;
    }
    let tag = purl.qualifiers.get("tag").map(String::as_str);
    let tag = tag.or_else(|| Some(&*purl.version).filter(|version| !version.is_empty()));
    let tag_fits = tag.is_none_or(|tag| reference.tag.as_deref() == Some(tag));
    // A bare name would fit images of anybody.
    is_named && tag_fits && (stated.is_some() || &*purl.kind == "docker")
}

fn without_scheme(url: &str) -> &str {
    let url = url.split_once("://").map_or(url, |(_, rest)| rest);
    url.trim_end_matches('/')
}

fn is_platform(os: &OsRelease, vendor: &str, product: &str, version: &str) -> bool {
    let is_named = CPE_NAMES.iter().any(|(id, of_vendor, of_product)| {
        *id == os.id && *of_vendor == vendor && *of_product == product
    });
    is_named && (version.is_empty() || is_release(&os.version, version))
}

/// Whether `version` is `wanted`, or a point release of it.
fn is_release(version: &str, wanted: &str) -> bool {
    version.strip_prefix(wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// A package with what of it statements may name.
#[derive(Debug)]
pub(super) struct FoundPackage<'a> {
    purl: Purl,
    installed: Option<&'a InstalledPackage>,
}

impl<'a> FoundPackage<'a> {
    pub(super) fn new(purl: &str, installed: Option<&'a InstalledPackage>) -> Option<Self> {
        let mut purl: Purl = purl.parse().ok()?;
        move_epoch(&mut purl);
        Some(Self { purl, installed })
    }

    fn is(&self, id: &ProductId) -> bool {
        match id {
            ProductId::Purl(purl) => self.is_purl(purl),
            ProductId::Digest(_) | ProductId::Cpe { .. } | ProductId::Other(_) => false,
        }
    }

    /// Whether everything that `wanted` states holds for the package, or for the source that it
    /// was built from where that is meant.
    fn is_purl(&self, wanted: &Purl) -> bool {
        let mut wanted = wanted.clone();
        move_epoch(&mut wanted);
        let arch = wanted.qualifiers.get("arch").map(String::as_str);
        let of_source = arch.is_some_and(|arch| SOURCE_ARCHES.contains(&arch));
        let (name, version) = match (of_source, self.installed) {
            (true, Some(installed)) => source(installed),
            _ => (self.purl.name.clone(), self.purl.version.clone()),
        };
        wanted.kind == self.purl.kind
            && wanted.namespace == self.purl.namespace
            && wanted.name == name
            && (wanted.version.is_empty() || wanted.version == version)
            && (wanted.subpath.is_empty() || wanted.subpath == self.purl.subpath)
            && wanted.qualifiers.iter().all(|(key, value)| {
                INFORMATIVE.contains(&&**key)
                    || (key == "arch" && (of_source || value == "noarch" || value == "all"))
                    || self.purl.qualifiers.get(key).is_some_and(|own| {
                        own == value
                            || (key == "distro"
                                && (is_release(own, value) || is_release(value, own)))
                    })
            })
    }
}

/// Name and version of the source that a package was built from.
fn source(installed: &InstalledPackage) -> (String, String) {
    let name = installed.source_name.as_ref().unwrap_or(&installed.name);
    let version = installed.source_version.as_ref().unwrap_or(&installed.version);
    let name = match installed.kind {
        PackageKind::Rpm => name.clone(),
        _ => name.to_ascii_lowercase(),
    };
    (name, version.clone())
}

/// The epoch of an rpm stands in a qualifier, in front of the version, or nowhere for 0.
fn move_epoch(purl: &mut Purl) {
    if purl.kind != "rpm" {
        return;
    }
    let epoch = purl.qualifiers.remove("epoch");
    if let Some(rest) = purl.version.strip_prefix("0:") {
        purl.version = rest.to_owned();
    }
    if let Some(epoch) = epoch.filter(|epoch| epoch != "0" && !purl.version.contains(':'))
        && !purl.version.is_empty()
    {
        purl.version = format!("{epoch}:{}", purl.version);
    }
}

/// Vendor, product and version of a CPE name, in either of its spellings.
///
/// # Source
///
/// NISTIR 7695, sections 6.1 (URI) and 6.2 (formatted string).
fn parse_cpe(text: &str) -> Option<ProductId> {
    let rest = text.strip_prefix("cpe:2.3:").or_else(|| text.strip_prefix("cpe:/"))?;
    let mut parts = rest.split(':').skip(1);
    let (vendor, product) = (parts.next()?, parts.next()?);
    let version = parts.next().unwrap_or_default();
    let version = if matches!(version, "*" | "-") { "" } else { version };
    let owned = |text: &str| text.to_ascii_lowercase();
    Some(ProductId::Cpe { vendor: owned(vendor), product: owned(product), version: owned(version) })
}

/// Installed packages by purl, for those that findings name.
pub(super) fn by_purl(packages: &[InstalledPackage]) -> BTreeMap<&str, &InstalledPackage> {
    packages.iter().map(|package| (package.purl.as_str(), package)).collect()
}

#[cfg(test)]
mod tests {
    use sekisho_types::Package;

    use super::*;

    fn context<'a>(image: &'a VexImage, packages: &'a [InstalledPackage]) -> VexContext<'a> {
        VexContext { image, os: None, packages }
    }

    fn covers(id: &str, purl: &str) -> bool {
        let product = Product { ids: vec![ProductId::parse(id)], components: Vec::new() };
        let image = VexImage::default();
        product.covers(&FoundPackage::new(purl, None).unwrap(), &context(&image, &[]))
    }

    #[test]
    fn everything_that_is_stated_has_to_hold() {
        let curl = "pkg:deb/debian/curl@7.88.1-10?arch=amd64&distro=debian-12";
        for (id, want) in [
            ("pkg:deb/debian/curl", true),
            ("pkg:deb/debian/curl@7.88.1-10", true),
            ("pkg:deb/debian/curl@7.88.1-10?distro=debian-12.4", true),
            ("pkg:deb/debian/curl?distro=debian-1", false),
            ("pkg:deb/debian/curl?distro=debian-11", false),
            ("pkg:deb/debian/curl?arch=arm64", false),
            ("pkg:deb/debian/curl@7.88.1-9", false),
            ("pkg:deb/ubuntu/curl", false),
            ("pkg:deb/debian/libcurl4", false),
            ("https://example.org/curl", false),
        ] {
            assert_eq!(covers(id, curl), want, "{id}");
        }
        let perl = "pkg:rpm/fedora/perl@5.38-1?arch=x86_64&epoch=4";
        assert!(covers("pkg:rpm/fedora/perl@4:5.38-1", perl));
        assert!(covers("pkg:rpm/fedora/perl@5.38-1?epoch=4", perl));
        assert!(!covers("pkg:rpm/fedora/perl@5.38-1?epoch=3", perl));
        assert!(covers("pkg:rpm/fedora/bash@0:5-1", "pkg:rpm/fedora/bash@5-1"));
    }

    #[test]
    fn a_source_package_stands_for_what_was_built_from_it() {
        let mut package = Package::new(PackageKind::Deb, "libssl3", "3.0.11-1");
        package.source_name = Some("openssl".to_owned());
        let os = OsRelease { id: "debian".to_owned(), ..OsRelease::default() };
        let installed = InstalledPackage::new(package, Some(&os), None, String::new());
        let found = FoundPackage::new(&installed.purl, Some(&installed)).unwrap();
        let is = |id: &str| found.is(&ProductId::parse(id));
        assert!(is("pkg:deb/debian/openssl@3.0.11-1?arch=source"));
        assert!(!is("pkg:deb/debian/openssl@3.0.11-2?arch=source"));
        assert!(!is("pkg:deb/debian/openssl"));
    }

    #[test]
    fn an_image_is_told_by_digest_or_by_repository() {
        let digest = format!("sha256:{}", "ab".repeat(32));
        let image = VexImage {
            digests: vec![Digest::parse(&digest).unwrap()],
            reference: Some("registry.example/team/shop:1.4".parse().unwrap()),
        };
        for (id, want) in [
            (format!("pkg:oci/shop@{digest}"), true),
            (format!("pkg:oci/shop@{}", digest.replace("sha256:", "sha256%3A")), true),
            (digest.clone(), true),
            (digest.replace("ab", "cd"), false),
            (format!("pkg:oci/shop@{}", digest.replace("ab", "cd")), false),
            ("pkg:oci/shop?repository_url=registry.example/team/shop".to_owned(), true),
            ("pkg:oci/shop?repository_url=registry.example/team&tag=1.4".to_owned(), true),
            ("pkg:oci/shop?repository_url=registry.example/team&tag=1.5".to_owned(), false),
            ("pkg:oci/shop?repository_url=registry.example/other/shop".to_owned(), false),
            // Anybody may have a shop.
            ("pkg:oci/shop".to_owned(), false),
            ("pkg:docker/team/shop@1.4?repository_url=registry.example".to_owned(), true),
            ("pkg:docker/team/shop@1.4".to_owned(), false),
        ] {
            assert_eq!(is_subject(&ProductId::parse(&id), &context(&image, &[])), want, "{id}");
        }
        let hash = ProductId::of_hash("SHA-256", &"AB".repeat(32)).unwrap();
        assert!(is_subject(&hash, &context(&image, &[])));
        let official = VexImage { reference: Some("nginx:1".parse().unwrap()), ..image };
        let id = ProductId::parse("pkg:docker/nginx@1");
        assert!(is_subject(&id, &context(&official, &[])));
    }

    #[test]
    fn a_component_counts_only_in_its_product() {
        let image =
            VexImage { digests: Vec::new(), reference: Some("a.example/shop:1".parse().unwrap()) };
        let found = FoundPackage::new("pkg:npm/qs@6", None).unwrap();
        let covers = |product: &str| {
            let (ids, components) =
                (vec![ProductId::parse(product)], vec![ProductId::parse("pkg:npm/qs")]);
            Product { ids, components }.covers(&found, &context(&image, &[]))
        };
        assert!(covers("pkg:oci/shop?repository_url=a.example/shop"));
        assert!(!covers("pkg:oci/other?repository_url=a.example/other"));
    }

    #[test]
    fn a_platform_is_told_by_its_name_and_release() {
        let os =
            OsRelease { id: "rhel".to_owned(), version: "9.4".to_owned(), ..OsRelease::default() };
        let image = VexImage::default();
        let context = VexContext { image: &image, os: Some(&os), packages: &[] };
        for (id, want) in [
            ("cpe:/a:redhat:enterprise_linux:9::appstream", true),
            ("cpe:2.3:o:redhat:enterprise_linux:9:*:*:*:*:*:*:*", true),
            ("cpe:/o:redhat:enterprise_linux:8", false),
            ("cpe:/o:redhat:openshift:9", false),
        ] {
            assert_eq!(is_subject(&ProductId::parse(id), &context), want, "{id}");
        }
    }
}

//! What is asked about each package: under which name, in which part of the database, and which
//! version counts.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use sekisho_types::{InstalledPackage, PackageKind};

use crate::{
    distribution::{Basis, Distribution},
    supplier,
};

/// One thing to ask about: what is installed of one source package, or one library.
#[derive(Debug)]
pub(crate) struct Question<'a> {
    pub(crate) kind: PackageKind,
    /// As people call it: the source package of a distribution, the library of a registry.
    pub(crate) name: &'a str,
    /// The version that counts, and that people are told.
    pub(crate) version: Cow<'a, str>,
    /// The module stream of an rpm package.
    pub(crate) module: Option<&'a str>,
    pub(crate) look_ups: Vec<LookUp<'a>>,
    /// What is installed of it, and the first of that.
    pub(crate) packages: Vec<&'a InstalledPackage>,
    pub(crate) first: &'a InstalledPackage,
    /// Who built this version anew, so that its number says less than usual.
    pub(crate) rebuilder: Option<&'static str>,
}

/// A name to look up, and the version that is compared with what is found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct LookUp<'a> {
    pub(crate) name: Cow<'a, str>,
    pub(crate) version: Cow<'a, str>,
    /// The version is the one of a source package whose epoch nobody wrote down.
    pub(crate) has_lost_epoch: bool,
    /// Only what has no fix counts: where there is one, the package itself is named.
    pub(crate) is_without_fix: bool,
}

/// Why a package is not asked about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Omission<'a> {
    /// Its distribution answers for it.
    Owned,
    /// Made by somebody else than the distribution.
    ThirdParty(&'a str),
    /// Declarations of a kernel that does not run here.
    KernelHeaders,
    /// A key, which rpm keeps like a package.
    Key,
    /// A Java archive that nothing tells the group of, without which nobody names it.
    NoGroup,
}

/// All that is asked, and what is not, with its reason.
#[derive(Debug, Default)]
pub(crate) struct Questions<'a> {
    pub(crate) questions: Vec<Question<'a>>,
    pub(crate) omitted: Vec<(Omission<'a>, &'a InstalledPackage)>,
}

impl<'a> Questions<'a> {
    /// `distribution` is none where it is not known; then its packages have no questions, and
    /// nobody answers for what they own.
    pub(crate) fn new(
        packages: &'a [InstalledPackage],
        distribution: Option<&'static Distribution>,
    ) -> Self {
        let mut questions = Self::default();
        let mut makers = Makers::default();
        // A distribution does not answer for what others put into their packages.
        let strangers: BTreeSet<&str> = packages
            .iter()
            .filter(|package| package.kind.is_os())
            .filter(|package| makers.of(package, distribution).is_some())
            .map(|package| package.purl.as_str())
            .collect();
        let mut groups: BTreeMap<Key<'a>, Vec<&'a InstalledPackage>> = BTreeMap::new();
        for package in packages {
            let owner = package.owned_by.as_deref();
            let is_owned =
                owner.is_some_and(|owner| distribution.is_some() && !strangers.contains(owner));
            let omission = match package.kind {
                _ if is_owned => Some(Omission::Owned),
                PackageKind::Rpm if package.name == "gpg-pubkey" => Some(Omission::Key),
                PackageKind::Maven if !package.name.contains(':') => Some(Omission::NoGroup),
                kind if !kind.is_os() => None,
                _ if is_kernel_headers(package) => Some(Omission::KernelHeaders),
                _ => makers.of(package, distribution).map(Omission::ThirdParty),
            };
            match omission {
                Some(omission) => questions.omitted.push((omission, package)),
                None => groups.entry(Key::of(package)).or_default().push(package),
            }
        }
        let asked = groups.into_iter().map(|(key, packages)| key.question(packages, distribution));
        questions.questions = asked.flatten().collect();
        questions
    }
}

/// What is one question: binary packages of one source and version, or one library.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key<'a> {
    kind: PackageKind,
    name: &'a str,
    version: &'a str,
    module: Option<&'a str>,
}

impl<'a> Key<'a> {
    fn of(package: &'a InstalledPackage) -> Self {
        let source = package.source_name.as_deref().filter(|_| package.kind.is_os());
        let version = match package.kind {
            // Versions of the binary packages may differ; the one of the source counts.
            PackageKind::Deb | PackageKind::Apk => source_version(package),
            // Here each is named by advisories with the version that it has itself.
            _ => &package.version,
        };
        let module = package.module.as_deref();
        Self { kind: package.kind, name: source.unwrap_or(&package.name), version, module }
    }

    fn question(
        self,
        packages: Vec<&'a InstalledPackage>,
        distribution: Option<&Distribution>,
    ) -> Option<Question<'a>> {
        let first = packages.first().copied()?;
        let Self { kind, name, version, module } = self;
        let mut look_ups = match (kind, distribution.map(|it| it.basis)) {
            (PackageKind::Rpm, Some(basis)) => of_rpm(name, &packages, basis),
            (PackageKind::Rpm | PackageKind::Alpm, _) => Vec::new(),
            (PackageKind::Gem, _) => vec![LookUp::new(name, without_platform(version))],
            (PackageKind::Golang, _) if name == "toolchain" => Vec::new(),
            _ => vec![LookUp::new(name, version)],
        };
        look_ups.sort();
        look_ups.dedup();
        let rebuilder = supplier::rebuilder(version);
        let version = Cow::Borrowed(version);
        Some(Question { kind, name, version, module, look_ups, packages, first, rebuilder })
    }
}

impl<'a> LookUp<'a> {
    fn new(name: &'a str, version: &'a str) -> Self {
        Self {
            name: Cow::Borrowed(name),
            version: Cow::Borrowed(version),
            has_lost_epoch: false,
            is_without_fix: false,
        }
    }
}

/// The version that the source package has; a build of the same source for one architecture adds
/// `+b1` to that of its binary packages.
///
/// # Source
///
/// Debian Developer's Reference, 5.10.2.1, "Recompilation or binary-only NMU".
fn source_version(package: &InstalledPackage) -> &str {
    let version = package.source_version.as_deref().unwrap_or(&package.version);
    if package.kind != PackageKind::Deb {
        return version;
    }
    let rebuilt = version.rsplit_once("+b").filter(|(before, number)| {
        !before.is_empty() && !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    });
    rebuilt.map_or(version, |(before, _)| before)
}

fn of_rpm<'a>(source: &'a str, packages: &[&'a InstalledPackage], basis: Basis) -> Vec<LookUp<'a>> {
    let of_binary = packages.iter().map(|package| LookUp::new(&package.name, &package.version));
    let of_source = packages.iter().map(|package| {
        // The name of the file of the source is all that is known of it, and has no epoch.
        let known = package.source_version.as_deref().unwrap_or(&package.version);
        let version = known.split_once(':').map_or(known, |(_, version)| version);
        let is_without_fix = basis == Basis::BinaryThenSource;
        LookUp { has_lost_epoch: true, is_without_fix, ..LookUp::new(source, version) }
    });
    match basis {
        Basis::Source => of_source.collect(),
        Basis::Binary => of_binary.collect(),
        Basis::BinaryThenSource => of_binary.chain(of_source).collect(),
    }
}

/// A gem that was compiled beforehand says for what: `1.13.9-x86_64-linux`.
fn without_platform(version: &str) -> &str {
    const MACHINES: [&str; 10] =
        ["x86", "x64", "arm", "aarch64", "java", "mingw", "mswin", "universal", "linux", "darwin"];
    match version.split_once('-') {
        Some((number, platform)) if MACHINES.iter().any(|name| platform.contains(name)) => number,
        _ => version,
    }
}

/// Files that programs are compiled with. The kernel that runs is the host's.
fn is_kernel_headers(package: &InstalledPackage) -> bool {
    let name = package.name.as_str();
    match package.kind {
        PackageKind::Deb => {
            name == "linux-libc-dev"
                || name.starts_with("linux-headers-")
                || name.starts_with("linux-kbuild-")
        }
        PackageKind::Rpm => {
            matches!(name, "kernel-headers" | "kernel-devel" | "kernel-default-devel")
                || name == "linux-glibc-devel"
        }
        PackageKind::Apk | PackageKind::Alpm => {
            matches!(name, "linux-headers" | "linux-api-headers")
        }
        PackageKind::Cargo
        | PackageKind::Composer
        | PackageKind::Gem
        | PackageKind::Golang
        | PackageKind::Maven
        | PackageKind::Npm
        | PackageKind::Nuget
        | PackageKind::Pypi => false,
    }
}

/// Who made packages, asked once for each supplier: an image has few of them.
#[derive(Debug, Default)]
struct Makers<'a> {
    by_supplier: BTreeMap<(PackageKind, &'a str), Option<&'a str>>,
}

impl<'a> Makers<'a> {
    fn of(
        &mut self,
        package: &'a InstalledPackage,
        distribution: Option<&'static Distribution>,
    ) -> Option<&'a str> {
        if !matches!(package.kind, PackageKind::Deb | PackageKind::Rpm) {
            return None;
        }
        let key = (package.kind, package.supplier.as_deref().unwrap_or_default());
        let by_supplier = self
            .by_supplier
            .entry(key)
            .or_insert_with(|| supplier::of_supplier(key.0, key.1, distribution));
        by_supplier.or_else(|| supplier::of_version(package))
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use sekisho_types::{OsRelease, Package};

    use super::*;

    fn installed(package: Package) -> InstalledPackage {
        InstalledPackage::new(package, None, None, String::new())
    }

    fn with_source(
        kind: PackageKind,
        name: &str,
        version: &str,
        source: (&str, &str),
    ) -> InstalledPackage {
        let mut package = Package::new(kind, name, version);
        package.source_name = (source.0 != name).then(|| source.0.to_owned());
        package.source_version = (source.1 != version).then(|| source.1.to_owned());
        installed(package)
    }

    /// Every question with what it asks, then what is not asked.
    fn shown(os: &str, packages: &[InstalledPackage]) -> String {
        let os = OsRelease { id: os.to_owned(), ..OsRelease::default() };
        let asked = Questions::new(packages, Distribution::of(&os));
        let mut shown = String::new();
        for question in asked.questions {
            let names: Vec<&str> = question.packages.iter().map(|it| it.name.as_str()).collect();
            let names = names.join(" ");
            writeln!(shown, "{} {} [{names}]", question.name, question.version).unwrap();
            for LookUp { name, version, has_lost_epoch, is_without_fix } in question.look_ups {
                let epoch = if has_lost_epoch { ", no epoch" } else { "" };
                let fix = if is_without_fix { ", where there is no fix" } else { "" };
                writeln!(shown, "  {name} {version}{epoch}{fix}").unwrap();
            }
        }
        for (omission, package) in asked.omitted {
            writeln!(shown, "{}: {omission:?}", package.name).unwrap();
        }
        shown
    }

    #[test]
    fn debian_is_asked_about_source_packages() {
        let deb = |name, version, source| with_source(PackageKind::Deb, name, version, source);
        let mut docker = deb("docker-ce", "5:24.0.7-1", ("docker-ce", "5:24.0.7-1"));
        docker.supplier = Some("Docker <support@docker.com>".to_owned());
        insta::assert_snapshot!(shown("debian", &[
            deb("libgcc-s1", "12.2.0-14", ("gcc-12", "12.2.0-14")),
            deb("libstdc++6", "12.2.0-14", ("gcc-12", "12.2.0-14")),
            deb("dmsetup", "2:1.02.185-2", ("lvm2", "2.03.16-2")),
            deb("less", "590-2+b1", ("less", "590-2+b1")),
            deb("linux-libc-dev", "6.1.55-1", ("linux", "6.1.55-1")),
            docker,
        ]), @r#"
        gcc-12 12.2.0-14 [libgcc-s1 libstdc++6]
          gcc-12 12.2.0-14
        less 590-2 [less]
          less 590-2
        lvm2 2.03.16-2 [dmsetup]
          lvm2 2.03.16-2
        linux-libc-dev: KernelHeaders
        docker-ce: ThirdParty("Docker")
        "#);
    }

    #[test]
    fn rpm_is_asked_by_the_name_that_each_distribution_uses() {
        let perl = || {
            let source = ("perl", "5.26.3-419.el8");
            let rpm = with_source(PackageKind::Rpm, "perl-Errno", "0:1.28-419.el8", source);
            let key = installed(Package::new(PackageKind::Rpm, "gpg-pubkey", "d4082792-5b32db75"));
            [rpm, key]
        };
        insta::assert_snapshot!(shown("rocky", &perl()), @"
        perl 0:1.28-419.el8 [perl-Errno]
          perl 5.26.3-419.el8, no epoch
        gpg-pubkey: Key
        ");
        insta::assert_snapshot!(shown("almalinux", &perl()), @"
        perl 0:1.28-419.el8 [perl-Errno]
          perl-Errno 0:1.28-419.el8
        gpg-pubkey: Key
        ");
        insta::assert_snapshot!(shown("rhel", &perl()), @"
        perl 0:1.28-419.el8 [perl-Errno]
          perl 5.26.3-419.el8, no epoch, where there is no fix
          perl-Errno 0:1.28-419.el8
        gpg-pubkey: Key
        ");
    }

    #[test]
    fn what_a_strangers_package_owns_is_asked_about() {
        let mut node = installed(Package::new(PackageKind::Deb, "nodejs", "18.19.0-1nodesource1"));
        node.supplier = Some("Ivan <ivan@nodesource.com>".to_owned());
        let bash = installed(Package::new(PackageKind::Deb, "bash", "5.2-1"));
        let mut npm = installed(Package::new(PackageKind::Npm, "npm", "10.2.3"));
        npm.owned_by = Some(node.purl.clone());
        let mut other = installed(Package::new(PackageKind::Npm, "other", "1.0.0"));
        other.owned_by = Some(bash.purl.clone());
        let packages = [node, bash, npm, other];
        insta::assert_snapshot!(shown("debian", &packages), @r#"
        bash 5.2-1 [bash]
          bash 5.2-1
        npm 10.2.3 [npm]
          npm 10.2.3
        nodejs: ThirdParty("NodeSource")
        other: Owned
        "#);
        // Nobody answers for the packages of a system that is not known.
        assert!(shown("nonesuch", &packages).contains("other 1.0.0"));
    }

    #[test]
    fn a_java_archive_without_a_group_is_not_asked_about() {
        let jar = |name| installed(Package::new(PackageKind::Maven, name, "1.0"));
        insta::assert_snapshot!(shown("debian", &[jar("app"), jar("org.slf4j:slf4j-api")]), @"
        org.slf4j:slf4j-api 1.0 [org.slf4j:slf4j-api]
          org.slf4j:slf4j-api 1.0
        app: NoGroup
        ");
    }

    #[test]
    fn a_gem_is_asked_about_without_its_machine() {
        let gem = |version| installed(Package::new(PackageKind::Gem, "nokogiri", version));
        insta::assert_snapshot!(shown("debian", &[gem("1.13.9-x86_64-linux")]), @"
        nokogiri 1.13.9-x86_64-linux [nokogiri]
          nokogiri 1.13.9
        ");
    }
}

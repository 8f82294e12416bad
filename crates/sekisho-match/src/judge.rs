//! Asks the database about packages, and says what it found.

use std::collections::{BTreeMap, BTreeSet};

use sekisho_advisory::{Database, Ecosystem, Entry, StoreError};
use sekisho_types::{
    AskedEcosystem, Coverage, Digest, ImagePath, InstalledPackage, Omitted, OmittedBecause,
    OsRelease, PackageKind, Unknown, WithdrawnAdvisory, report::Finding,
};

use crate::{
    advice::PackageUpgrade,
    decision::{Decision, Reason, decide},
    distribution::Distribution,
    finding::{self, Known, tellers},
    fix::upgrade,
    question::{LookUp, Omission, Question, Questions},
    stream::alpine_stream,
    weakness::{Judged, Undecided, Weakness, Weaknesses, weaknesses},
};

/// Most advisories or packages that one sentence names.
const MAX_NAMED: usize = 5;

/// Most names of packages in each part of what was left out.
const MAX_OMITTED: usize = 50;

/// What is known of a subject besides its packages.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The `diff_id` of each layer, bottom first: of a package that is in several, the lowest
    /// counts.
    pub layers: Vec<Digest>,
    /// `etc/apk/repositories`: where it names a release of Alpine, that counts more than
    /// os-release.
    pub apk_repositories: Option<String>,
    /// Whether findings have the summaries and web pages of advisories, which are read one by one;
    /// they are for who reads a report, and change no finding.
    pub has_texts: bool,
}

/// What the advisories say of packages.
#[derive(Debug, Default)]
pub struct Matched {
    /// In the order of the packages.
    pub findings: Vec<Finding>,
    pub unknowns: Vec<Unknown>,
    pub coverage: Coverage,
    /// For [`advise`](crate::advise).
    pub upgrades: Vec<PackageUpgrade>,
}

/// Looks `packages` up in `database`.
///
/// # Errors
///
/// When a part of the database that is asked cannot be read.
pub fn judge(
    packages: &[InstalledPackage],
    os: Option<&OsRelease>,
    database: &Database,
    options: &Options,
) -> Result<Matched, StoreError> {
    let mut os = os.cloned();
    if let Some(os) = os.as_mut().filter(|os| os.id == "alpine")
        && let Some(stream) = options.apk_repositories.as_deref().and_then(alpine_stream)
    {
        os.version = stream;
    }
    let system = System::of(packages, os, database);
    let questions = Questions::new(packages, system.distribution());
    let registries = registries(database);
    let mut course = Course {
        database,
        options,
        system: &system,
        registries: &registries,
        matched: Matched::default(),
        seen: BTreeSet::new(),
    };
    course.unasked(&questions);
    for question in &questions.questions {
        course.question(question)?;
    }
    let mut matched = course.matched;
    matched.coverage.omitted = omitted(&questions.omitted);
    matched.unknowns.sort();
    matched.unknowns.dedup();
    matched.coverage.withdrawn.sort_by(|a, b| (&a.id, &a.package).cmp(&(&b.id, &b.package)));
    Ok(matched)
}

/// The distribution of a subject, and the parts of the database that speak of it.
struct System {
    os: Option<OsRelease>,
    /// With the releases to ask; none where the database has nothing of it.
    known: Option<(&'static Distribution, Vec<Ecosystem>)>,
}

impl System {
    fn of(packages: &[InstalledPackage], os: Option<OsRelease>, database: &Database) -> Self {
        let known = os.as_ref().and_then(|os| {
            let distribution = Distribution::of(os)?;
            let held: Vec<Option<String>> = database
                .releases(distribution.ecosystem)
                .into_iter()
                .map(|held| held.map(str::to_owned))
                .collect();
            let is_paid = |package: &InstalledPackage| {
                package.kind == PackageKind::Deb && package.version.contains("esm")
            };
            let has_paid = os.id == "ubuntu" && packages.iter().any(is_paid);
            let ecosystems: Vec<Ecosystem> = distribution
                .releases(os, &held, has_paid)
                .into_iter()
                .map(|release| Ecosystem {
                    name: distribution.ecosystem.to_owned(),
                    release: release.clone(),
                })
                .collect();
            (!ecosystems.is_empty()).then_some((distribution, ecosystems))
        });
        Self { os, known }
    }

    fn distribution(&self) -> Option<&'static Distribution> {
        self.known.as_ref().map(|(distribution, _)| *distribution)
    }

    fn full_name(&self) -> String {
        match (&self.os, self.os.as_ref().and_then(Distribution::of)) {
            (Some(os), Some(distribution)) => distribution.full_name(os),
            (Some(os), None) => format!("{} {}", os.id, os.version).trim_end().to_owned(),
            (None, _) => "an unknown distribution".to_owned(),
        }
    }
}

/// The registry whose packages are of this kind, as OSV spells it.
fn registry(kind: PackageKind) -> Option<&'static str> {
    match kind {
        PackageKind::Alpm | PackageKind::Apk | PackageKind::Deb | PackageKind::Rpm => None,
        PackageKind::Cargo => Some("crates.io"),
        PackageKind::Composer => Some("Packagist"),
        PackageKind::Gem => Some("RubyGems"),
        PackageKind::Golang => Some("Go"),
        PackageKind::Maven => Some("Maven"),
        PackageKind::Npm => Some("npm"),
        PackageKind::Nuget => Some("NuGet"),
        PackageKind::Pypi => Some("PyPI"),
    }
}

fn registries(database: &Database) -> BTreeMap<PackageKind, Vec<Ecosystem>> {
    let held = database.ecosystems();
    let kinds = PackageKind::ALL.iter().filter_map(|kind| {
        let name = registry(*kind).filter(|name| held.contains(name))?;
        Some((*kind, vec![Ecosystem { name: name.to_owned(), release: None }]))
    });
    kinds.collect()
}

struct Course<'a> {
    database: &'a Database,
    options: &'a Options,
    system: &'a System,
    /// Those that the database holds.
    registries: &'a BTreeMap<PackageKind, Vec<Ecosystem>>,
    matched: Matched,
    /// Identities of findings, of which each may be there once.
    seen: BTreeSet<String>,
}

impl<'a> Course<'a> {
    /// Says which packages the database holds nothing of.
    fn unasked(&mut self, questions: &Questions<'_>) {
        let mut by_kind: BTreeMap<Option<&'static str>, Vec<&InstalledPackage>> = BTreeMap::new();
        for question in &questions.questions {
            by_kind.entry(registry(question.kind)).or_default().extend(&question.packages);
        }
        let held: BTreeSet<&str> =
            self.registries.values().flatten().map(|it| it.name.as_str()).collect();
        for (registry, packages) in by_kind {
            let (is_held, name) = match registry {
                Some(name) => (held.contains(name), name.to_owned()),
                None => (self.system.known.is_some(), self.system.full_name()),
            };
            if is_held {
                let distribution = self.system.distribution().filter(|_| registry.is_none());
                let fixed_only = distribution.is_some_and(Distribution::is_fixed_only);
                self.matched.coverage.asked.push(AskedEcosystem {
                    ecosystem: name,
                    n_packages: packages.len(),
                    fixed_only,
                });
                continue;
            }
            let n = packages.len();
            let word = if n == 1 { "package" } else { "packages" };
            let first = packages.first().and_then(|package| package.paths.first());
            self.matched.unknowns.push(Unknown {
                path: first.map(|path| image_path(path)).unwrap_or_default(),
                layer: packages.first().and_then(|package| package.layer),
                reason: format!("the database has no advisories for {name}: {n} {word} not judged"),
            });
        }
    }

    fn question(&mut self, question: &Question<'_>) -> Result<(), StoreError> {
        let judged = self.judged(question)?;
        if judged.is_empty() {
            return Ok(());
        }
        let is_go_own = question.kind == PackageKind::Golang
            && (question.name == "stdlib" || question.name.starts_with("golang.org/x/"));
        let Weaknesses { found, undecided } = weaknesses(&judged, is_go_own);
        let lead = self.lead(question);
        if !undecided.is_empty() {
            self.matched.unknowns.push(unknown(question, &undecided, lead));
        }
        let mut ids = Vec::with_capacity(found.len());
        for weakness in &found {
            let known = self.known(weakness)?;
            let os_id = self.system.os.as_ref().map(|os| os.id.as_str());
            let mut finding = finding::finding(question, weakness, &known, lead, os_id);
            if !self.seen.insert(finding.id.clone()) {
                finding.id = finding::id(question, weakness, true);
                self.seen.insert(finding.id.clone());
            }
            ids.push((finding.id.clone(), finding.severity));
            self.matched.findings.push(finding);
        }
        if let Some(upgrade) = upgrade(&question.version, &found) {
            let id = |index: &usize| ids.get(*index).map(|(id, _)| id.clone());
            self.matched.upgrades.push(PackageUpgrade {
                kind: question.kind,
                name: question.name.to_owned(),
                version: question.version.clone().into_owned(),
                installed: names(question),
                to: upgrade.to,
                clears: upgrade.clears.iter().filter_map(id).collect(),
                remains: upgrade.remains.iter().filter_map(id).collect(),
            });
        }
        Ok(())
    }

    /// Every advisory about the package with what it says; those that were taken back are noted.
    /// Empty where none is about this version.
    fn judged(&mut self, question: &Question<'_>) -> Result<Vec<Judged>, StoreError> {
        let mut judged: Vec<Judged> = Vec::new();
        let mut is_about_it = false;
        for ecosystem in self.ecosystems(question.kind) {
            for look_up in &question.look_ups {
                let name = ecosystem.package_name(&look_up.name);
                for entry in self.database.entries(ecosystem, &name)? {
                    let decision = decide(look_up, question.module, &entry);
                    if entry.advisory.withdrawn.is_some() {
                        self.withdrawn(question, look_up, &decision, &entry);
                        continue;
                    }
                    is_about_it |=
                        matches!(decision, Decision::Inside(_) | Decision::Indeterminate(_));
                    judged.push(Judged { entry, decision });
                }
            }
        }
        if !is_about_it {
            judged.clear();
        }
        Ok(judged)
    }

    fn ecosystems(&self, kind: PackageKind) -> &'a [Ecosystem] {
        match registry(kind) {
            Some(_) => self.registries.get(&kind).map(Vec::as_slice).unwrap_or_default(),
            None => self.system.known.as_ref().map(|(_, it)| it.as_slice()).unwrap_or_default(),
        }
    }

    fn withdrawn(
        &mut self,
        question: &Question<'_>,
        look_up: &LookUp<'_>,
        decision: &Decision,
        entry: &Entry,
    ) {
        if matches!(decision, Decision::Inside(_)) {
            self.matched.coverage.withdrawn.push(WithdrawnAdvisory {
                id: entry.advisory.id.clone(),
                package: question.name.to_owned(),
                version: look_up.version.clone().into_owned(),
                withdrawn: entry.advisory.withdrawn.clone().unwrap_or_default(),
            });
        }
    }

    /// The installed package that stands for all of a question: the lowest layer first, then the
    /// one that is called like its source.
    fn lead<'q>(&self, question: &'q Question<'_>) -> &'q InstalledPackage {
        let height = |package: &InstalledPackage| {
            let layer = package.layer?;
            self.options.layers.iter().position(|it| *it == layer)
        };
        let packages = question.packages.iter().copied();
        packages
            .min_by_key(|package| (height(package), package.name != question.name, &package.purl))
            .unwrap_or(question.first)
    }

    fn known(&self, weakness: &Weakness<'_>) -> Result<Known, StoreError> {
        let mut known = Known::default();
        let numbers = std::iter::once(&weakness.id).chain(&weakness.aliases);
        for cve in numbers.filter(|id| id.starts_with("CVE-")) {
            let exploited = self.database.known_exploited(cve)?;
            let is_earlier = |it: &sekisho_advisory::KnownExploited| {
                known.exploited.as_ref().is_none_or(|old| it.date_added < old.date_added)
            };
            if let Some(exploited) = exploited.filter(is_earlier) {
                known.exploited = Some(exploited);
            }
            let epss = self.database.epss(cve)?;
            let is_likelier = |it: &sekisho_advisory::Epss| {
                known.epss.as_ref().is_none_or(|old| it.score > old.score)
            };
            if let Some(epss) = epss.filter(is_likelier) {
                known.epss = Some(epss);
            }
            known.of_nvd.extend(self.database.severity(cve)?);
        }
        for entry in tellers(weakness).filter(|_| self.options.has_texts) {
            let details = self.database.details(entry)?;
            if known.references.is_empty() {
                known.references = details.references;
            }
            if !details.summary.is_empty() {
                known.summary = details.summary;
                break;
            }
        }
        Ok(known)
    }
}

fn names(question: &Question<'_>) -> Vec<String> {
    if !question.kind.is_os() {
        return vec![question.name.to_owned()];
    }
    let mut names: Vec<String> =
        question.packages.iter().map(|package| package.name.clone()).collect();
    names.dedup();
    names
}

/// The file in an image, also where the package lies in an archive in it.
fn image_path(path: &str) -> ImagePath {
    let file = path.split("!/").next().unwrap_or(path);
    ImagePath::parse(file.as_bytes()).unwrap_or_default()
}

fn unknown(
    question: &Question<'_>,
    undecided: &BTreeSet<Undecided>,
    lead: &InstalledPackage,
) -> Unknown {
    let Question { name, version, .. } = question;
    let ids: Vec<&str> = undecided.iter().take(MAX_NAMED).map(|it| it.id.as_str()).collect();
    let more = match undecided.len().saturating_sub(MAX_NAMED) {
        0 => String::new(),
        n => format!(" and {n} more"),
    };
    let ids = ids.join(", ");
    let has_order = undecided.iter().all(|it| it.reason == Reason::NoVersions);
    let why = if has_order {
        "they name no version"
    } else {
        "its version and those of the advisory cannot be compared"
    };
    let path = lead.paths.first().map(|path| image_path(path)).unwrap_or_default();
    let reason = format!("nobody can tell whether {name:?} {version:?} has {ids}{more}: {why}");
    Unknown { path, layer: lead.layer, reason }
}

fn omitted(omissions: &[(Omission<'_>, &InstalledPackage)]) -> Vec<Omitted> {
    let mut by_reason: BTreeMap<&Omission<'_>, BTreeSet<&str>> = BTreeMap::new();
    let mut counts: BTreeMap<&Omission<'_>, usize> = BTreeMap::new();
    for (omission, package) in omissions {
        by_reason.entry(omission).or_default().insert(&package.name);
        *counts.entry(omission).or_default() += 1;
    }
    by_reason
        .into_iter()
        .map(|(omission, names)| Omitted {
            because: match omission {
                Omission::Owned => OmittedBecause::Owned,
                Omission::ThirdParty(_) => OmittedBecause::ThirdParty,
                Omission::KernelHeaders => OmittedBecause::KernelHeaders,
                Omission::Key => OmittedBecause::Key,
                Omission::NoGroup => OmittedBecause::NoGroup,
            },
            supplier: match omission {
                Omission::ThirdParty(supplier) => Some((*supplier).to_owned()),
                Omission::Owned | Omission::KernelHeaders | Omission::Key | Omission::NoGroup => {
                    None
                }
            },
            n_packages: counts.get(omission).copied().unwrap_or_default(),
            packages: names.into_iter().take(MAX_OMITTED).map(str::to_owned).collect(),
        })
        .collect()
}

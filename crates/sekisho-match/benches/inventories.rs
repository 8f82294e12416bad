//! How long it takes to look inventories up in a large database.
//!
//!     SEKISHO_SHARED=DIRECTORY cargo bench -p sekisho-match --bench inventories
//!
//! The advisories are the real ones below `feeds` of that directory, multiplied by the names of
//! their packages until there are 500,000.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a bench prints, and may fail")]

use std::{
    cmp::Ordering,
    collections::BTreeMap,
    num::NonZero,
    path::Path,
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
    time::{Duration, Instant},
};

use sekisho_advisory::{
    Advisory, Database, DatabaseBuilder, Ecosystem, FEEDS, Item, SigningKey, TrustedKeys, read_feed,
};
use sekisho_match::{Options, judge};
use sekisho_types::{InstalledPackage, OsRelease, Package, PackageKind};

const N_ADVISORIES: usize = 500_000;
const N_PACKAGES: usize = 5_000;
const N_INVENTORIES: usize = 10_000;

/// Packages of one of many images: a base system and the libraries of an application.
const N_PACKAGES_OF_MANY: usize = 400;

fn main() {
    #[expect(clippy::disallowed_methods, reason = "a bench takes its data from where it is told")]
    let Some(shared) = std::env::var_os("SEKISHO_SHARED") else {
        println!("skipped: SEKISHO_SHARED names no folder with feeds");
        return;
    };
    let real = advisories(&Path::new(&shared).join("feeds"));
    let names = names(&real);
    let directory = tempfile::tempdir().unwrap();
    let key = SigningKey::from_seed(&[7; 32]);
    let mut builder = DatabaseBuilder::new();
    for number in 0..N_ADVISORIES {
        let advisory = &real[number % real.len()];
        builder = builder.add("bench", multiplied(advisory, number / real.len()));
    }
    let (_, build) = timed(|| builder.write(directory.path(), &key).unwrap());
    let trust = TrustedKeys::new([key.public()]);
    let (database, open) = timed(|| Database::open(directory.path(), &trust).unwrap());
    println!("{N_ADVISORIES} advisories of {} real ones", real.len());
    println!("build {build:.1?}, open {open:.1?}");
    let os =
        OsRelease { id: "debian".to_owned(), version: "11".to_owned(), ..OsRelease::default() };
    let n_copies = N_ADVISORIES / real.len();
    let inventory = packages(&names, n_copies, 0, N_PACKAGES);
    let look = |packages: &[InstalledPackage]| {
        let matched = judge(packages, Some(&os), &database, &Options::default()).unwrap();
        (matched.findings.len(), matched.unknowns.len())
    };
    let runs: Vec<((usize, usize), Duration)> =
        (0..20).map(|_| timed(|| look(&inventory))).collect();
    let (counts, first) = runs.first().unwrap();
    let least = runs.iter().map(|(_, took)| took).min().unwrap();
    println!(
        "{N_PACKAGES} packages: {} findings, {} unknowns; first {first:.2?}, least {least:.2?}",
        counts.0, counts.1
    );
    let inventories: Vec<Vec<InstalledPackage>> = (0..N_INVENTORIES)
        .map(|number| packages(&names, n_copies, number, N_PACKAGES_OF_MANY))
        .collect();
    let (n_findings, all) = timed(|| every(&inventories, &look));
    println!(
        "{N_INVENTORIES} inventories of {N_PACKAGES_OF_MANY} packages again: {n_findings} findings, {all:.2?}"
    );
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let result = work();
    (result, start.elapsed())
}

/// Looks every inventory up, side by side.
fn every(
    inventories: &[Vec<InstalledPackage>],
    look: &(impl Fn(&[InstalledPackage]) -> (usize, usize) + Sync),
) -> usize {
    let (next, n_findings) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let n_threads = std::thread::available_parallelism().map_or(1, NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..n_threads {
            scope.spawn(|| {
                while let Some(inventory) = inventories.get(next.fetch_add(1, Relaxed)) {
                    n_findings.fetch_add(look(inventory).0, Relaxed);
                }
            });
        }
    });
    n_findings.into_inner()
}

fn advisories(feeds: &Path) -> Vec<Advisory> {
    let mut advisories = Vec::new();
    for feed in FEEDS.iter().filter(|feed| feed.name.starts_with("osv/")) {
        // A feed that is not there is none of those that are multiplied.
        let read = read_feed(feed, feeds, &mut |item| {
            if let Item::Advisory(advisory) = item {
                advisories.push(advisory);
            }
        });
        if let Ok(summary) = read {
            println!("{}: {} records", feed.name, summary.imported);
        }
    }
    advisories
}

/// The same advisory about packages of other names.
fn multiplied(advisory: &Advisory, copy: usize) -> Advisory {
    let mut advisory = advisory.clone();
    if copy > 0 {
        let renamed = |name: &mut String| *name = format!("{name}-{copy}");
        renamed(&mut advisory.id);
        advisory.aliases.iter_mut().for_each(renamed);
        advisory.upstream.iter_mut().for_each(renamed);
        advisory.affected.iter_mut().for_each(|affected| renamed(&mut affected.package));
    }
    advisory
}

/// What an image may hold and an advisory names, with the version that mends all of it.
fn names(advisories: &[Advisory]) -> Vec<(PackageKind, String, String)> {
    let mut newest: BTreeMap<(PackageKind, String), String> = BTreeMap::new();
    for affected in advisories.iter().flat_map(|advisory| &advisory.affected) {
        let Ecosystem { name, release } = &affected.ecosystem;
        let kind = match (name.as_str(), release.as_deref()) {
            ("Debian", Some("11")) => PackageKind::Deb,
            ("npm", None) => PackageKind::Npm,
            ("PyPI", None) => PackageKind::Pypi,
            ("Go", None) => PackageKind::Golang,
            ("RubyGems", None) => PackageKind::Gem,
            _ => continue,
        };
        let scheme = affected.ecosystem.scheme();
        for fixed in affected.ranges.iter().filter_map(|range| range.fixed()) {
            let known = newest.entry((kind, affected.package.clone()));
            let known = known.or_insert_with(|| fixed.to_owned());
            if scheme.compare(known, fixed) == Some(Ordering::Less) {
                fixed.clone_into(known);
            }
        }
    }
    newest.into_iter().map(|((kind, name), fixed)| (kind, name, fixed)).collect()
}

/// Of ten packages, two have a name that advisories know; of five hundred, one is old.
fn packages(
    names: &[(PackageKind, String, String)],
    n_copies: usize,
    seed: usize,
    n: usize,
) -> Vec<InstalledPackage> {
    let made = (0..n).map(|index| {
        let draw = index.wrapping_mul(7_919).wrapping_add(seed.wrapping_mul(104_729));
        let (kind, name, fixed) = &names[draw % names.len()];
        let copy = draw / 13 % n_copies.max(1);
        let name = match (index % 5, copy) {
            (0, 0) => name.clone(),
            (0, copy) => format!("{name}-{copy}"),
            _ => format!("unheard-of-{draw}"),
        };
        let version = if index % 500 == 0 { "0.0.1" } else { fixed };
        let path = format!("app/{name}");
        InstalledPackage::new(Package::new(*kind, name, version), None, None, path)
    });
    made.collect()
}

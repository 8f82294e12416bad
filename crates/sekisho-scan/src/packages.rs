//! Which packages are installed, which layer brought each, and which files they own.

use std::collections::{BTreeMap, BTreeSet};

use sekisho_catalog::Record;
use sekisho_image::NodeKind;
use sekisho_types::{ImagePath, InstalledPackage, OsRelease, PackageKind};

use crate::{
    facts::CatalogedFile,
    stack::{Locator, Stack},
};

#[cfg(test)]
mod tests;

/// The purl of whichever package owns a file.
#[derive(Debug, Default)]
pub(crate) struct Owners {
    /// Of the operating system's packages.
    system: BTreeMap<ImagePath, u32>,
    /// Of language packages that list their files.
    language: BTreeMap<ImagePath, u32>,
    /// Of language packages that own all below their directory.
    directories: BTreeMap<ImagePath, u32>,
    purls: Vec<String>,
}

impl Owners {
    /// The operating system's package that owns a file.
    pub(crate) fn system(&self, path: &ImagePath) -> Option<&str> {
        self.purl(*self.system.get(path)?)
    }

    /// The package that owns a file, of whatever kind.
    pub(crate) fn any(&self, path: &ImagePath) -> Option<&str> {
        if let Some(index) = self.system.get(path).or_else(|| self.language.get(path)) {
            return self.purl(*index);
        }
        let mut above = path.parent();
        while let Some(directory) = above {
            if let Some(index) = self.directories.get(&directory) {
                return self.purl(*index);
            }
            above = directory.parent();
        }
        None
    }

    fn purl(&self, index: u32) -> Option<&str> {
        self.purls.get(index as usize).map(String::as_str)
    }

    fn add(&mut self, purl: &str) -> u32 {
        self.purls.push(purl.to_owned());
        u32::try_from(self.purls.len() - 1).unwrap_or(u32::MAX)
    }
}

/// What tells a record from the others in its file.
type Identity<'a> = (PackageKind, &'a str, &'a str, Option<&'a str>, Option<&'a str>);

fn identity(record: &Record) -> Identity<'_> {
    let package = &record.package;
    (
        package.kind,
        &package.name,
        &package.version,
        package.arch.as_deref(),
        record.inner_path.as_deref(),
    )
}

/// The packages of the merged view, each once a layer, sorted.
pub(crate) fn packages(stack: &Stack, os: Option<&OsRelease>) -> (Vec<InstalledPackage>, Owners) {
    let history = History::new(stack);
    let mut owners = Owners::default();
    // The purl of each record that lists of files refer to.
    let mut by_key: BTreeMap<(PackageKind, &str), u32> = BTreeMap::new();
    // With the file that lies in the image, which may be an archive around the record.
    let mut found: Vec<(InstalledPackage, &ImagePath)> = Vec::new();
    for (layer, file) in stack.files() {
        let origins = history.origins(layer, file);
        for (record, origin) in file.cataloged.packages.iter().zip(origins) {
            let path = match &record.inner_path {
                Some(inner) => format!("{}!/{inner}", file.path),
                None => file.path.to_string(),
            };
            let diff_id = stack.diff_id(origin);
            let package = InstalledPackage::new(record.package.clone(), os, diff_id, path);
            if let Some(key) = &record.key {
                by_key.insert((package.kind, key), owners.add(&package.purl));
            }
            if package.kind == PackageKind::Npm
                && let Some(directory) = file.path.parent()
            {
                let index = owners.add(&package.purl);
                owners.directories.insert(directory, index);
            }
            found.push((package, &file.path));
        }
    }
    add_owned(stack, &by_key, &mut owners);
    add_dpkg_scripts(&by_key, &mut owners);
    let mut locator = Locator::new(&stack.squashed);
    for (package, path) in &mut found {
        if !package.kind.is_os() {
            let located = locator.locate(path);
            let owner = located.and_then(|located| owners.system(&located));
            package.owned_by = owner.map(str::to_owned);
        }
    }
    (merged(found.into_iter().map(|(package, _)| package).collect()), owners)
}

/// Notes which files each package lists as its own, where they really are.
fn add_owned(stack: &Stack, by_key: &BTreeMap<(PackageKind, &str), u32>, owners: &mut Owners) {
    let mut locator = Locator::new(&stack.squashed);
    for (_, file) in stack.files() {
        for owned in &file.cataloged.owned {
            let Some(index) = by_key.get(&(owned.kind, &owned.key)) else { continue };
            for path in &owned.paths {
                let Some(path) = locator.locate(path) else { continue };
                let is_file = stack
                    .squashed
                    .get(&path)
                    .is_some_and(|file| file.node.kind != NodeKind::Directory);
                if is_file {
                    let map =
                        if owned.kind.is_os() { &mut owners.system } else { &mut owners.language };
                    map.entry(path).or_insert(*index);
                }
            }
        }
    }
}

/// The scripts that dpkg keeps of each package beside its lists, and lists nowhere.
///
/// # Source
///
/// deb-preinst(5), deb-postinst(5), deb-prerm(5), deb-postrm(5); debconf-devel(7) for `config`.
fn add_dpkg_scripts(by_key: &BTreeMap<(PackageKind, &str), u32>, owners: &mut Owners) {
    const SCRIPTS: [&str; 5] = ["config", "postinst", "postrm", "preinst", "prerm"];
    for ((_, key), index) in by_key.iter().filter(|((kind, _), _)| *kind == PackageKind::Deb) {
        // The architecture is in their names where the package may be there for several.
        let name = key.split(':').next().unwrap_or_default();
        for (name, script) in [*key, name].into_iter().flat_map(|it| SCRIPTS.map(|s| (it, s))) {
            let path = format!("var/lib/dpkg/info/{name}.{script}");
            if let Ok(path) = ImagePath::parse(path.as_bytes()) {
                owners.system.entry(path).or_insert(*index);
            }
        }
    }
}

/// One entry for what is installed in several places by one layer.
fn merged(mut found: Vec<InstalledPackage>) -> Vec<InstalledPackage> {
    let key = |package: &InstalledPackage| {
        (
            package.kind,
            package.name.clone(),
            package.version.clone(),
            package.purl.clone(),
            package.owned_by.clone(),
            package.layer,
        )
    };
    found.sort_by_cached_key(|package| (key(package), package.paths.clone()));
    found.dedup_by(|next, kept| {
        let is_same = (next.kind, &next.purl, &next.owned_by, next.layer)
            == (kept.kind, &kept.purl, &kept.owned_by, kept.layer);
        if is_same {
            kept.paths.append(&mut next.paths);
            kept.paths.dedup();
            if kept.licenses.is_empty() {
                kept.licenses = std::mem::take(&mut next.licenses);
            }
            kept.confidence = kept.confidence.max(next.confidence);
        }
        is_same
    });
    found
}

/// What lower layers said in the same files.
struct History<'a> {
    stack: &'a Stack,
    files: BTreeMap<(&'a ImagePath, &'a str), Vec<(usize, &'a CatalogedFile)>>,
}

impl<'a> History<'a> {
    fn new(stack: &'a Stack) -> Self {
        let mut files: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (index, layer) in stack.layers.iter().enumerate() {
            for file in &layer.facts.files {
                let key = (&file.path, file.cataloger.as_str());
                files.entry(key).or_default().push((index, file));
            }
        }
        Self { stack, files }
    }

    /// For each record of a file of `layer`, the layer that brought it: the lowest of those
    /// below in which it was there all the time. A file that is copied up whole, because of a
    /// `chmod` or of another package in the same database, brings nothing.
    fn origins(&self, layer: usize, file: &CatalogedFile) -> Vec<usize> {
        let records = &file.cataloged.packages;
        let mut origins = vec![layer; records.len()];
        let versions = self.files.get(&(&file.path, file.cataloger.as_str()));
        let mut upper = layer;
        for (lower, older) in versions.into_iter().flatten().rev() {
            if *lower >= layer {
                continue;
            }
            // The layer above replaced the file; any between them that hides it ends the story.
            if ((lower + 1)..upper).any(|between| self.stack.hides(between, &file.path)) {
                break;
            }
            let before: BTreeSet<Identity<'_>> =
                older.cataloged.packages.iter().map(identity).collect();
            for (origin, record) in origins.iter_mut().zip(records) {
                if *origin == upper && before.contains(&identity(record)) {
                    *origin = *lower;
                }
            }
            upper = *lower;
        }
        origins
    }
}

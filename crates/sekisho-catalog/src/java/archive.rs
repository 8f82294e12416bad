use std::{
    collections::BTreeMap,
    error::Error,
    io::{Read as _, Seek as _},
};

use sekisho_archive::{
    Spool, limits,
    zip::{ZipDirectory, ZipEntry, ZipError},
};
use sekisho_types::{Confidence, Package, PackageKind};

use super::{
    coordinates::{guess, own_pom},
    manifest::Manifest,
    pom::Pom,
};
use crate::{CatalogError, Cataloged, Record, identity};

/// Extensions of archives that hold Java code: the platform's own, the enterprise ones, plugins
/// of Jenkins, features of Karaf, bundles of Liferay and others.
const EXTENSIONS: [&[u8]; 13] = [
    b".jar", b".war", b".ear", b".par", b".sar", b".nar", b".jpi", b".hpi", b".kar", b".far",
    b".lpkg", b".rar", b".zap",
];

/// A manifest is read to here; its main section stands first, and signed jars have megabytes of
/// other sections behind it.
const MANIFEST_BYTES: u64 = 64 * 1024;

/// Largest `pom.properties`.
const PROPERTIES_BYTES: u64 = 64 * 1024;

/// Largest `pom.xml`. Those of large projects have 200 kB.
const POM_BYTES: u64 = 4 << 20;

/// Reads the archive `file_name` and all that are inside it.
pub(crate) fn read(
    content: &mut Spool,
    file_name: &str,
    out: &mut Cataloged,
) -> Result<(), CatalogError> {
    let size_bytes = content.size_bytes().map_err(|source| CatalogError::Read { source })?;
    let left_bytes = size_bytes
        .saturating_mul(limits::ZIP_NESTED_RATIO)
        .saturating_add(limits::ZIP_NESTED_FREE_BYTES)
        .min(limits::ZIP_TOTAL_BYTES);
    let mut walk = Walk { out, left_bytes, left_archives: limits::ZIP_NESTED_ARCHIVES };
    walk.archive(content, file_name, &Place { outer: None, depth: 0 })
}

/// Where in the file an archive is.
struct Place {
    /// `a.war!/WEB-INF/lib/b.jar`; none for the file itself.
    outer: Option<String>,
    depth: u32,
}

impl Place {
    fn inner(&self, name: &str) -> String {
        match &self.outer {
            Some(outer) => format!("{outer}!/{name}"),
            None => name.to_owned(),
        }
    }
}

struct Walk<'a> {
    out: &'a mut Cataloged,
    left_bytes: u64,
    left_archives: u32,
}

/// The entries of one archive that somebody looks at.
#[derive(Default)]
struct Wanted<'d> {
    manifest: Option<ZipEntry<'d>>,
    /// Directory of the two files that Maven writes, then the two.
    poms: BTreeMap<&'d [u8], (Option<ZipEntry<'d>>, Option<ZipEntry<'d>>)>,
    archives: Vec<ZipEntry<'d>>,
}

impl Walk<'_> {
    fn archive(
        &mut self,
        content: &mut Spool,
        file_name: &str,
        place: &Place,
    ) -> Result<(), CatalogError> {
        let wrong = |source| CatalogError::Zip { source };
        let directory = ZipDirectory::open(content).map_err(wrong)?;
        let mut wanted = Wanted::default();
        let mut damage = None;
        for entry in directory.entries() {
            match entry {
                Ok(entry) => wanted.add(entry),
                Err(err) => damage = Some(wrong(err)),
            }
        }
        self.packages(content, file_name, place, &wanted)?;
        self.archives(content, place, wanted.archives)?;
        damage.map_or(Ok(()), Err)
    }

    /// Adds the packages that the archive itself is made of.
    fn packages(
        &mut self,
        content: &mut Spool,
        file_name: &str,
        place: &Place,
        wanted: &Wanted<'_>,
    ) -> Result<(), CatalogError> {
        let mut manifest = Manifest::default();
        if let Some(entry) = &wanted.manifest {
            match entry.read_start(content, MANIFEST_BYTES) {
                Ok(bytes) => manifest = Manifest::parse(&String::from_utf8_lossy(&bytes)),
                Err(err) => self.damage(place, entry.name, &err),
            }
        }
        let (mut poms, mut paths) = (Vec::new(), Vec::new());
        for (directory, (properties, xml)) in &wanted.poms {
            let mut pom = Pom::default();
            for (entry, limit_bytes, parse) in [
                (properties, PROPERTIES_BYTES, Pom::from_properties as fn(&str) -> Pom),
                (xml, POM_BYTES, Pom::from_xml),
            ] {
                let Some(entry) = entry else { continue };
                match entry.read(content, limit_bytes) {
                    Ok(bytes) => pom.complete(parse(&String::from_utf8_lossy(&bytes))),
                    Err(err) => self.damage(place, entry.name, &err),
                }
            }
            pom.complete(from_directory(directory));
            // An archive that is a template for projects has poms without a version.
            if !pom.version.is_empty() && !pom.artifact.is_empty() {
                poms.push(pom);
                paths.push(String::from_utf8_lossy(directory).into_owned());
            }
        }
        let stem = file_name.rsplit_once('.').map_or(file_name, |(stem, _)| stem);
        let own = own_pom(stem, &manifest, &poms);
        if own.is_none()
            && let Some(guessed) = guess(stem, &manifest)
        {
            let name = full_name(guessed.group.as_deref().unwrap_or_default(), &guessed.artifact);
            let package = identity::package(PackageKind::Maven, &name, &guessed.version);
            if let Some(mut package) = package {
                package.confidence = guessed.confidence;
                if let Some(license) = &manifest.bundle_license {
                    identity::add_license(&mut package, license);
                }
                self.add(package, place.outer.clone())?;
            }
        }
        for (index, (pom, path)) in poms.iter().zip(&paths).enumerate() {
            let name = full_name(&pom.group, &pom.artifact);
            let inner_path =
                if own == Some(index) { place.outer.clone() } else { Some(place.inner(path)) };
            let Some(mut package) = identity::package(PackageKind::Maven, &name, &pom.version)
            else {
                let inner_path = Some(place.inner(path));
                self.out.damage_in(inner_path, "a pom without a name or a version");
                continue;
            };
            if pom.group.is_empty() {
                package.confidence = Confidence::Low;
            }
            for license in &pom.licenses {
                identity::add_license(&mut package, license);
            }
            self.add(package, inner_path)?;
        }
        Ok(())
    }

    fn add(&mut self, package: Package, inner_path: Option<String>) -> Result<(), CatalogError> {
        self.out.add_record(Record { package, key: None, inner_path })
    }

    /// Goes into the archives inside an archive, in the order in which they lie.
    fn archives(
        &mut self,
        content: &mut Spool,
        place: &Place,
        mut entries: Vec<ZipEntry<'_>>,
    ) -> Result<(), CatalogError> {
        entries.sort_by(|a, b| (a.offset, a.name).cmp(&(b.offset, b.name)));
        let mut free = 0;
        for entry in entries {
            let name = String::from_utf8_lossy(entry.name).into_owned();
            let inner = Place { outer: Some(place.inner(&name)), depth: place.depth + 1 };
            let refused = if entry.offset < free {
                Some("it shares its bytes with another entry".to_owned())
            } else if inner.depth > limits::NESTED_ARCHIVES {
                Some(format!("archives nested deeper than {}", limits::NESTED_ARCHIVES))
            } else if self.left_archives == 0 {
                let limit = limits::ZIP_NESTED_ARCHIVES;
                return Err(CatalogError::TooMany { what: "archives", limit: limit.into() });
            } else {
                None
            };
            if let Some(reason) = refused {
                self.out.damage_in(inner.outer, reason);
                continue;
            }
            free = entry.end();
            self.left_archives -= 1;
            let file_name = name.rsplit('/').next().unwrap_or(&name);
            let result = match entry.spool(content, self.left_bytes) {
                Ok(mut inside) => {
                    self.left_bytes = self.left_bytes.saturating_sub(entry.size_bytes);
                    if is_other_format(&mut inside, file_name)? {
                        continue;
                    }
                    self.archive(&mut inside, file_name, &inner)
                }
                Err(source) => Err(CatalogError::Zip { source }),
            };
            match result {
                Ok(()) => (),
                Err(err @ CatalogError::TooMany { .. }) => return Err(err),
                Err(err) => self.out.damage_in(inner.outer, chain(&err)),
            }
        }
        Ok(())
    }

    fn damage(&mut self, place: &Place, name: &[u8], err: &ZipError) {
        let inner_path = place.inner(&String::from_utf8_lossy(name));
        self.out.damage_in(Some(inner_path), chain(err));
    }
}

impl<'d> Wanted<'d> {
    fn add(&mut self, entry: ZipEntry<'d>) {
        let name = entry.name;
        if name.eq_ignore_ascii_case(b"META-INF/MANIFEST.MF") {
            self.manifest = self.manifest.or(Some(entry));
        } else if let Some(directory) = name.strip_suffix(b"/pom.properties") {
            if is_maven(directory) {
                self.poms.entry(directory).or_default().0 = Some(entry);
            }
        } else if let Some(directory) = name.strip_suffix(b"/pom.xml") {
            if is_maven(directory) {
                self.poms.entry(directory).or_default().1 = Some(entry);
            }
        } else if is_archive(name) {
            self.archives.push(entry);
        }
    }
}

/// Whether a directory is `META-INF/maven/<group>/<artifact>`, at the root or below the classes
/// of an application.
fn is_maven(directory: &[u8]) -> bool {
    let mut parts = directory.rsplit(|byte| *byte == b'/').skip(2);
    parts.next() == Some(b"maven") && parts.next() == Some(b"META-INF")
}

/// Group and artifact as the directory of the pom names them.
fn from_directory(directory: &[u8]) -> Pom {
    let mut parts = directory.rsplit(|byte| *byte == b'/');
    let mut part = || String::from_utf8_lossy(parts.next().unwrap_or_default()).into_owned();
    Pom { artifact: part(), group: part(), ..Pom::default() }
}

fn is_archive(name: &[u8]) -> bool {
    EXTENSIONS.iter().any(|extension| {
        let start = name.len().checked_sub(extension.len());
        start
            .and_then(|start| name.get(start..))
            .is_some_and(|end| end.eq_ignore_ascii_case(extension))
    })
}

/// Whether a file only has the name of a Java archive: other formats share the rarer extensions.
pub(crate) fn is_other_format(content: &mut Spool, file_name: &str) -> Result<bool, CatalogError> {
    let lower = file_name.to_ascii_lowercase();
    if [".jar", ".war", ".ear"].iter().any(|extension| lower.ends_with(extension)) {
        return Ok(false);
    }
    let mut start = Vec::new();
    content
        .rewind()
        .and_then(|()| content.by_ref().take(2).read_to_end(&mut start))
        .map_err(|source| CatalogError::Read { source })?;
    Ok(start != b"PK")
}

fn full_name(group: &str, artifact: &str) -> String {
    if group.is_empty() { artifact.to_owned() } else { format!("{group}:{artifact}") }
}

/// An error with its causes, after colons.
fn chain(err: &dyn Error) -> String {
    let mut text = err.to_string();
    let mut source = err.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

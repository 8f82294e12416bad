use bstr::ByteSlice as _;
use sekisho_archive::limits;
use sekisho_types::{Package, PackageKind};

use crate::{
    CatalogError, Cataloged, Owned, Record,
    rpm::{
        header::{Header, HeaderError},
        set_source,
    },
    text_budget::TextBudget,
};

/// Numbers of rpm's include/rpm/rpmtag.h.
mod tag {
    pub(super) const NAME: u32 = 1000;
    pub(super) const VERSION: u32 = 1001;
    pub(super) const RELEASE: u32 = 1002;
    pub(super) const EPOCH: u32 = 1003;
    pub(super) const VENDOR: u32 = 1011;
    pub(super) const LICENSE: u32 = 1014;
    pub(super) const ARCH: u32 = 1022;
    /// Whole paths, in headers of before rpm 4.
    pub(super) const OLD_FILE_NAMES: u32 = 1027;
    /// Of the content of files, in hexadecimal: MD5 before rpm 4.6, mostly SHA-256 since.
    pub(super) const FILE_DIGESTS: u32 = 1035;
    pub(super) const SOURCE_RPM: u32 = 1044;
    pub(super) const DIR_INDEXES: u32 = 1116;
    pub(super) const BASE_NAMES: u32 = 1117;
    pub(super) const DIR_NAMES: u32 = 1118;
    pub(super) const MODULARITY_LABEL: u32 = 5096;
}

/// What the headers of one database prove.
pub(super) struct Installed<'a> {
    out: &'a mut Cataloged,
    budget: TextBudget,
    /// Headers and damaged parts so far.
    n_parts: usize,
}

impl<'a> Installed<'a> {
    pub(super) fn new(out: &'a mut Cataloged) -> Self {
        Self { out, budget: TextBudget::default(), n_parts: 0 }
    }

    /// Adds the package of the header that the database keeps under `number`.
    pub(super) fn add(&mut self, number: u64, blob: &[u8]) -> Result<(), CatalogError> {
        self.count_part()?;
        let mut damaged = Vec::new();
        let read = Header::parse(blob).and_then(|header| {
            let package = package(&header, &mut damaged)?;
            Ok((header, package))
        });
        for err in damaged {
            self.damage(format!("package record {number}: {err}"));
        }
        let (header, package) = match read {
            Ok((header, Some(package))) => (header, package),
            Ok((_, None)) => return Ok(()),
            Err(err) => {
                self.damage(format!("package record {number}: {err}"));
                return Ok(());
            }
        };
        let key = identity(&package);
        self.budget.charge(text_bytes(&package).saturating_add(key.len()))?;
        self.out.add_record(Record { package, key: Some(key.clone()), inner_path: None })?;
        let mut owned = Owned { kind: PackageKind::Rpm, key, paths: Vec::new() };
        match files(&header) {
            Ok(files) => {
                for (directory, name) in files {
                    owned.paths.extend(self.budget.join(directory, name)?);
                }
            }
            Err(err) => self.damage(format!("package record {number}: {err}")),
        }
        if !owned.paths.is_empty() {
            self.out.owned.push(owned);
        }
        // Without them only fewer files are known to be as they were shipped.
        let digests = header.texts(tag::FILE_DIGESTS).unwrap_or_default();
        let room = limits::PACKAGE_DIGESTS.saturating_sub(self.out.digests.len());
        self.out.digests.extend(digests.into_iter().filter_map(start_of_hex).take(room));
        Ok(())
    }

    pub(super) fn damage(&mut self, reason: impl Into<String>) {
        self.out.damage(reason);
    }

    /// Keeps a damaged part as what it is; any other error ends the reading.
    pub(super) fn step_over(&mut self, part: Result<(), CatalogError>) -> Result<(), CatalogError> {
        match part {
            Err(err @ CatalogError::Damaged { .. }) => {
                self.count_part()?;
                self.damage(err.to_string());
                Ok(())
            }
            part => part,
        }
    }

    /// Bounds the time that a file of nothing but damage takes.
    fn count_part(&mut self) -> Result<(), CatalogError> {
        let limit = limits::DATABASE_PACKAGES;
        self.n_parts = self.n_parts.saturating_add(1);
        if self.n_parts > limit {
            return Err(CatalogError::TooMany { what: "packages", limit: limit as u64 });
        }
        Ok(())
    }
}

/// The first eight bytes of a number in hexadecimal; none for a directory, which has no digest.
fn start_of_hex(text: &[u8]) -> Option<[u8; 8]> {
    let mut bytes = [0; 8];
    for (byte, pair) in bytes.iter_mut().zip(text.get(..16)?.as_chunks::<2>().0) {
        *byte = u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(bytes)
}

fn text_bytes(package: &Package) -> usize {
    [
        Some(&package.name),
        Some(&package.version),
        package.arch.as_ref(),
        package.source_name.as_ref(),
        package.source_version.as_ref(),
        package.supplier.as_ref(),
        package.module.as_ref(),
    ]
    .into_iter()
    .flatten()
    .chain(&package.licenses)
    .map(String::len)
    .sum()
}

/// What tells an installed rpm from every other: name, version and architecture. Kernels are
/// installed in several versions, libraries for several architectures.
pub(crate) fn identity(package: &Package) -> String {
    let arch = package.arch.as_deref().unwrap_or_default();
    format!("{}-{}.{arch}", package.name, package.version)
}

/// The package of a header; none for a key that signs packages, which rpm keeps among them.
/// Facts that do not identify it are left out where they are damaged.
fn package(
    header: &Header<'_>,
    damaged: &mut Vec<HeaderError>,
) -> Result<Option<Package>, HeaderError> {
    let text = |tag| -> Result<Option<String>, HeaderError> {
        let text = header.text(tag)?.filter(|text| !text.is_empty());
        Ok(text.map(|text| text.to_str_lossy().into_owned()))
    };
    let (Some(name), Some(version)) = (text(tag::NAME)?, text(tag::VERSION)?) else {
        return Err(HeaderError::NoIdentity);
    };
    if name == "gpg-pubkey" {
        return Ok(None);
    }
    let version = match text(tag::RELEASE)? {
        Some(release) => format!("{version}-{release}"),
        None => version,
    };
    let version = match header.numbers(tag::EPOCH)?.first() {
        Some(epoch) => format!("{epoch}:{version}"),
        None => version,
    };
    let mut package = Package::new(PackageKind::Rpm, name, version);
    package.arch = text(tag::ARCH)?;
    let mut fact = |tag| match text(tag) {
        Ok(fact) => fact,
        Err(err) => {
            damaged.push(err);
            None
        }
    };
    package.licenses = fact(tag::LICENSE).into_iter().collect();
    package.supplier = fact(tag::VENDOR);
    package.module = fact(tag::MODULARITY_LABEL);
    if let Some(source) = fact(tag::SOURCE_RPM) {
        set_source(&mut package, &source);
    }
    Ok(Some(package))
}

/// A directory, which ends in a slash or is empty, and a name in it.
type FileName<'a> = (&'a [u8], &'a [u8]);

fn files<'a>(header: &Header<'a>) -> Result<Vec<FileName<'a>>, HeaderError> {
    let names = header.texts(tag::BASE_NAMES)?;
    if names.is_empty() {
        let paths = header.texts(tag::OLD_FILE_NAMES)?;
        return Ok(paths.into_iter().map(|path| (&b""[..], path)).collect());
    }
    let directories = header.texts(tag::DIR_NAMES)?;
    let indexes = header.numbers(tag::DIR_INDEXES)?;
    if indexes.len() != names.len() {
        return Err(HeaderError::FileLists);
    }
    let directory = |index: &u32| directories.get(*index as usize).copied();
    let directories: Option<Vec<_>> = indexes.iter().map(directory).collect();
    Ok(directories.ok_or(HeaderError::FileLists)?.into_iter().zip(names).collect())
}

use bstr::ByteSlice as _;
use sekisho_types::{Package, PackageKind};

use crate::{
    CatalogError, Cataloged, Owned, Record,
    path_budget::PathBudget,
    rpm::{
        header::{Header, HeaderError},
        set_source,
    },
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
    pub(super) const SOURCE_RPM: u32 = 1044;
    pub(super) const DIR_INDEXES: u32 = 1116;
    pub(super) const BASE_NAMES: u32 = 1117;
    pub(super) const DIR_NAMES: u32 = 1118;
    pub(super) const MODULARITY_LABEL: u32 = 5096;
}

/// What the headers of one database prove.
pub(super) struct Installed<'a> {
    out: &'a mut Cataloged,
    budget: PathBudget,
}

impl<'a> Installed<'a> {
    pub(super) fn new(out: &'a mut Cataloged) -> Self {
        Self { out, budget: PathBudget::default() }
    }

    /// Adds the package of the header that the database keeps under `number`.
    pub(super) fn add(&mut self, number: u64, blob: &[u8]) -> Result<(), CatalogError> {
        let (header, package) = match Header::parse(blob).and_then(|header| {
            let package = package(&header)?;
            Ok((header, package))
        }) {
            Ok((header, Some(package))) => (header, package),
            Ok((_, None)) => return Ok(()),
            Err(err) => {
                self.damage(format!("package record {number}: {err}"));
                return Ok(());
            }
        };
        let key = identity(&package);
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
        Ok(())
    }

    pub(super) fn damage(&mut self, reason: impl Into<String>) {
        self.out.damage(reason);
    }

    /// Keeps a damaged part as what it is; any other error ends the reading.
    pub(super) fn step_over(&mut self, part: Result<(), CatalogError>) -> Result<(), CatalogError> {
        match part {
            Err(err @ CatalogError::Damaged { .. }) => {
                self.damage(err.to_string());
                Ok(())
            }
            part => part,
        }
    }
}

/// What tells an installed rpm from every other: name, version and architecture. Kernels are
/// installed in several versions, libraries for several architectures.
pub(crate) fn identity(package: &Package) -> String {
    let arch = package.arch.as_deref().unwrap_or_default();
    format!("{}-{}.{arch}", package.name, package.version)
}

/// The package of a header; none for a key that signs packages, which rpm keeps among them.
fn package(header: &Header<'_>) -> Result<Option<Package>, HeaderError> {
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
    package.licenses = text(tag::LICENSE)?.into_iter().collect();
    package.supplier = text(tag::VENDOR)?;
    package.module = text(tag::MODULARITY_LABEL)?;
    if let Some(source) = text(tag::SOURCE_RPM)? {
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

use std::fmt;

use bstr::ByteSlice;
use sekisho_archive::Spool;
use sekisho_types::ImagePath;
use serde::de::DeserializeOwned;

use crate::{CatalogError, Cataloged, catalogers, globs::Globs};

/// One package manager's files, and how to read them: data and a function.
pub struct Cataloger {
    /// Kebab case, unique.
    pub id: &'static str,
    /// Raised with every change of what the function gives.
    pub version: u32,
    pub scope: Scope,
    pub selects: Selects,
    /// Reads one selected file. An error means that the file gives nothing; what was added to
    /// `Cataloged` before stays.
    pub parse: fn(&mut File<'_>, &mut Cataloged) -> Result<(), CatalogError>,
}

impl fmt::Debug for Cataloger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cataloger({} {})", self.id, self.version)
    }
}

/// In which subjects a cataloger speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Its files say what is installed: images and directories.
    Installed,
    /// Its files say what was asked for (lock files): directories only, since in an image they
    /// are left-overs of a build.
    Declared,
}

/// Which files a cataloger wants to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Selects {
    /// Globs over the whole path: `*` stays within a directory, `**` does not.
    Paths(&'static [&'static str]),
    /// Every ELF file.
    Elf,
}

/// A file that was selected.
#[derive(Debug)]
pub struct File<'a> {
    pub path: &'a ImagePath,
    pub content: &'a mut Spool,
}

impl File<'_> {
    /// The content as text of at most `limit_bytes`; a byte order mark is cut off, bytes that
    /// are not UTF-8 become U+FFFD.
    pub fn text(&mut self, limit_bytes: u64) -> Result<String, CatalogError> {
        let bytes =
            self.content.content(limit_bytes).map_err(|source| CatalogError::Read { source })?;
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
        Ok(text.to_str_lossy().into_owned())
    }

    /// The content as JSON, of at most `limit_bytes`.
    pub fn json<T: DeserializeOwned>(&mut self, limit_bytes: u64) -> Result<T, CatalogError> {
        let text = self.text(limit_bytes)?;
        serde_json::from_str(&text).map_err(|source| CatalogError::Json { source })
    }
}

/// The catalogers that speak for a subject, ready to be asked which of them want a path.
#[derive(Debug)]
pub struct Selection {
    catalogers: Vec<&'static Cataloger>,
    /// By index into `catalogers`.
    globs: Globs,
    elf: Vec<usize>,
}

impl Selection {
    /// All catalogers of an image, or with `declared` also those of lock files.
    pub fn new(declared: bool) -> Self {
        let catalogers: Vec<_> = catalogers::ALL
            .iter()
            .copied()
            .filter(|cataloger| declared || cataloger.scope == Scope::Installed)
            .collect();
        let (mut globs, mut elf) = (Globs::default(), Vec::new());
        for (index, cataloger) in catalogers.iter().enumerate() {
            match cataloger.selects {
                Selects::Elf => elf.push(index),
                Selects::Paths(paths) => paths.iter().for_each(|path| globs.add(index, path)),
            }
        }
        Self { catalogers, globs, elf }
    }

    /// No cataloger at all, for whoever asks of files alone.
    pub fn none() -> Self {
        Self { catalogers: Vec::new(), globs: Globs::default(), elf: Vec::new() }
    }

    /// The catalogers that want `path`, in the order of their ids.
    pub fn for_path(&self, path: &ImagePath) -> Vec<&'static Cataloger> {
        let wanted = self.globs.matches(path.as_bytes()).into_iter();
        wanted.filter_map(|index| self.catalogers.get(index).copied()).collect()
    }

    /// The catalogers that want every ELF file.
    pub fn for_elf(&self) -> impl Iterator<Item = &'static Cataloger> {
        self.elf.iter().filter_map(|index| self.catalogers.get(*index).copied())
    }

    /// What a cached result depends on: each cataloger with its version.
    pub fn fingerprint(&self) -> String {
        let ids: Vec<String> =
            self.catalogers.iter().map(|c| format!("{}={}", c.id, c.version)).collect();
        ids.join(";")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_in_order() {
        let ids: Vec<_> = catalogers::ALL.iter().map(|cataloger| cataloger.id).collect();
        let mut sorted = ids.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(ids, sorted);
    }

    #[test]
    fn a_path_finds_its_cataloger() {
        let selection = Selection::new(false);
        let ids = |path: &str| -> Vec<_> {
            let path = ImagePath::parse(path.as_bytes()).unwrap();
            selection.for_path(&path).iter().map(|cataloger| cataloger.id).collect()
        };
        assert_eq!(ids("var/lib/dpkg/status"), ["dpkg"]);
        assert_eq!(ids("home/var/lib/dpkg/status"), Vec::<&str>::new());
    }
}

//! What one layer holds, before anything is known of the others.

use sekisho_catalog::{Cataloged, ExecutableFacts};
use sekisho_image::LayerTree;
use sekisho_imagetest::FileContent;
use sekisho_secret::Sighting;
use sekisho_types::{FileCapabilities, ImagePath};
use serde::{Deserialize, Serialize};

/// Raised with every change of what is taken from a layer besides the catalogers' part.
pub(crate) const FACTS_VERSION: u32 = 5;

/// Everything a scan wants to know of one layer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct LayerFacts {
    /// Of the uncompressed tar; of all files for a directory.
    pub(crate) size_bytes: u64,
    pub(crate) tree: LayerTree,
    /// Sorted by path and cataloger.
    pub(crate) files: Vec<CatalogedFile>,
    /// Sorted by path.
    pub(crate) executables: Vec<ExecutableFile>,
    /// Small files that say how the system is set up, sorted by path.
    pub(crate) system_files: Vec<(ImagePath, Vec<u8>)>,
    /// Secrets by file, sorted by path; never their values.
    pub(crate) secrets: Vec<(ImagePath, Vec<Sighting>)>,
    pub(crate) unknowns: Vec<(ImagePath, String)>,
    /// Content that was asked for, sorted by path. Never kept: it may be what nobody should see.
    #[serde(skip)]
    pub(crate) contents: Vec<(ImagePath, FileContent)>,
}

/// What a cataloger made of a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct CatalogedFile {
    pub(crate) path: ImagePath,
    pub(crate) cataloger: String,
    pub(crate) cataloged: Cataloged,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct ExecutableFile {
    pub(crate) path: ImagePath,
    pub(crate) sha256: [u8; 32],
    pub(crate) facts: ExecutableFacts,
    pub(crate) capabilities: Option<FileCapabilities>,
}

impl LayerFacts {
    /// Adds what was found in files of the layer when it was read again.
    pub(crate) fn extend(&mut self, more: Self) {
        let Self {
            size_bytes: _,
            tree: _,
            files,
            executables,
            system_files,
            secrets,
            unknowns,
            contents,
        } = more;
        self.contents.extend(contents);
        self.files.extend(files);
        self.executables.extend(executables);
        self.system_files.extend(system_files);
        self.secrets.extend(secrets);
        self.unknowns.extend(unknowns);
    }

    pub(crate) fn executable(&self, path: &ImagePath) -> Option<&ExecutableFile> {
        let index = self.executables.binary_search_by(|file| file.path.cmp(path)).ok()?;
        self.executables.get(index)
    }

    pub(crate) fn content(&self, path: &ImagePath) -> Option<&FileContent> {
        let index = self.contents.binary_search_by(|(name, _)| name.cmp(path)).ok()?;
        self.contents.get(index).map(|(_, content)| content)
    }

    pub(crate) fn system_file(&self, path: &ImagePath) -> Option<&[u8]> {
        let index = self.system_files.binary_search_by(|(name, _)| name.cmp(path)).ok()?;
        self.system_files.get(index).map(|(_, content)| content.as_slice())
    }
}

/// Files that tell the distribution and its users, and where the loader looks for libraries.
pub(crate) fn is_system_file(path: &ImagePath) -> bool {
    const NAMES: [&[u8]; 13] = [
        b"etc/apk/repositories",
        b"etc/os-release",
        b"usr/lib/os-release",
        b"etc/alpine-release",
        b"etc/arch-release",
        b"etc/centos-release",
        b"etc/debian_version",
        b"etc/fedora-release",
        b"etc/oracle-release",
        b"etc/redhat-release",
        b"etc/SuSE-release",
        b"etc/system-release",
        b"etc/ld.so.conf",
    ];
    let bytes = path.as_bytes();
    let is_in = |directory: &[u8], suffix: &[u8]| {
        bytes
            .strip_prefix(directory)
            .is_some_and(|name| name.ends_with(suffix) && !name.contains(&b'/'))
    };
    let is_judged = |names: &[&str]| names.iter().any(|name| name.as_bytes() == bytes);
    NAMES.contains(&bytes)
        || is_judged(sekisho_imagecheck::SYSTEM_FILES)
        || is_in(b"etc/ld.so.conf.d/", b".conf")
        || is_in(b"etc/ld-musl-", b".path")
        || is_in(b"usr/lib/os.release.d/", b"")
}

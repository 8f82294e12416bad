//! Files that describe containers without being one. A kind of file is a file of `static_file/`.

mod dockerfile;
mod snippet;

use std::path::Path;

use sekisho_types::{
    Unknown,
    report::{CheckResult, Finding},
};

use crate::settings::CheckSettings;

pub(crate) use snippet::show;

/// A kind of file that can be checked.
pub(crate) struct FileKind {
    pub(crate) name: &'static str,
    /// How users know it: `Dockerfile, Containerfile, *.dockerfile`.
    pub(crate) names: &'static str,
    /// Whether a file of this name is one; what a walk through a directory goes by.
    pub(crate) is_named: fn(&Path) -> bool,
    /// Whether a text of unknown name is one.
    pub(crate) is_likely: fn(&[u8]) -> bool,
    pub(crate) judge: fn(&StaticFile, &CheckSettings) -> Judged,
    /// The file with everything mended that can be; none where nothing can.
    pub(crate) fix: fn(&StaticFile, &CheckSettings) -> Option<String>,
    pub(crate) max_bytes: u64,
}

/// Every kind, by name.
pub(crate) const KINDS: &[&FileKind] = &[&dockerfile::KIND];

/// A file that was read.
#[derive(Debug)]
pub(crate) struct StaticFile {
    /// As it is shown.
    pub(crate) name: String,
    /// None for standard input.
    pub(crate) path: Option<std::path::PathBuf>,
    pub(crate) bytes: Vec<u8>,
}

/// What the checks of its kind say.
#[derive(Debug, Default)]
pub(crate) struct Judged {
    pub(crate) findings: Vec<Finding>,
    pub(crate) results: Vec<CheckResult>,
    pub(crate) unknowns: Vec<Unknown>,
}

/// The kind of a file, by its name and then by what is in it.
pub(crate) fn kind_of(file: &StaticFile) -> Option<&'static FileKind> {
    let by_name =
        KINDS.iter().find(|kind| file.path.as_deref().is_some_and(|path| (kind.is_named)(path)));
    by_name.or_else(|| KINDS.iter().find(|kind| (kind.is_likely)(&file.bytes))).copied()
}

/// What can be checked, for messages.
pub(crate) fn supported() -> String {
    let kinds: Vec<String> =
        KINDS.iter().map(|kind| format!("{} ({})", kind.name, kind.names)).collect();
    kinds.join(", ")
}

use std::collections::BTreeMap;

use jiff::Timestamp;
use sekisho_check::{Failure, Message, Outcome, Text};
use sekisho_image::ImageConfig;
use sekisho_types::{
    Digest, Executable, InstalledPackage, OsRelease,
    report::{FindingPackage, Layer, Location},
};

use crate::{FileFacts, Place, Step};

/// What the checks are asked about.
#[derive(Debug, Default)]
pub struct ImageSubject {
    /// None for a plain directory.
    pub config: Option<ImageConfig>,
    pub os: Option<OsRelease>,
    pub packages: Vec<InstalledPackage>,
    /// Sorted by path.
    pub executables: Vec<Executable>,
    pub files: FileFacts,
    /// Bottom first.
    pub layers: Vec<Layer>,
    /// When the scan is made; none where ages are not to be judged.
    pub now: Option<Timestamp>,
    pub thresholds: Thresholds,
}

/// From where on something is too much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thresholds {
    /// Days since the image was made.
    pub age_days: i64,
    /// Days since its base was made.
    pub base_age_days: i64,
    pub n_layers: usize,
    /// Bytes of files that later layers delete or replace.
    pub hidden_bytes: u64,
    /// Bytes of executables that nothing reaches.
    pub unneeded_bytes: u64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            // Distributions publish fixes weekly; half a year is some two hundred of them.
            age_days: 180,
            base_age_days: 180,
            // Overlay mounts of older kernels end at 64 layers, docker build at 127.
            n_layers: 60,
            hidden_bytes: 50 << 20,
            unneeded_bytes: 50 << 20,
        }
    }
}

/// The answer of a check about configuration to a subject that has none.
pub(crate) const NO_CONFIG: Outcome = Outcome::NotApplicable {
    because: Text {
        en: "a directory has no image configuration",
        ja: "ディレクトリにはイメージ設定がない",
    },
};

/// The answer of a check about the history to an image without one.
pub(crate) const NO_HISTORY: Outcome = Outcome::NotApplicable {
    because: Text { en: "the image has no history", ja: "イメージに履歴がない" },
};

/// The answer of a check about ages to a scan that is not to judge them, or an image of no date.
pub(crate) const NO_DATE: Outcome = Outcome::NotApplicable {
    because: Text {
        en: "the image does not say when it was made", ja: "イメージに作成日時がない"
    },
};

/// The answer of a check about programs to an image of none.
pub(crate) const NO_PROGRAMS: Outcome = Outcome::NotApplicable {
    because: Text { en: "there are no programs in it", ja: "プログラムがない" },
};

impl ImageSubject {
    /// The steps of the history; empty for a directory.
    pub(crate) fn steps(&self) -> Vec<Step<'_>> {
        let history = self.config.as_ref().map(|config| config.history.as_slice());
        history.unwrap_or_default().iter().map(Step::parse).collect()
    }

    pub(crate) fn diff_id(&self, layer: usize) -> Option<Digest> {
        self.layers.get(layer).map(|layer| layer.diff_id)
    }

    /// Where a step of the history stands: the layer it made, and no path.
    pub(crate) fn location_of(&self, step: &Step<'_>) -> Option<Location> {
        let layer = self.diff_id(step.layer?)?;
        Some(Location::of_file(Some(layer), ""))
    }

    /// The executable at `path`.
    pub(crate) fn executable(&self, path: &str) -> Option<&Executable> {
        let index = self.executables.binary_search_by(|file| file.path.as_str().cmp(path)).ok()?;
        self.executables.get(index)
    }

    /// The package that owns an executable, as a finding names it.
    pub(crate) fn package_of(&self, path: &str) -> Option<FindingPackage> {
        let purl = self.executable(path)?.package.as_deref()?;
        let package = self.packages.iter().find(|package| package.purl == purl)?;
        Some(FindingPackage {
            name: package.name.clone(),
            version: package.version.clone(),
            purl: package.purl.clone(),
            fixed_version: None,
        })
    }

    /// Installed packages by name that their distribution or language put there.
    pub(crate) fn packages_named(&self, names: &[&str]) -> Vec<&InstalledPackage> {
        let mut found: BTreeMap<&str, &InstalledPackage> = BTreeMap::new();
        for package in &self.packages {
            if package.kind.is_os() && names.contains(&package.name.as_str()) {
                found.entry(&package.name).or_insert(package);
            }
        }
        found.into_values().collect()
    }

    /// Whether the image was built without a package manager and its shell.
    pub(crate) fn is_distroless(&self) -> bool {
        let id = self.os.as_ref().map(|os| os.id.as_str()).unwrap_or_default();
        self.files.has_status_directory || (id == "wolfi" || id == "chainguard")
    }
}

/// A failure at a file.
pub(crate) fn at(place: &Place, message: Message) -> Failure {
    Failure::new(&place.path, message).at(Location::of_file(place.layer, &place.path))
}

/// A failure at an executable.
pub(crate) fn at_executable(file: &Executable, message: Message) -> Failure {
    Failure::new(&file.path, message).at(Location::of_file(file.layer, &file.path))
}

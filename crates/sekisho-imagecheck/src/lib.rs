//! Judges an image by its configuration, its history, its files and its age.
//!
//! What a check needs to know of the files is gathered once, on the merged view of the layers,
//! into [`FileFacts`]: small plain data that can be cached. The checks themselves see only an
//! [`ImageSubject`], so that one of them is a file beside the others and a question to data.
//!
//! Vulnerabilities and secrets in the content of files are not here.

mod accounts;
mod caches;
mod checks;
mod days;
mod end_of_life;
mod files;
mod history;
mod lineage;
mod passwords;
mod places;
mod privileged;
mod programs;
mod secret_name;
mod subject;
#[cfg(test)]
mod testing;

pub use accounts::{Account, Accounts, Password, PasswordState, without_hashes};
pub use caches::PackageCache;
pub use checks::ALL;
pub use files::{FileFacts, HiddenFile, LayerFiles, Place, Places};
pub use history::Step;
pub use lineage::lineage;
pub use secret_name::is_secret;
pub use subject::{ImageSubject, Thresholds};

/// A check of an image.
pub type ImageCheck = sekisho_check::Check<ImageSubject>;

/// Files whose content [`FileFacts`] wants to read.
pub const SYSTEM_FILES: &[&str] = &["etc/passwd", "etc/shadow", "etc/group"];

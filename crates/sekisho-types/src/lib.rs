//! The words that two crates of one layer share.
//!
//! Plain data with no I/O, no clock and no wire format of a foreign tool. What a
//! report holds is in [`report`]; its JSON field names are a contract with users.

mod advice;
mod byte_count;
mod confidence;
mod coverage;
mod digest;
mod executable;
mod image_path;
mod lineage;
mod os_release;
mod package;
mod purl;
mod reference;
pub mod report;
mod severity;
mod unknown;
mod vulnerability;

pub use advice::{FixAdvice, FixCommand, PackageFix};
pub use byte_count::{ByteCount, ByteCountError};
pub use confidence::Confidence;
pub use coverage::{AskedEcosystem, Coverage, Omitted, OmittedBecause, WithdrawnAdvisory};
pub use digest::{Digest, DigestError};
pub use executable::{Executable, ExecutableFormat, FileCapabilities, Linkage, Relro};
pub use image_path::{ImagePath, ImagePathError};
pub use lineage::{Lineage, Origin, Rebuild};
pub use os_release::OsRelease;
pub use package::{InstalledPackage, Package, PackageKind};
pub use purl::{Purl, PurlError};
pub use reference::{Reference, ReferenceError};
pub use severity::Severity;
pub use unknown::Unknown;
pub use vulnerability::{
    CvssScore, EpssScore, FixDate, FixStatus, SeverityRating, Share, VulnerabilityFacts,
};

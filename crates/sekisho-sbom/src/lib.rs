//! Bills of materials: what an image holds, in the words of CycloneDX and SPDX.
//!
//! [`cyclonedx::Bom`] and [`spdx::Document`] are the documents as their specifications shape
//! them, and convert from a [`Report`](sekisho_types::report::Report). Nothing here knows how a
//! package was found. [`vex`] is what others say of vulnerabilities, read from three formats.
//!
//! # Invariants
//!
//! * The same report gives the same bytes: identifiers are derived from what the report says, and
//!   the time of a document is the time its subject was made.
//! * What could not be read is said in the document; a consumer never takes a gap for an absence.

pub mod cyclonedx;
mod identity;
mod inventory;
mod license;
mod oci;
pub mod spdx;
mod time;
pub mod vex;

pub use inventory::{Inventory, InventoryError, MAX_SBOM_BYTES};

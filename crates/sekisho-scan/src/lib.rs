//! From a target to a report.
//!
//! A [`Target`] is opened by whichever source has it; layers that are not in the [`Cache`] are
//! read once each, side by side; what they say is joined on their merged view.
//!
//! # Invariants
//!
//! * The same image gives the same report, whichever source it comes from, cached or not.
//! * A layer's facts depend on the layer alone, never on the image it was first seen in.
//! * What could not be read is named in the report, and then its verdict is not a pass.
//!
//! Output formats are not here.

mod asked;
mod cache;
mod commands;
mod engine;
mod error;
mod examine;
mod executables;
mod facts;
mod history;
mod inventory;
mod judge;
mod layer;
mod libraries;
mod lineage;
mod listed;
mod look;
mod nested;
mod open;
mod os_release;
mod packages;
mod progress;
mod reach;
mod remote;
mod scan;
mod secret_look;
mod secrets;
mod shipped;
mod stack;
mod target;
mod vex;

pub use cache::Cache;
pub use error::{AttachedError, NotFound, ScanError};
pub use examine::{Examination, examine};
pub use progress::Progress;
pub use scan::{Config, scan};
pub use target::{Target, TargetError};

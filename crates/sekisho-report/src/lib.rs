//! Reports as people and programs read them.
//!
//! A format is a file of `formats/`: a function from a report to bytes. What people read is told
//! in their language; what programs read is the same for everyone.
//!
//! # Invariants
//!
//! * The same report and options give the same bytes.
//! * Text of an image or a feed never becomes markup, code, or a command to a terminal.

mod closing;
mod format;
mod formats;
mod gitlab;
mod html;
mod junit;
mod lineage;
mod locale;
mod markdown;
mod reasons;
mod sarif;
mod summary;
mod table;
mod terminal;
mod vulnerabilities;
mod web;

pub use closing::closing;
pub use format::{Format, Options, WriteError};
pub use formats::ALL;
pub use locale::Language;

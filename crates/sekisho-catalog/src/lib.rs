//! Finds the packages and executables that an image holds.
//!
//! A cataloger reads the files that one package manager leaves behind and says which packages
//! they prove. It never runs a program, never follows a link, and never fails a scan: a file it
//! cannot make sense of becomes a [`Damage`] in the result, beside the packages read before it.
//!
//! # Invariants
//!
//! * The same bytes give the same packages in the same order, on every machine.
//! * A cataloger sees one file at a time; what several files say together is joined in
//!   `sekisho-scan`, on the merged view of the layers.
//! * A cataloger's output changes only together with its [`version`](Cataloger::version), which
//!   is part of the layer cache key.
//!
//! Version comparison and advisories are not here.

mod cataloged;
mod cataloger;
mod catalogers;
mod elf_layout;
mod error;
mod executable;
mod globs;
mod go_build_info;
mod identity;
mod java;
mod json;
mod lock_file;
mod rpm;
#[cfg(test)]
mod shown;
mod text_budget;

pub use cataloged::{Cataloged, Damage, Owned, Record};
pub use cataloger::{Cataloger, File, Scope, Selection, Selects};
pub use catalogers::ALL;
pub use error::CatalogError;
pub use executable::{ExecutableFacts, elf_facts, file_capabilities, script_facts};

// Written by `cargo xtask codegen` from the files beside it. Do not edit.

mod cyclonedx;
mod json;
mod spdx;
mod table;

use crate::Format;

/// Every output format, by name.
pub const ALL: &[&Format] = &[&cyclonedx::FORMAT, &json::FORMAT, &spdx::FORMAT, &table::FORMAT];

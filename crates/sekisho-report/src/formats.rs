// Written by `cargo xtask codegen` from the files beside it. Do not edit.

mod json;

use crate::Format;

/// Every output format, by name.
pub const ALL: &[&Format] = &[&json::FORMAT];

// Written by `cargo xtask codegen` from the files beside it. Do not edit.

mod dpkg;

use crate::Cataloger;

/// Every cataloger, by id.
pub const ALL: &[&Cataloger] = &[&dpkg::CATALOGER];

// Written by `cargo xtask codegen` from the files beside it. Do not edit.

mod cyclonedx;
mod gitlab;
mod gitlab_secrets;
mod html;
mod json;
mod junit;
mod markdown;
mod sarif;
mod spdx;
mod table;

use crate::Format;

/// Every output format, by name.
pub const ALL: &[&Format] = &[
    &cyclonedx::FORMAT,
    &gitlab::FORMAT,
    &gitlab_secrets::FORMAT,
    &html::FORMAT,
    &json::FORMAT,
    &junit::FORMAT,
    &markdown::FORMAT,
    &sarif::FORMAT,
    &spdx::FORMAT,
    &table::FORMAT,
];

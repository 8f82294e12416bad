//! Tests of images, read from files and judged on a view of an image.
//!
//! A suite of container-structure-test is read as that tool reads it: YAML 1.1, strict names,
//! the defaults of its JSON, the regular expressions of Go. What it asks for is asked of a
//! [`View`]: the merged layers, the configuration, and the content of the files that a suite
//! [wants](Wanted). Nothing is unpacked, and links stay inside the image.
//!
//! # Invariants
//!
//! * The same suite and the same view give the same results in the same order.
//! * What could not be read is a failed test that says so, never a pass.
//! * Nothing is run here: command tests are [planned](CommandPlan) for whoever can run them, and
//!   judged by what that gave.

mod command;
mod document;
mod expand;
mod fields;
mod judge;
mod lint;
mod mistake;
mod mode;
mod outcome;
mod output;
mod pattern;
mod policy;
mod suite;
mod template;
mod tests_file;
mod view;
mod wanted;

pub use command::{CommandFailure, CommandPlan, CommandRun, Compat};
pub use document::{MAX_DOCUMENT_BYTES, Notation, Place};
pub use fields::Located;
pub use judge::Ran;
pub use mistake::Mistake;
pub use outcome::{Summary, TestResult};
pub use output::{DEFAULT_SUITE_NAME, FileResults, write_json, write_junit, write_text};
pub use pattern::{Pattern, PatternError, Vacuous, go_text};
pub use policy::{ImagePolicy, first_policy, json_schema, reference};
pub use suite::{
    CommandTest, Expectations, FileContentTest, FileExistenceTest, LicenseTest, MetadataTest,
    RunOptions, Suite, Variable,
};
pub use template::Variables;
pub use tests_file::Tests;
pub use view::{FileContent, View};
pub use wanted::Wanted;

//! Findings for code scanning services, as SARIF 2.1.0.
//!
//! # Source
//!
//! OASIS SARIF 2.1.0; what GitHub reads of it: `security-severity`, `precision` and `tags` of a
//! rule.

use std::io;

use sekisho_types::report::Report;

use crate::{Format, Options, WriteError, format::write_json, sarif::Log};

pub(super) const FORMAT: Format = Format { id: "sarif", write };

fn write(report: &Report, _: &Options, out: &mut dyn io::Write) -> Result<(), WriteError> {
    write_json(&Log::from(report), out)
}

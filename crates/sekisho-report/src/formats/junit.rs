//! Findings as failed tests, for the many services that show those.
//!
//! # Source
//!
//! There is no standard; this is what the XML schema of Jenkins' xUnit plugin allows and what
//! GitLab reads.

use std::io;

use sekisho_types::report::Report;

use crate::{Format, Options, WriteError, junit};

pub(super) const FORMAT: Format = Format { id: "junit", write };

fn write(report: &Report, _: &Options, out: &mut dyn io::Write) -> Result<(), WriteError> {
    out.write_all(junit::document(report).as_bytes()).map_err(WriteError::write)
}

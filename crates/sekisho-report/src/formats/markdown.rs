//! The report for a comment on a change or the summary of a job.

use std::io;

use sekisho_types::report::Report;

use crate::{Format, Options, WriteError, markdown};

pub(super) const FORMAT: Format = Format { id: "markdown", write };

fn write(report: &Report, options: &Options, out: &mut dyn io::Write) -> Result<(), WriteError> {
    out.write_all(markdown::document(report, options).as_bytes()).map_err(WriteError::write)
}

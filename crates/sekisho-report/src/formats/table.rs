//! The report for people on a terminal: what it is, whether it passes, what was found and what
//! to type next.

use std::io;

use sekisho_types::report::Report;

use crate::{Format, Options, WriteError, table::Table};

pub(super) const FORMAT: Format = Format { id: "table", write };

fn write(report: &Report, options: &Options, out: &mut dyn io::Write) -> Result<(), WriteError> {
    Table::new(report, options, out).write().map_err(WriteError::write)
}

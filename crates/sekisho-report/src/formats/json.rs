//! The report itself, in the shape that DESIGN promises to scripts.

use std::io;

use sekisho_types::report::Report;

use crate::{Format, Options, WriteError, format::write_json};

pub(super) const FORMAT: Format = Format { id: "json", write };

fn write(report: &Report, _: &Options, out: &mut dyn io::Write) -> Result<(), WriteError> {
    write_json(report, out)
}

use std::io;

use sekisho_types::report::Report;

use crate::{Format, Options, WriteError};

pub(super) const FORMAT: Format = Format { id: "json", write };

fn write(report: &Report, _: &Options, out: &mut dyn io::Write) -> Result<(), WriteError> {
    serde_json::to_writer_pretty(&mut *out, report)
        .map_err(io::Error::from)
        .and_then(|()| out.write_all(b"\n"))
        .map_err(|source| WriteError::Write { source })
}

//! The bill of materials as SPDX 2.3.

use std::io;

use sekisho_sbom::spdx::Document;
use sekisho_types::report::Report;

use crate::{Format, Options, WriteError, format::write_json};

pub(super) const FORMAT: Format = Format { id: "spdx", write };

fn write(report: &Report, _: &Options, out: &mut dyn io::Write) -> Result<(), WriteError> {
    write_json(&Document::from(report), out)
}

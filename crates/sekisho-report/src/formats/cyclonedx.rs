//! The bill of materials as CycloneDX 1.6.

use std::io;

use sekisho_sbom::cyclonedx::Bom;
use sekisho_types::report::Report;

use crate::{Format, Options, WriteError, format::write_json};

pub(super) const FORMAT: Format = Format { id: "cyclonedx", write };

fn write(report: &Report, _: &Options, out: &mut dyn io::Write) -> Result<(), WriteError> {
    write_json(&Bom::from(report), out)
}

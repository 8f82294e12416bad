//! The report as one page that needs nothing else: no network, no script, no font.

use std::io;

use askama::Template as _;
use sekisho_types::report::Report;

use crate::{Format, Options, WriteError, html::Page};

pub(super) const FORMAT: Format = Format { id: "html", write };

fn write(report: &Report, options: &Options, out: &mut dyn io::Write) -> Result<(), WriteError> {
    let page = Page::new(report, options);
    page.write_into(out).and_then(|()| out.write_all(b"\n")).map_err(WriteError::write)
}

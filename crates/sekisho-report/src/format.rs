use std::{
    fmt,
    io::{self, Write as _},
};

use jiff::Timestamp;
use sekisho_types::report::Report;

use crate::Language;

/// A way to write a report.
pub struct Format {
    pub id: &'static str,
    pub write: fn(&Report, &Options, &mut dyn io::Write) -> Result<(), WriteError>,
}

impl fmt::Debug for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Format({})", self.id)
    }
}

/// How it is shown to people. Formats for programs heed none of it.
#[derive(Debug, Clone, Default)]
pub struct Options {
    pub color: bool,
    /// Columns of the terminal; none where nobody knows.
    pub width: Option<u16>,
    pub language: Language,
    /// For ages in days; none to leave them out.
    pub now: Option<Timestamp>,
}

#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    #[error("failed to write the report")]
    Write {
        #[source]
        source: io::Error,
    },
}

impl WriteError {
    pub(crate) fn write(source: io::Error) -> Self {
        Self::Write { source }
    }
}

/// Writes a document as JSON that people can read too.
pub(crate) fn write_json(
    document: &impl serde::Serialize,
    out: &mut dyn io::Write,
) -> Result<(), WriteError> {
    // JSON comes in pieces of a few bytes, which is no time to ask what `out` is.
    let mut out = io::BufWriter::with_capacity(64 * 1024, out);
    serde_json::to_writer_pretty(&mut out, document)
        .map_err(io::Error::from)
        .and_then(|()| out.write_all(b"\n"))
        .and_then(|()| out.flush())
        .map_err(WriteError::write)
}

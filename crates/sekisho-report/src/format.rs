use std::{fmt, io};

use sekisho_types::report::Report;

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

/// How it is shown to people.
#[derive(Debug, Clone, Default)]
pub struct Options {
    pub color: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    #[error("failed to write the report")]
    Write {
        #[source]
        source: io::Error,
    },
}

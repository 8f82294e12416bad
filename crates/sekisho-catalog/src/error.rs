use std::io;

use sekisho_archive::zip::ZipError;

/// Why a selected file gives nothing more.
///
/// A damaged part that can be stepped over is not here: it is a [`Damage`](crate::Damage).
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    #[error("the file cannot be read")]
    Read {
        #[source]
        source: io::Error,
    },
    #[error("not valid JSON of the expected shape")]
    Json {
        #[source]
        source: serde_json::Error,
    },
    /// `reason` repeats hostile text, so it is shown escaped.
    #[error("not valid {format}{}: {reason:?}", at_line(*.line))]
    Document { format: &'static str, line: Option<u64>, reason: String },
    #[error("the archive cannot be read")]
    Zip {
        #[source]
        source: ZipError,
    },
    /// `what` is a noun: "b-tree page", "central directory".
    #[error("a damaged {what} at byte {offset}")]
    Damaged { what: &'static str, offset: u64 },
    #[error("more than {limit} {what}")]
    TooMany { what: &'static str, limit: u64 },
}

fn at_line(line: Option<u64>) -> String {
    line.map(|line| format!(" at line {line}")).unwrap_or_default()
}

use std::io;

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
    /// `what` is a noun: "b-tree page", "central directory".
    #[error("a damaged {what} at byte {offset}")]
    Damaged { what: &'static str, offset: u64 },
    #[error("more than {limit} {what}")]
    TooMany { what: &'static str, limit: u64 },
}

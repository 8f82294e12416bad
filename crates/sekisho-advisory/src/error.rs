use std::io;

/// Why a feed gives nothing at all.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    #[error("failed to read the feed")]
    Read {
        #[source]
        source: io::Error,
    },
    #[error("the feed is not JSON of the expected shape")]
    Json {
        #[source]
        source: serde_json::Error,
    },
    /// `what` says what is wrong, as a noun: "header".
    #[error("the feed has a wrong {what} in line {line}")]
    Line { what: &'static str, line: u64 },
}

use std::{io, path::PathBuf};

use sekisho_types::Digest;

/// Why nothing can be fetched at all.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    #[error("failed to set up TLS: {what}")]
    Tls { what: String },
    #[error("failed to read the certificate authorities in {path:?}")]
    Certificates {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("{path:?} holds no PEM certificate")]
    NoCertificate { path: PathBuf },
    #[error("failed to use the directory of feeds {path:?}")]
    Directory {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("another process is fetching feeds into {path:?}")]
    Locked { path: PathBuf },
}

/// Why the files of one feed were not fetched, or not all of them.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    #[error("no address is known for the feed {feed:?}")]
    Unknown { feed: String },
    #[error("no answer from {url}")]
    Request {
        url: String,
        #[source]
        source: reqwest::Error,
    },
    /// `message` is what the server said of itself, shortened.
    #[error("{url} answered {status}{message}")]
    Status { url: String, status: u16, message: String },
    #[error("{url} is not there")]
    NotFound { url: String },
    #[error("the answer of {url} has more than the {limit} bytes that are taken")]
    TooLarge { url: String, limit: u64 },
    #[error("the download of {url} broke off after {n_bytes} bytes, again and again")]
    Broken {
        url: String,
        n_bytes: u64,
        #[source]
        source: io::Error,
    },
    #[error("{url} gave {actual} bytes and had announced {expected}")]
    Length { url: String, expected: u64, actual: u64 },
    #[error("what {url} gave is not whole: {what}")]
    NotWhole { url: String, what: String },
    #[error("{url} gave {actual} for {expected}")]
    Digest { url: String, expected: Digest, actual: Digest },
    /// `what` is a noun: "list of mirrors".
    #[error("{url} gave no {what} that is understood")]
    Listing { url: String, what: &'static str },
    #[error("failed to write {path:?}")]
    Write {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("failed to copy {path:?}")]
    Copy {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
}

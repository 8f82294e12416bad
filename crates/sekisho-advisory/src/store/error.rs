use std::{
    io,
    path::{Path, PathBuf},
};

use sekisho_types::Digest;

use crate::FeedError;

/// Why a database does not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("there is no advisory database in {dir:?}")]
    Missing { dir: PathBuf },
    #[error("failed to read {path:?} of the advisory database")]
    Read {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    /// `reason` is a sentence without a full stop.
    #[error("the manifest {path:?} of the advisory database is damaged: {reason}")]
    Manifest { path: PathBuf, reason: String },
    #[error(
        "the advisory database in {dir:?} is signed with the key {key_id}, which is not trusted"
    )]
    Untrusted { dir: PathBuf, key_id: String },
    #[error("the signature of the manifest {path:?} of the advisory database is wrong")]
    Signature { path: PathBuf },
    #[error(
        "the advisory database in {dir:?} has the serial {serial}, but {accepted} was accepted \
         before: an older one was put in its place (remove {record:?} if that was you)"
    )]
    RolledBack { dir: PathBuf, serial: u64, accepted: u64, record: PathBuf },
    #[error("the segment {path:?} of the advisory database has {actual} bytes, not {expected}")]
    Size { path: PathBuf, expected: u64, actual: u64 },
}

/// Why the database did not answer a question. It never means that nothing is known.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the segment {path:?} of the advisory database is damaged at byte {offset}")]
    Damaged { path: PathBuf, offset: u64 },
    #[error("failed to map the segment {path:?} of the advisory database")]
    Map {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
}

/// Why a database was not written. The one before it still answers.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    #[error("failed to write {path:?} of the advisory database")]
    Write {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("failed to read {path:?}")]
    Read {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("another process is writing the advisory database in {dir:?}: wait until it has ended")]
    Locked { dir: PathBuf },
    #[error("the segment {path:?} of the advisory database would be larger than 4 GiB")]
    TooLarge { path: PathBuf },
    #[error("the source {name:?} names more than {limit} releases of distributions")]
    Releases { name: String, limit: usize },
    #[error("{dir:?} holds no feeds: the guide on the database shows where each one lies")]
    NoFeeds { dir: PathBuf },
    #[error(transparent)]
    Feed(FeedError),
    #[error("the segment {digest} is damaged or missing in what was given")]
    Segment { digest: Digest },
    #[error("failed to read the segment {digest}")]
    Content {
        digest: Digest,
        #[source]
        source: io::Error,
    },
    #[error("the file is no advisory database, or a damaged one")]
    Archive {
        #[source]
        source: io::Error,
    },
    #[error("the advisory database that was given is not taken")]
    Given {
        #[source]
        source: OpenError,
    },
    /// What is recorded of the database before cannot be read.
    #[error(transparent)]
    Open(OpenError),
}

/// Why a database was not handed on.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error("failed to write the advisory database")]
    Write {
        #[source]
        source: io::Error,
    },
    #[error(transparent)]
    Store(StoreError),
}

impl BuildError {
    pub(super) fn write(path: &Path, source: io::Error) -> Self {
        Self::Write { path: path.to_owned(), source }
    }

    pub(super) fn read(path: &Path, source: io::Error) -> Self {
        Self::Read { path: path.to_owned(), source }
    }
}

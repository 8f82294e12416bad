use std::{
    io,
    path::{Path, PathBuf},
};

use sekisho_archive::{tar::TarError, zip::ZipError};

/// Why a feed gives nothing, or not all that it holds.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    #[error("no file of the feed {feed} is in {}: it would be {layout}", root.display())]
    Missing { feed: &'static str, root: PathBuf, layout: String },
    #[error("failed to read the feed file {}", path.display())]
    Read {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("the feed file {} is no sound archive", path.display())]
    Zip {
        path: PathBuf,
        #[source]
        source: ZipError,
    },
    #[error("the feed file {} is no sound archive", path.display())]
    Tar {
        path: PathBuf,
        #[source]
        source: TarError,
    },
    /// `what` is a noun: "an end of the text".
    #[error("the feed file {} has {what} at byte {at}", path.display())]
    Damaged { path: PathBuf, what: &'static str, at: u64 },
}

impl FeedError {
    /// The file that is to blame; none where there is no file.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Missing { .. } => None,
            Self::Read { path, .. }
            | Self::Zip { path, .. }
            | Self::Tar { path, .. }
            | Self::Damaged { path, .. } => Some(path),
        }
    }
}

/// A [`FeedError`] of a file whose path the reader of a format does not know.
#[derive(Debug)]
pub(crate) enum ReadError {
    Io(io::Error),
    Zip(ZipError),
    Tar(TarError),
    Damaged { what: &'static str, at: u64 },
}

impl ReadError {
    pub(crate) fn at(self, path: PathBuf) -> FeedError {
        match self {
            Self::Io(source) => FeedError::Read { path, source },
            Self::Zip(source) => FeedError::Zip { path, source },
            Self::Tar(source) => FeedError::Tar { path, source },
            Self::Damaged { what, at } => FeedError::Damaged { path, what, at },
        }
    }
}

impl From<io::Error> for ReadError {
    fn from(source: io::Error) -> Self {
        Self::Io(source)
    }
}

impl From<ZipError> for ReadError {
    fn from(source: ZipError) -> Self {
        Self::Zip(source)
    }
}

impl From<TarError> for ReadError {
    fn from(source: TarError) -> Self {
        Self::Tar(source)
    }
}

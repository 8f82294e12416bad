use std::{
    io,
    path::{Path, PathBuf},
};

use reqwest::{
    blocking::Response,
    header::{ETAG, HeaderName, LAST_MODIFIED},
};
use serde::{Deserialize, Serialize};

/// Largest file of state; an address and two headers.
const MAX_STATE_BYTES: u64 = 64 << 10;

/// What a server said of a file, kept beside it, so that the next request can ask whether it
/// has changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct State {
    pub(crate) url: String,
    pub(crate) etag: Option<String>,
    pub(crate) last_modified: Option<String>,
    /// Of the whole file, where that is known.
    pub(crate) size_bytes: Option<u64>,
}

impl State {
    pub(crate) fn of(url: &str, response: &Response, size_bytes: Option<u64>) -> Self {
        let header = |name: HeaderName| {
            let value = response.headers().get(name)?;
            value.to_str().ok().map(str::to_owned)
        };
        let (etag, last_modified) = (header(ETAG), header(LAST_MODIFIED));
        Self { url: url.to_owned(), etag, last_modified, size_bytes }
    }

    /// Reads what is kept beside `path`; none where nothing usable is.
    pub(crate) fn load(path: &Path) -> Option<Self> {
        let path = beside(path, "http");
        let size_bytes = fs_err::metadata(&path).ok()?.len();
        if size_bytes > MAX_STATE_BYTES {
            return None;
        }
        serde_json::from_slice(&fs_err::read(path).ok()?).ok()
    }

    pub(crate) fn save(&self, path: &Path) -> io::Result<()> {
        let json = serde_json::to_vec(self).map_err(io::Error::other)?;
        fs_err::write(beside(path, "http"), json)
    }

    /// What `If-Range` may carry: an entity tag that promises the same bytes, else a date.
    ///
    /// # Source
    ///
    /// RFC 9110, 13.1.5.
    pub(crate) fn range_validator(&self) -> Option<&str> {
        let strong = self.etag.as_deref().filter(|etag| !etag.starts_with("W/"));
        strong.or(self.last_modified.as_deref())
    }
}

/// The path of a file that belongs to `path` and is no feed: `.all.zip.http`.
pub(crate) fn beside(path: &Path, kind: &str) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{kind}"))
}

use std::{
    io::{self, Read},
    thread::sleep,
    time::Duration,
};

use reqwest::blocking::Response;
use sekisho_types::Digest;

use crate::{RegistryError, Repository};

/// How often one download is taken up again without a byte of progress in between.
const MAX_BREAKS: u32 = 5;

/// Wait after the first break; doubled for each further one.
const FIRST_WAIT: Duration = Duration::from_millis(500);

/// A blob that is to be downloaded.
#[derive(Debug)]
pub(crate) struct Download {
    repository: Repository,
    digest: Digest,
    size_bytes: Option<u64>,
}

/// A blob on its way.
pub(crate) struct Running {
    download: Download,
    response: Response,
    position: u64,
    n_breaks: u32,
}

impl Download {
    pub(crate) fn new(repository: Repository, digest: Digest, size_bytes: Option<u64>) -> Self {
        Self { repository, digest, size_bytes }
    }

    /// Starts at `offset`.
    pub(crate) fn started(self, offset: u64) -> Result<Running, RegistryError> {
        let (response, from) = self.repository.request_blob(&self.digest, offset)?;
        let mut running = Running { download: self, response, position: offset, n_breaks: 0 };
        running.skip(offset - from.min(offset)).map_err(|source| RegistryError::Body {
            url: format!("the blob {}", running.download.digest),
            source,
        })?;
        Ok(running)
    }
}

impl Running {
    /// Passes over what was read before.
    fn skip(&mut self, n: u64) -> io::Result<()> {
        let n_skipped = io::copy(&mut (&mut self.response).take(n), &mut io::sink())?;
        if n_skipped == n { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }

    fn resume(&mut self, cause: &io::Error) -> io::Result<()> {
        self.n_breaks += 1;
        if self.n_breaks > MAX_BREAKS {
            return Err(io::Error::new(cause.kind(), cause.to_string()));
        }
        let wait = FIRST_WAIT * 2_u32.pow(self.n_breaks - 1);
        tracing::info!(blob.digest = %self.download.digest, position = self.position,
            wait_ms = wait.as_millis(), "a download broke and is taken up again");
        sleep(wait);
        let Download { repository, digest, .. } = &self.download;
        let (response, from) =
            repository.request_blob(digest, self.position).map_err(io::Error::other)?;
        self.response = response;
        self.skip(self.position - from.min(self.position))
    }

    fn is_complete(&self) -> bool {
        self.download.size_bytes.is_none_or(|size_bytes| self.position >= size_bytes)
    }
}

impl Read for Running {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            let cause = match self.response.read(buffer) {
                Ok(0) if self.is_complete() => return Ok(0),
                Ok(0) => io::Error::from(io::ErrorKind::UnexpectedEof),
                Ok(n) => {
                    self.position += n as u64;
                    self.n_breaks = 0;
                    return Ok(n);
                }
                Err(err) => err,
            };
            self.resume(&cause)?;
        }
    }
}

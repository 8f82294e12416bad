use std::{
    io::{self, BufReader, Read, Seek, Write},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use rustix::fs::FlockOperation;
use sekisho_archive::Sha256;
use sekisho_types::Digest;

use crate::{
    RegistryError,
    blob::{Download, Running},
};

/// Blobs that were downloaded, whole or in part, bounded in size.
///
/// A part is continued by the next run. One process at a time adds to a part; another that wants
/// the same blob meanwhile downloads it for itself.
#[derive(Debug, Clone)]
pub struct BlobCache {
    directory: PathBuf,
    max_bytes: u64,
}

impl BlobCache {
    /// Opens or makes the directory, for this user alone: images may be private.
    ///
    /// # Errors
    ///
    /// When it cannot be made.
    pub fn open_directory(directory: &Path, max_bytes: u64) -> io::Result<Self> {
        fs_err::create_dir_all(directory)?;
        fs_err::set_permissions(directory, PermissionsExt::from_mode(0o700))?;
        Ok(Self { directory: directory.to_owned(), max_bytes })
    }

    pub(crate) fn open(
        &self,
        digest: &Digest,
        download: Download,
    ) -> Result<Box<dyn Read + Send>, RegistryError> {
        let path = self.directory.join(format!("{}-{}", digest.algorithm(), digest.to_hex()));
        if let Ok(file) = fs_err::File::open(&path) {
            return Ok(Box::new(file));
        }
        match Self::part(&path) {
            Ok(Some((part, hash, position))) => {
                let kept =
                    fs_err::File::open(part.path()).map_err(|source| body(digest, source))?;
                let running = download.started(position)?;
                Ok(Box::new(Kept {
                    cache: self.clone(),
                    digest: *digest,
                    earlier: Some(BufReader::new(kept).take(position)),
                    running,
                    part: Some((part, hash)),
                    path,
                }))
            }
            Ok(None) => Ok(Box::new(download.started(0)?)),
            Err(err) => {
                let error: &dyn std::error::Error = &err;
                tracing::warn!(error, "a blob is not kept");
                Ok(Box::new(download.started(0)?))
            }
        }
    }

    /// The part of a blob that is there, for this process alone; none while another has it.
    fn part(path: &Path) -> io::Result<Option<(fs_err::File, Sha256, u64)>> {
        let mut part = fs_err::OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path.with_extension("part"))?;
        if rustix::fs::flock(part.file(), FlockOperation::NonBlockingLockExclusive).is_err() {
            return Ok(None);
        }
        let mut hash = Sha256::default();
        let mut position = 0;
        let mut buffer = vec![0; 256 * 1024];
        loop {
            let n = part.read(&mut buffer)?;
            let Some(chunk) = buffer.get(..n).filter(|chunk| !chunk.is_empty()) else { break };
            hash.update(chunk);
            position += n as u64;
        }
        part.seek(io::SeekFrom::End(0))?;
        Ok(Some((part, hash, position)))
    }

    /// Removes the oldest blobs until the rest is within the bound.
    fn evict(&self) -> io::Result<()> {
        let mut entries = Vec::new();
        let mut n_bytes = 0;
        for entry in fs_err::read_dir(&self.directory)? {
            let entry = entry?;
            let Ok(metadata) = entry.metadata() else { continue };
            n_bytes += metadata.len();
            entries.push((metadata.modified()?, entry.path(), metadata.len()));
        }
        entries.sort();
        for (_, path, size_bytes) in entries {
            if n_bytes <= self.max_bytes {
                break;
            }
            drop(fs_err::remove_file(path));
            n_bytes = n_bytes.saturating_sub(size_bytes);
        }
        Ok(())
    }
}

fn body(digest: &Digest, source: io::Error) -> RegistryError {
    RegistryError::Body { url: format!("the blob {digest}"), source }
}

/// A blob that is kept while it is read.
struct Kept {
    cache: BlobCache,
    digest: Digest,
    /// What an earlier run had already.
    earlier: Option<io::Take<BufReader<fs_err::File>>>,
    running: Running,
    /// Where the rest goes, as long as it can be written.
    part: Option<(fs_err::File, Sha256)>,
    path: PathBuf,
}

impl Kept {
    fn keep(&mut self, bytes: &[u8]) {
        if let Some((part, hash)) = &mut self.part {
            hash.update(bytes);
            if let Err(err) = part.write_all(bytes) {
                let error: &dyn std::error::Error = &err;
                tracing::warn!(error, "a blob is not kept");
                self.part = None;
            }
        }
    }

    /// Names the file when it is what its name will say, and removes it when it is not.
    fn complete(&mut self) {
        let Some((part, hash)) = self.part.take() else { return };
        let result = if hash.finish() == self.digest {
            fs_err::rename(part.path(), &self.path).and_then(|()| self.cache.evict())
        } else {
            fs_err::remove_file(part.path())
        };
        if let Err(err) = result {
            let error: &dyn std::error::Error = &err;
            tracing::warn!(error, "a blob is not kept");
        }
    }
}

impl Read for Kept {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        if let Some(earlier) = &mut self.earlier {
            let n = earlier.read(buffer)?;
            if n > 0 {
                return Ok(n);
            }
            self.earlier = None;
        }
        let n = self.running.read(buffer)?;
        if n == 0 {
            self.complete();
        } else {
            self.keep(buffer.get(..n).unwrap_or_default());
        }
        Ok(n)
    }
}

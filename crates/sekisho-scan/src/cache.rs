//! What was read before, so that a layer is read once on a machine.
//!
//! An entry is a file named by the hash of everything its content depends on. It is written
//! under another name first and then renamed, so that processes side by side never see half an
//! entry, and none waits for another. An entry that cannot be read, or is not what was written,
//! is as good as none.

use std::{
    io::{self, Read, Write},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use rustix::fs::{Timespec, Timestamps, UTIME_NOW, UTIME_OMIT};
use sekisho_archive::{Sha256, sha256};
use sekisho_types::Digest;
use serde::{Serialize, de::DeserializeOwned};

/// Changed with the layout of the directory or the encoding of entries.
const LAYOUT: &str = "v2";

/// Largest entry that is read or written: a layer of two million files.
const MAX_ENTRY_BYTES: u64 = 1 << 30;

/// A directory of entries, bounded in size.
#[derive(Debug, Clone)]
pub struct Cache {
    directory: PathBuf,
    max_bytes: u64,
}

/// What an entry depends on: made of parts, each of which changes the key.
#[derive(Debug)]
pub(crate) struct Key(Sha256);

impl Key {
    /// `kind` tells entries of different types apart.
    pub(crate) fn new(kind: &str) -> Self {
        Self(Sha256::default()).with(kind.as_bytes())
    }

    pub(crate) fn with(mut self, part: &[u8]) -> Self {
        self.0.update(&(part.len() as u64).to_le_bytes());
        self.0.update(part);
        self
    }

    fn finish(self) -> Digest {
        self.0.finish()
    }
}

impl Cache {
    /// Size of a cache when nobody says otherwise.
    pub const DEFAULT_MAX_BYTES: u64 = 2 << 30;

    /// Opens or makes the directory, for this user alone.
    ///
    /// # Errors
    ///
    /// When it cannot be made.
    pub fn open(directory: &Path, max_bytes: u64) -> io::Result<Self> {
        let directory = directory.join(LAYOUT);
        fs_err::create_dir_all(&directory)?;
        fs_err::set_permissions(&directory, PermissionsExt::from_mode(0o700))?;
        Ok(Self { directory, max_bytes })
    }

    /// The entry of a key; none when there is none that can be read.
    pub(crate) fn get<T: DeserializeOwned>(&self, key: Key) -> Option<T> {
        let path = self.path(key);
        match read(&path) {
            Ok(entry) => Some(entry),
            Err(err) if err.kind() == io::ErrorKind::NotFound => None,
            Err(err) => {
                tracing::debug!(error = &err as &dyn std::error::Error, "a cache entry is damaged");
                // Another process may have removed or replaced it already.
                drop(fs_err::remove_file(&path));
                None
            }
        }
    }

    /// Stores an entry. A cache that cannot be written makes scans slow and not wrong, so the
    /// cause is only logged.
    pub(crate) fn put<T: Serialize>(&self, key: Key, entry: &T) {
        let path = self.path(key);
        if let Err(err) = self.write(&path, entry) {
            tracing::warn!(error = &err as &dyn std::error::Error, "the cache was not written");
        }
    }

    fn path(&self, key: Key) -> PathBuf {
        self.directory.join(key.finish().to_hex())
    }

    fn write<T: Serialize>(&self, path: &Path, entry: &T) -> io::Result<()> {
        let bytes = postcard::to_stdvec(entry).map_err(io::Error::other)?;
        let n_bytes = bytes.len() as u64;
        if n_bytes > self.max_bytes.min(MAX_ENTRY_BYTES) {
            return Ok(());
        }
        let mut file = tempfile::NamedTempFile::new_in(&self.directory)?;
        file.write_all(&n_bytes.to_le_bytes())?;
        file.write_all(sha256(&bytes).as_bytes())?;
        file.write_all(&bytes)?;
        file.persist(path)?;
        self.evict()
    }

    /// Removes what was not used for longest until the rest is within the bound.
    fn evict(&self) -> io::Result<()> {
        let mut entries = Vec::new();
        let mut n_bytes = 0;
        for entry in fs_err::read_dir(&self.directory)? {
            let entry = entry?;
            // An entry that another process removed meanwhile takes no room.
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

fn read<T: DeserializeOwned>(path: &Path) -> io::Result<T> {
    let mut file = fs_err::File::open(path)?;
    let mut announced = [0; 8];
    file.read_exact(&mut announced)?;
    let announced = u64::from_le_bytes(announced);
    let mut checksum = [0; 32];
    file.read_exact(&mut checksum)?;
    let damaged = |what| io::Error::new(io::ErrorKind::InvalidData, what);
    if announced > MAX_ENTRY_BYTES {
        return Err(damaged("the entry has the wrong length"));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(announced).unwrap_or(0));
    (&mut file).take(announced + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 != announced {
        return Err(damaged("the entry has the wrong length"));
    }
    if sha256(&bytes).as_bytes() != checksum {
        return Err(damaged("the entry was changed"));
    }
    let entry = postcard::from_bytes(&bytes).map_err(io::Error::other)?;
    // The time of use, for the eviction; a read-only cache goes without.
    let times = Timestamps {
        last_access: Timespec { tv_sec: 0, tv_nsec: UTIME_OMIT },
        last_modification: Timespec { tv_sec: 0, tv_nsec: UTIME_NOW },
    };
    if let Err(errno) = rustix::fs::futimens(file.file(), &times) {
        tracing::debug!(%errno, "a cache entry was not marked as used");
    }
    Ok(entry)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str) -> Key {
        Key::new("test").with(name.as_bytes())
    }

    fn get(cache: &Cache, name: &str) -> Option<String> {
        cache.get(key(name))
    }

    #[test]
    fn an_entry_reads_as_it_was_written() {
        let directory = tempfile::tempdir().unwrap();
        let cache = Cache::open(directory.path(), 1000).unwrap();
        assert_eq!(get(&cache, "a"), None);
        cache.put(key("a"), &"value");
        assert_eq!(get(&cache, "a"), Some("value".to_owned()));
        assert_eq!(get(&cache, "b"), None);
    }

    #[test]
    fn parts_of_a_key_do_not_run_together() {
        let digest = |parts: &[&str]| {
            parts.iter().fold(Key::new(""), |key, part| key.with(part.as_bytes())).finish()
        };
        assert_ne!(digest(&["ab", "c"]), digest(&["a", "bc"]));
    }

    #[test]
    fn a_damaged_entry_is_none() {
        let directory = tempfile::tempdir().unwrap();
        let cache = Cache::open(directory.path(), 1000).unwrap();
        cache.put(key("a"), &"value");
        let path = cache.path(key("a"));
        let bytes = fs_err::read(&path).unwrap();
        for damaged in [&bytes[..bytes.len() - 1], b"", b"\xff\xff\xff\xff\xff\xff\xff\xff"] {
            fs_err::write(&path, damaged).unwrap();
            assert_eq!(get(&cache, "a"), None);
            assert!(!path.exists());
        }
    }

    #[test]
    fn what_was_not_used_for_longest_goes_first() {
        let directory = tempfile::tempdir().unwrap();
        let cache = Cache::open(directory.path(), 300).unwrap();
        let value = "x".repeat(90);
        for (name, seconds) in [("old", 10), ("used", 20)] {
            cache.put(key(name), &value);
            let file = fs_err::File::open(cache.path(key(name))).unwrap();
            let time = Timespec { tv_sec: seconds, tv_nsec: 0 };
            let times = Timestamps { last_access: time, last_modification: time };
            rustix::fs::futimens(file.file(), &times).unwrap();
        }
        assert!(get(&cache, "old").is_some(), "using an entry makes it new");
        cache.put(key("new"), &value);
        assert_eq!(get(&cache, "used"), None);
        assert!(get(&cache, "old").is_some() && get(&cache, "new").is_some());
    }
}

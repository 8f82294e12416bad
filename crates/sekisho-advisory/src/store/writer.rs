//! Replaces the database of a directory by a newer one, in one step.
//!
//! Segments come first, under the names of what they hold; then the manifest takes the place of
//! the one before by a rename, which is all or nothing. So a writer that is killed or runs out of
//! space leaves the database as it was, and readers need no lock.

use std::{
    collections::BTreeSet,
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use tempfile::NamedTempFile;

use super::{
    accepted,
    build::hash,
    error::BuildError,
    key::{SigningKey, TrustedKeys},
    manifest::{self, Manifest, SegmentRef, Source},
    segment_writer::readable,
};

/// The directory of segments in that of a database.
pub(super) const SEGMENTS: &str = "segments";

/// The manifest before the last, whose segments are kept for those who still read them.
const PREVIOUS: &str = "manifest.previous";

const LOCK: &str = "lock";

/// How long a database is believed when nothing newer comes. Who wants to know sooner sets a
/// limit on its age.
const LIFETIME: jiff::SignedDuration = jiff::SignedDuration::from_hours(30 * 24);

/// The only writer of a database.
#[derive(Debug)]
pub(super) struct Writer {
    directory: PathBuf,
    /// Held until it is dropped.
    _lock: fs_err::File,
}

impl Writer {
    /// Makes the directory where there is none, and locks it against other writers.
    pub(super) fn open(directory: &Path) -> Result<Self, BuildError> {
        let segments = directory.join(SEGMENTS);
        fs_err::create_dir_all(&segments).map_err(|err| BuildError::write(&segments, err))?;
        let path = directory.join(LOCK);
        let file = fs_err::OpenOptions::new().write(true).create(true).truncate(false).open(&path);
        let file = file.map_err(|source| BuildError::write(&path, source))?;
        match file.file().try_lock() {
            Ok(()) => Ok(Self { directory: directory.to_owned(), _lock: file }),
            Err(std::fs::TryLockError::WouldBlock) => {
                Err(BuildError::Locked { dir: directory.to_owned() })
            }
            Err(std::fs::TryLockError::Error(source)) => Err(BuildError::write(&path, source)),
        }
    }

    /// Where segments and what is not finished yet go: renames work within one file system.
    pub(super) fn segments(&self) -> PathBuf {
        self.directory.join(SEGMENTS)
    }

    /// Whether segments are there as they were written. A damaged one is not taken over.
    pub(super) fn has_whole(&self, segments: &[SegmentRef]) -> bool {
        segments.iter().all(|segment| {
            let path = self.segments().join(segment.digest.to_hex());
            let found = fs_err::File::open(path).and_then(|mut file| hash(&mut file));
            found.is_ok_and(|found| found == (segment.digest, segment.size_bytes))
        })
    }

    /// Makes `sources` the database. Gives its manifest.
    pub(super) fn commit(
        &self,
        mut sources: Vec<Source>,
        times: Times,
        key: &SigningKey,
        trust: &TrustedKeys,
    ) -> Result<Manifest, BuildError> {
        sources.sort_by(|a, b| a.name.cmp(&b.name));
        let key_id = key.public().id();
        let accepted = accepted::last(&self.directory, trust, &key_id);
        let accepted = accepted.map_err(BuildError::Open)?;
        let current = Manifest::read(&self.directory, trust).map_or(0, |(it, _)| it.serial);
        // Seconds, so that a database which starts anew elsewhere is still the newer one.
        let seconds = u64::try_from(times.built.as_second()).unwrap_or_default();
        let serial = seconds.max(accepted + 1).max(current + 1);
        let expires = whole(times.fetched).checked_add(LIFETIME).unwrap_or(Timestamp::MAX);
        let [built, fetched] = [times.built, times.fetched].map(whole);
        let manifest = Manifest { serial, built, fetched, expires, sources };
        self.install(&manifest.sign(key))?;
        accepted::accept(&self.directory, trust, &key_id, serial).map_err(BuildError::Open)?;
        self.clean(&manifest, trust)?;
        Ok(manifest)
    }

    /// Puts a manifest in the place of the one before.
    pub(super) fn install(&self, manifest: &[u8]) -> Result<(), BuildError> {
        let write = |source| BuildError::write(&self.directory, source);
        let path = self.directory.join(manifest::NAME);
        let mut file = NamedTempFile::new_in(self.segments()).map_err(write)?;
        file.write_all(manifest).and_then(|()| file.as_file().sync_all()).map_err(write)?;
        sync(&self.segments())?;
        match fs_err::read(&path) {
            Ok(before) => {
                let mut previous = NamedTempFile::new_in(self.segments()).map_err(write)?;
                previous.write_all(&before).map_err(write)?;
                readable(previous.as_file()).map_err(write)?;
                let renamed = previous.persist(self.directory.join(PREVIOUS));
                renamed.map_err(|err| write(err.error))?;
            }
            Err(err) if err.kind() == ErrorKind::NotFound => (),
            Err(err) => return Err(BuildError::read(&path, err)),
        }
        readable(file.as_file()).map_err(write)?;
        file.persist(&path).map_err(|err| write(err.error))?;
        sync(&self.directory)
    }

    /// Removes segments that neither this manifest nor the one before names.
    pub(super) fn clean(&self, manifest: &Manifest, trust: &TrustedKeys) -> Result<(), BuildError> {
        let previous = self.directory.join(PREVIOUS);
        let previous = fs_err::read(&previous).ok().and_then(|bytes| {
            Manifest::parse(&previous, &bytes, trust).ok().map(|(manifest, _)| manifest)
        });
        let named: BTreeSet<String> = std::iter::once(manifest)
            .chain(&previous)
            .flat_map(Manifest::segments)
            .map(|segment| segment.digest.to_hex())
            .collect();
        let segments = self.segments();
        let read = |source| BuildError::read(&segments, source);
        for entry in fs_err::read_dir(&segments).map_err(read)? {
            let entry = entry.map_err(read)?;
            let is_named = entry.file_name().to_str().is_some_and(|name| named.contains(name));
            if !is_named {
                let removed = fs_err::remove_file(entry.path());
                removed.map_err(|source| BuildError::write(&entry.path(), source))?;
            }
        }
        Ok(())
    }
}

/// Times that a manifest tells.
#[derive(Debug, Clone, Copy)]
pub(super) struct Times {
    pub(super) built: Timestamp,
    pub(super) fetched: Timestamp,
}

/// A time without the part of a second that nobody reads.
fn whole(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second()).unwrap_or(time)
}

/// Waits until renames in a directory are on disk.
fn sync(directory: &Path) -> Result<(), BuildError> {
    let synced = fs_err::File::open(directory).and_then(|directory| directory.sync_all());
    synced.map_err(|source| BuildError::write(directory, source))
}

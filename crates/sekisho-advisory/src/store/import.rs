//! A database that somebody else built, taken in piece by piece.

use std::{
    io::{Read, Write},
    path::Path,
};

use sekisho_archive::Sha256;
use tempfile::NamedTempFile;

use super::{
    accepted,
    error::{BuildError, OpenError},
    key::TrustedKeys,
    manifest::{self, Manifest, SegmentRef},
    segment_writer::readable,
    writer::Writer,
};

/// A database on its way in. The one before answers until [`Import::finish`].
#[derive(Debug)]
pub struct Import<'a> {
    writer: Writer,
    directory: &'a Path,
    trust: &'a TrustedKeys,
    bytes: Vec<u8>,
    manifest: Manifest,
    key_id: String,
}

impl<'a> Import<'a> {
    /// Verifies the signature of a manifest, and that it is not older than what was accepted
    /// before.
    ///
    /// # Errors
    ///
    /// When it is not to be believed, and when another process is writing the database.
    pub fn begin(
        directory: &'a Path,
        bytes: Vec<u8>,
        trust: &'a TrustedKeys,
    ) -> Result<Self, BuildError> {
        let path = directory.join(manifest::NAME);
        let given = |source| BuildError::Given { source };
        let (manifest, key_id) = Manifest::parse(&path, &bytes, trust).map_err(given)?;
        let writer = Writer::open(directory)?;
        accepted::check(directory, trust, &key_id, manifest.serial).map_err(given)?;
        if let Ok((current, current_key)) = Manifest::read(directory, trust)
            && current_key == key_id
            && manifest.serial < current.serial
        {
            let (dir, record) = (directory.to_owned(), path);
            let (serial, accepted) = (manifest.serial, current.serial);
            return Err(given(OpenError::RolledBack { dir, serial, accepted, record }));
        }
        Ok(Self { writer, directory, trust, bytes, manifest, key_id })
    }

    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Whether a segment is there already. A damaged one is not.
    pub fn has(&self, segment: &SegmentRef) -> bool {
        self.writer.has_whole(std::slice::from_ref(segment))
    }

    /// Takes in the content of a segment, of which as many bytes are read as it has.
    ///
    /// # Errors
    ///
    /// When it is not what the manifest says, or cannot be read or written.
    pub fn segment(&self, segment: &SegmentRef, content: &mut dyn Read) -> Result<(), BuildError> {
        let segments = self.writer.segments();
        let wrong = || BuildError::Segment { digest: segment.digest };
        let write = |source| BuildError::write(&segments, source);
        let mut file = NamedTempFile::new_in(&segments).map_err(write)?;
        let (mut hash, mut n_left) = (Sha256::default(), segment.size_bytes);
        let mut buffer = vec![0; 256 << 10];
        while n_left > 0 {
            let n_wanted = usize::try_from(n_left).unwrap_or(usize::MAX).min(buffer.len());
            let wanted = buffer.get_mut(..n_wanted).ok_or_else(wrong)?;
            let n = content.read(wanted);
            let n = n.map_err(|source| BuildError::Content { digest: segment.digest, source })?;
            let part = buffer.get(..n).filter(|part| !part.is_empty()).ok_or_else(wrong)?;
            hash.update(part);
            file.write_all(part).map_err(write)?;
            n_left = n_left.saturating_sub(n as u64);
        }
        if hash.finish() != segment.digest {
            return Err(wrong());
        }
        file.as_file().sync_all().map_err(write)?;
        readable(file.as_file()).map_err(write)?;
        let path = segments.join(segment.digest.to_hex());
        file.persist(&path).map_err(|err| BuildError::write(&path, err.error))?;
        Ok(())
    }

    /// Puts the database in the place of the one before.
    ///
    /// # Errors
    ///
    /// When a segment has not come, or the manifest cannot be written.
    pub fn finish(self) -> Result<Manifest, BuildError> {
        for segment in self.manifest.segments() {
            if !self.has(segment) {
                return Err(BuildError::Segment { digest: segment.digest });
            }
        }
        self.writer.install(&self.bytes)?;
        let serial = self.manifest.serial;
        let accepted = accepted::accept(self.directory, self.trust, &self.key_id, serial);
        accepted.map_err(BuildError::Open)?;
        self.writer.clean(&self.manifest, self.trust)?;
        Ok(self.manifest)
    }
}

//! A database as one file.
//!
//! A zstd stream of: [`MAGIC`], the length of the manifest in eight bytes, the manifest, and the
//! segments in the order in which it first names each. There are no names of files in it, so
//! there is no path that could lead elsewhere.

use std::{
    collections::BTreeSet,
    io::{self, BufRead, Read, Write},
    path::Path,
};

use sekisho_archive::decompress;

use super::{
    error::{BuildError, ExportError},
    import::Import,
    key::TrustedKeys,
    manifest::{MAX_BYTES, Manifest, SegmentRef},
};
use crate::Database;

const MAGIC: &[u8; 8] = b"SEKIDB\x01\n";

/// Half the time of the highest levels, and a few hundredths larger.
const LEVEL: i32 = 9;

/// Each segment once.
fn unique(manifest: &Manifest) -> impl Iterator<Item = &SegmentRef> {
    let mut seen = BTreeSet::new();
    manifest.segments().filter(move |segment| seen.insert(segment.digest))
}

impl Database {
    /// Writes the database as one file.
    ///
    /// # Errors
    ///
    /// When it cannot be written, and when a segment is damaged.
    pub fn export(&self, out: &mut dyn Write) -> Result<(), ExportError> {
        let write = |source| ExportError::Write { source };
        let mut out = zstd::stream::write::Encoder::new(out, LEVEL).map_err(write)?;
        let manifest = self.signed_manifest();
        out.write_all(MAGIC).map_err(write)?;
        out.write_all(&(manifest.len() as u64).to_le_bytes()).map_err(write)?;
        out.write_all(manifest).map_err(write)?;
        for segment in unique(self.manifest()) {
            self.copy_segment(segment, &mut out)?;
        }
        out.finish().and_then(Write::flush).map_err(write)
    }
}

/// Takes a database in that [`Database::export`] wrote.
///
/// # Errors
///
/// When it is no such file, is damaged, or is not to be believed. What was there before still
/// answers.
pub fn import(
    input: impl BufRead + Send,
    directory: &Path,
    trust: &TrustedKeys,
) -> Result<Manifest, BuildError> {
    let read = |source| BuildError::Archive { source };
    let wrong = |what: &str| read(io::Error::new(io::ErrorKind::InvalidData, what));
    let (_, mut input) = decompress(input).map_err(read)?;
    let mut head = [0; 16];
    input.read_exact(&mut head).map_err(read)?;
    let (halves, _) = head.as_chunks::<8>();
    let [magic, n_bytes] = halves else { return Err(wrong("it has no head")) };
    if magic != MAGIC {
        return Err(wrong("it is not what `sekisho db export` writes"));
    }
    let n_bytes = u64::from_le_bytes(*n_bytes);
    if n_bytes > MAX_BYTES {
        return Err(wrong("its manifest is too large"));
    }
    let mut manifest = Vec::new();
    input.by_ref().take(n_bytes).read_to_end(&mut manifest).map_err(read)?;
    let import = Import::begin(directory, manifest, trust)?;
    let segments: Vec<SegmentRef> = unique(import.manifest()).cloned().collect();
    for segment in segments {
        if import.has(&segment) {
            let n = io::copy(&mut input.by_ref().take(segment.size_bytes), &mut io::sink());
            n.map_err(read)?;
        } else {
            import.segment(&segment, &mut input)?;
        }
    }
    import.finish()
}

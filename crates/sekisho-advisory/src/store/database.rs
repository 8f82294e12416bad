use std::{
    collections::BTreeSet,
    io::{ErrorKind, Write},
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use sekisho_archive::Sha256;
use sekisho_types::report;

use super::{
    accepted,
    encode::Cursor,
    error::{ExportError, OpenError, StoreError},
    key::TrustedKeys,
    manifest::{Holds, Manifest, SegmentRef},
    record::{self, Details},
    segment::Segment,
    source_writer::{package_key, stepped},
    writer::SEGMENTS,
};
use crate::{Advisory, Affected, Ecosystem, Entry, Epss, KnownExploited, Rating};

/// How often to begin again when the database is replaced while it is being opened.
const MAX_ATTEMPTS: usize = 5;

/// Largest chunk of texts, unpacked; a feed's record is no larger.
const MAX_CHUNK_BYTES: u64 = 64 << 20;

/// An open database. It stays as it was when it was opened, whatever replaces it on disk, and
/// many threads may ask it.
#[derive(Debug)]
pub struct Database {
    /// The manifest as it lies, with its signature.
    signed: Vec<u8>,
    manifest: Manifest,
    key_id: String,
    parts: Vec<Part>,
}

/// A segment, mapped when it is first asked.
#[derive(Debug)]
struct Part {
    source_name: String,
    segment: SegmentRef,
    path: PathBuf,
    file: fs_err::File,
    mapped: OnceLock<Segment>,
}

impl Database {
    /// Opens the database in a directory: verifies the signature of its manifest, refuses one that
    /// is older than what was accepted before, and opens the segments without reading them.
    ///
    /// Age is the caller's question: [`Manifest::fetched`] and [`Manifest::expires`].
    ///
    /// # Errors
    ///
    /// [`OpenError::Missing`] where there is none; otherwise what is wrong, and with which file.
    pub fn open(directory: &Path, trust: &TrustedKeys) -> Result<Self, OpenError> {
        let mut attempt = 1;
        loop {
            let (path, signed) = Manifest::load(directory)?;
            let (manifest, key_id) = Manifest::parse(&path, &signed, trust)?;
            match Self::with(directory, signed, manifest, key_id.clone()) {
                Ok(database) => {
                    let serial = database.manifest.serial;
                    accepted::accept(directory, trust, &key_id, serial)?;
                    return Ok(database);
                }
                // Two updates have passed since the manifest was read.
                Err(OpenError::Read { source, .. })
                    if source.kind() == ErrorKind::NotFound && attempt < MAX_ATTEMPTS =>
                {
                    attempt += 1;
                }
                Err(err) => return Err(err),
            }
        }
    }

    fn with(
        directory: &Path,
        signed: Vec<u8>,
        manifest: Manifest,
        key_id: String,
    ) -> Result<Self, OpenError> {
        let segments = directory.join(SEGMENTS);
        let mut parts = Vec::new();
        for source in &manifest.sources {
            for segment in &source.segments {
                let path = segments.join(segment.digest.to_hex());
                let read = |source| OpenError::Read { path: path.clone(), source };
                let file = fs_err::File::open(&path).map_err(read)?;
                let actual = file.metadata().map_err(read)?.len();
                let expected = segment.size_bytes;
                if actual != expected {
                    return Err(OpenError::Size { path, expected, actual });
                }
                parts.push(Part {
                    source_name: source.name.clone(),
                    segment: segment.clone(),
                    path,
                    file,
                    mapped: OnceLock::new(),
                });
            }
        }
        Ok(Self { signed, manifest, key_id, parts })
    }

    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The manifest as it lies, with its signature: what [`Import::begin`](super::Import::begin)
    /// takes.
    pub fn signed_manifest(&self) -> &[u8] {
        &self.signed
    }

    /// Writes the content of a segment.
    ///
    /// # Errors
    ///
    /// When it is damaged, or cannot be written.
    pub fn copy_segment(
        &self,
        segment: &SegmentRef,
        out: &mut dyn Write,
    ) -> Result<(), ExportError> {
        let part = self.parts.iter().find(|part| part.segment.digest == segment.digest);
        let Some(part) = part else {
            let path = PathBuf::from(segment.digest.to_hex());
            return Err(ExportError::Store(StoreError::Damaged { path, offset: 0 }));
        };
        let damaged =
            |offset| ExportError::Store(StoreError::Damaged { path: part.path.clone(), offset });
        let (mut hash, mut offset) = (Sha256::default(), 0);
        let mut buffer = vec![0; 256 << 10];
        loop {
            let n = part.file.file().read_at(&mut buffer, offset);
            let n = n.map_err(|_| damaged(offset))?;
            let Some(bytes) = buffer.get(..n).filter(|bytes| !bytes.is_empty()) else { break };
            hash.update(bytes);
            out.write_all(bytes).map_err(|source| ExportError::Write { source })?;
            offset += n as u64;
        }
        if hash.finish() == segment.digest { Ok(()) } else { Err(damaged(0)) }
    }

    /// The id of the key that signed it.
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// What is said of a package of a release, by all sources, in their order. Withdrawn
    /// advisories are among it.
    ///
    /// # Errors
    ///
    /// When the database is damaged: that is no answer.
    pub fn entries(&self, ecosystem: &Ecosystem, package: &str) -> Result<Vec<Entry>, StoreError> {
        let mut entries = Vec::new();
        for part in &self.parts {
            if part.has_release(ecosystem) {
                part.entries(ecosystem, package, &mut entries)?;
            }
        }
        Ok(entries)
    }

    /// The texts of the advisory of an entry.
    ///
    /// # Errors
    ///
    /// When the database is damaged.
    pub fn details(&self, entry: &Entry) -> Result<Details, StoreError> {
        for part in self.parts_that(|holds| *holds == Holds::Details) {
            if part.source_name == entry.source
                && let Some(details) = part.details(&entry.advisory.id)?
            {
                return Ok(details);
            }
        }
        Ok(Details::default())
    }

    /// Whether and since when a CVE is known to be exploited.
    ///
    /// # Errors
    ///
    /// When the database is damaged.
    pub fn known_exploited(&self, cve: &str) -> Result<Option<KnownExploited>, StoreError> {
        let found = self.of_cve(cve, &Holds::KnownExploited, |_, value| {
            postcard::take_from_bytes(value.rest()).ok().map(|(entry, _)| entry)
        })?;
        Ok(found.into_iter().next())
    }

    /// How likely a CVE is to be exploited.
    ///
    /// # Errors
    ///
    /// When the database is damaged.
    pub fn epss(&self, cve: &str) -> Result<Option<Epss>, StoreError> {
        let found = self.of_cve(cve, &Holds::Epss, |_, value| {
            let (numbers, _) = value.rest().as_chunks::<4>();
            let [score, percentile] = numbers else { return None };
            let (score, percentile) = (f32::from_le_bytes(*score), f32::from_le_bytes(*percentile));
            Some(Epss { cve: cve.to_owned(), score, percentile })
        })?;
        Ok(found.into_iter().next())
    }

    /// How bad sources that do not speak of packages say a CVE is.
    ///
    /// # Errors
    ///
    /// When the database is damaged.
    pub fn severity(&self, cve: &str) -> Result<Vec<Rating>, StoreError> {
        let found = self.of_cve(cve, &Holds::Severity, |segment, mut value| {
            record::ratings(&mut value, &|number| word(segment, number))
        })?;
        Ok(found.into_iter().flatten().collect())
    }

    /// The releases of an ecosystem of which something is held, sorted; none is that of a
    /// registry. Of a release that is not among them nothing is known.
    pub fn releases(&self, ecosystem: &str) -> Vec<Option<&str>> {
        let mut found: Vec<Option<&str>> = Vec::new();
        for segment in self.manifest.segments() {
            match &segment.holds {
                Holds::Packages { ecosystem: name, releases } if name == ecosystem => {
                    found.extend(releases.iter().map(Option::as_deref));
                }
                Holds::Packages { .. }
                | Holds::Details
                | Holds::KnownExploited
                | Holds::Epss
                | Holds::Severity => (),
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The names of the ecosystems of which something is held, sorted.
    pub fn ecosystems(&self) -> Vec<&str> {
        let names = self.manifest.segments().filter_map(|segment| match &segment.holds {
            Holds::Packages { ecosystem, .. } => Some(ecosystem.as_str()),
            Holds::Details | Holds::KnownExploited | Holds::Epss | Holds::Severity => None,
        });
        let names: BTreeSet<&str> = names.collect();
        names.into_iter().collect()
    }

    /// What a report says of this database.
    pub fn report(&self) -> report::Database {
        let sources = self.manifest.sources.iter().map(|source| report::DatabaseSource {
            name: source.name.clone(),
            updated: source.updated.clone(),
            advisories: source.advisories,
        });
        report::Database {
            revision: self.manifest.serial.to_string(),
            updated: self.manifest.fetched.to_string(),
            sources: sources.collect(),
        }
    }

    fn parts_that(&self, is_wanted: impl Fn(&Holds) -> bool) -> impl Iterator<Item = &Part> {
        self.parts.iter().filter(move |part| is_wanted(&part.segment.holds))
    }

    fn of_cve<T>(
        &self,
        cve: &str,
        holds: &Holds,
        read: impl Fn(&Segment, Cursor<'_>) -> Option<T>,
    ) -> Result<Vec<T>, StoreError> {
        let mut found = Vec::new();
        for part in self.parts_that(|it| it == holds) {
            let segment = part.segment()?;
            for place in segment.places(cve.as_bytes())? {
                let mut cursor = Cursor::new(segment.record(place)?);
                let stored = cursor.text().ok_or_else(|| segment.damaged(place))?;
                if stored == cve {
                    found.push(read(segment, cursor).ok_or_else(|| segment.damaged(place))?);
                }
            }
        }
        Ok(found)
    }
}

/// A word; none also where the segment is damaged, which the caller tells by the place of the
/// record.
fn word(segment: &Segment, number: u64) -> Option<String> {
    segment.word(number).ok().flatten().map(str::to_owned)
}

impl Part {
    fn segment(&self) -> Result<&Segment, StoreError> {
        match self.mapped.get() {
            Some(segment) => Ok(segment),
            None => {
                let segment = Segment::open(&self.path, &self.file, &self.segment.table)?;
                Ok(self.mapped.get_or_init(|| segment))
            }
        }
    }

    fn has_release(&self, asked: &Ecosystem) -> bool {
        match &self.segment.holds {
            Holds::Packages { ecosystem, releases } => {
                *ecosystem == asked.name && releases.binary_search(&asked.release).is_ok()
            }
            Holds::Details | Holds::KnownExploited | Holds::Epss | Holds::Severity => false,
        }
    }

    fn entries(
        &self,
        ecosystem: &Ecosystem,
        package: &str,
        entries: &mut Vec<Entry>,
    ) -> Result<(), StoreError> {
        let segment = self.segment()?;
        let release = ecosystem.release.as_deref();
        for place in segment.places(&package_key(release, package))? {
            let damaged = || segment.damaged(place);
            let mut cursor = Cursor::new(segment.record(place)?);
            let stored = cursor.option().zip(cursor.text()).ok_or_else(damaged)?;
            if stored != (release, package) {
                continue;
            }
            let count = cursor.count().ok_or_else(damaged)?;
            let mut last = 0;
            for _ in 0..count {
                last = cursor.number().and_then(|step| stepped(last, step)).ok_or_else(damaged)?;
                let affected = record::affected(&mut cursor, ecosystem, package);
                let affected = affected.ok_or_else(damaged)?;
                entries.push(self.entry(segment, last, affected)?);
            }
        }
        Ok(())
    }

    fn entry(
        &self,
        segment: &Segment,
        place: u64,
        affected: Affected,
    ) -> Result<Entry, StoreError> {
        let mut cursor = Cursor::new(segment.record(place)?);
        let advisory: Option<Advisory> =
            record::advisory(&mut cursor, &|number| word(segment, number));
        let advisory = advisory.ok_or_else(|| segment.damaged(place))?;
        Ok(Entry { advisory, affected, source: self.source_name.clone() })
    }

    fn details(&self, id: &str) -> Result<Option<Details>, StoreError> {
        let segment = self.segment()?;
        for place in segment.places(id.as_bytes())? {
            let damaged = || segment.damaged(place);
            let mut cursor = Cursor::new(segment.record(place)?);
            let n_bytes = cursor.number().filter(|n_bytes| *n_bytes <= MAX_CHUNK_BYTES);
            let n_bytes = n_bytes.and_then(|n_bytes| usize::try_from(n_bytes).ok());
            let chunk = zstd::bulk::decompress(cursor.rest(), n_bytes.ok_or_else(damaged)?);
            let chunk = chunk.map_err(|_| damaged())?;
            let mut cursor = Cursor::new(&chunk);
            while !cursor.is_empty() {
                let (stored, bytes) = cursor.text().zip(cursor.bytes()).ok_or_else(damaged)?;
                if stored == id {
                    let details = Details::read(&mut Cursor::new(bytes)).ok_or_else(damaged)?;
                    return Ok(Some(details));
                }
            }
        }
        Ok(None)
    }
}

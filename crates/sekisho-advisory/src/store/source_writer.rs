//! One source of advisories becomes segments.

use std::{
    collections::BTreeSet,
    io::{BufWriter, Seek, SeekFrom, Write},
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
};

use super::{
    cve_writer::CveRows,
    details_writer::DetailRows,
    dictionary::Dictionary,
    encode::{put_number, put_option, put_text},
    error::BuildError,
    manifest::{Holds, SegmentRef},
    record::{Details, put_advisory, put_affected},
    segment_writer::SegmentWriter,
    sorter::Sorter,
};
use crate::{Advisory, Affected, Epss, KnownExploited, Rating};

/// Most releases that one source may name: SUSE names some hundred products.
const MAX_RELEASES: usize = 20_000;

/// Most segments of releases of one source; what comes later shares one.
const MAX_GROUPS: usize = 64;

/// What a source says, on its way into segments. Little of it is in memory.
#[derive(Debug)]
pub(super) struct SourceWriter {
    name: String,
    directory: PathBuf,
    /// Advisories without packages and texts, and where each one starts and ends.
    spool: BufWriter<std::fs::File>,
    spooled: Vec<(u64, u64)>,
    position: u64,
    /// By ecosystem, group, release, package and advisory.
    rows: Sorter,
    groups: BTreeSet<(String, String)>,
    releases: BTreeSet<(String, String)>,
    details: DetailRows,
    cves: CveRows,
}

impl SourceWriter {
    pub(super) fn new(name: &str, directory: &Path) -> Result<Self, BuildError> {
        let spool = tempfile::tempfile_in(directory);
        let spool = spool.map_err(|source| BuildError::write(directory, source))?;
        Ok(Self {
            name: name.to_owned(),
            directory: directory.to_owned(),
            spool: BufWriter::new(spool),
            spooled: Vec::new(),
            position: 0,
            rows: Sorter::new(directory),
            groups: BTreeSet::new(),
            releases: BTreeSet::new(),
            details: DetailRows::new(directory),
            cves: CveRows::new(directory),
        })
    }

    pub(super) fn advisory(&mut self, mut advisory: Advisory) -> Result<(), BuildError> {
        let details = Details {
            summary: std::mem::take(&mut advisory.summary),
            references: std::mem::take(&mut advisory.references),
        };
        self.details.push(&advisory.id, &details)?;
        let number = self.spooled.len() as u64;
        let affected = std::mem::take(&mut advisory.affected);
        for affected in &affected {
            self.affected(&advisory.id, number, affected)?;
        }
        let bytes = postcard::to_stdvec(&advisory).expect("an advisory is plain data");
        let written = self.spool.write_all(&bytes);
        written.map_err(|source| BuildError::write(&self.directory, source))?;
        let start = self.position;
        self.position += bytes.len() as u64;
        self.spooled.push((start, self.position));
        Ok(())
    }

    fn affected(&mut self, id: &str, number: u64, affected: &Affected) -> Result<(), BuildError> {
        let ecosystem = &affected.ecosystem;
        let release = ecosystem.release.as_deref();
        if let Some(release) = release {
            self.releases.insert((ecosystem.name.clone(), release.to_owned()));
            if self.releases.len() > MAX_RELEASES {
                return Err(BuildError::Releases { name: self.name.clone(), limit: MAX_RELEASES });
            }
        }
        let group = (ecosystem.name.clone(), group(release).to_owned());
        let is_room = self.groups.len() < MAX_GROUPS || self.groups.contains(&group);
        let group = if is_room { group } else { (group.0, String::new()) };
        let place = Place {
            ecosystem: ecosystem.name.clone(),
            group: group.1.clone(),
            release: release.map(str::to_owned),
            package: affected.package.clone(),
        };
        self.groups.insert(group);
        let mut key = place.sort_key();
        key.extend_from_slice(id.as_bytes());
        let mut value = Vec::new();
        put_affected(&mut value, affected);
        let row = postcard::to_stdvec(&(place, number, value)).expect("a row is plain data");
        self.rows.push(&key, &row)
    }

    pub(super) fn known_exploited(&mut self, entry: &KnownExploited) -> Result<(), BuildError> {
        self.cves.known_exploited(entry)
    }

    pub(super) fn epss(&mut self, epss: &Epss) -> Result<(), BuildError> {
        self.cves.epss(epss)
    }

    pub(super) fn severity(&mut self, cve: &str, ratings: &[Rating]) -> Result<(), BuildError> {
        self.cves.severity(cve, ratings)
    }

    /// Writes the segments into `directory`.
    pub(super) fn finish(self, directory: &Path) -> Result<Vec<SegmentRef>, BuildError> {
        let write = |source| BuildError::write(&self.directory, source);
        let mut spool = self.spool.into_inner().map_err(|err| write(err.into_error()))?;
        spool.seek(SeekFrom::Start(0)).map_err(write)?;
        let mut packages = Packages {
            directory,
            spool,
            placed: vec![(0, 0); self.spooled.len()],
            spooled: self.spooled,
            segments: Vec::new(),
            open: None,
        };
        self.rows.drain(|_, row| packages.row(row))?;
        packages.close()?;
        let mut segments = packages.segments;
        segments.extend(self.details.finish(directory)?);
        segments.extend(self.cves.finish(directory)?);
        Ok(segments)
    }
}

/// What decides in which segment, and where, something is said of a package.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
struct Place {
    ecosystem: String,
    group: String,
    release: Option<String>,
    package: String,
}

impl Place {
    fn sort_key(&self) -> Vec<u8> {
        let release = self.release.as_deref().unwrap_or_default();
        let parts = [&self.ecosystem, &self.group, release, &self.package];
        let mut key = Vec::new();
        for part in parts {
            key.extend_from_slice(part.as_bytes());
            key.push(0);
        }
        key
    }
}

/// The key of a package of a release.
pub(super) fn package_key(release: Option<&str>, package: &str) -> Vec<u8> {
    let mut key = Vec::new();
    put_option(&mut key, release);
    put_text(&mut key, package);
    key
}

/// Releases that share a segment: `22.04` for `22.04:LTS`. What is not a plain version, like the
/// products of Red Hat and SUSE, shares one, for an advisory of theirs names dozens.
fn group(release: Option<&str>) -> &str {
    let first = release.and_then(|release| release.split(':').next()).unwrap_or_default();
    let number = first.strip_prefix('v').unwrap_or(first);
    let is_version = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    if is_version { first } else { "" }
}

/// The segments of packages, as their rows come in order.
struct Packages<'a> {
    directory: &'a Path,
    spool: std::fs::File,
    spooled: Vec<(u64, u64)>,
    /// For each advisory, the number of the segment in which it was placed last, from one on, and
    /// its place there.
    placed: Vec<(usize, u32)>,
    segments: Vec<SegmentRef>,
    open: Option<Open>,
}

/// The segment and the package whose rows are coming.
struct Open {
    writer: SegmentWriter,
    words: Dictionary,
    releases: BTreeSet<Option<String>>,
    place: Place,
    n_entries: u64,
    entries: Vec<u8>,
    /// The place of the advisory of the last entry, from which the next one is counted.
    last: i64,
}

impl Packages<'_> {
    fn row(&mut self, row: &[u8]) -> Result<(), BuildError> {
        let damaged = || BuildError::write(self.directory, std::io::ErrorKind::InvalidData.into());
        let (place, number, affected): (Place, u64, Vec<u8>) =
            postcard::from_bytes(row).map_err(|_| damaged())?;
        let index = usize::try_from(number).map_err(|_| damaged())?;
        let (start, end) = *self.spooled.get(index).ok_or_else(damaged)?;
        let is_of_segment = |open: &Open| {
            open.place.ecosystem == place.ecosystem && open.place.group == place.group
        };
        if !self.open.as_ref().is_some_and(is_of_segment) {
            self.close()?;
        }
        let segment_number = self.segments.len() + 1;
        let directory = self.directory;
        let open = match &mut self.open {
            Some(open) => open,
            closed => closed.insert(Open {
                writer: SegmentWriter::new(directory)?,
                words: Dictionary::default(),
                releases: BTreeSet::new(),
                place: place.clone(),
                n_entries: 0,
                entries: Vec::new(),
                last: 0,
            }),
        };
        if open.place != place {
            open.flush()?;
            open.place = place;
        }
        let placed = self.placed.get_mut(index).ok_or_else(damaged)?;
        if placed.0 != segment_number {
            let mut bytes = vec![0; usize::try_from(end - start).map_err(|_| damaged())?];
            let read = self.spool.read_exact_at(&mut bytes, start);
            read.map_err(|source| BuildError::read(directory, source))?;
            let advisory: Advisory = postcard::from_bytes(&bytes).map_err(|_| damaged())?;
            let mut record = Vec::new();
            put_advisory(&mut record, &mut open.words, &advisory);
            *placed = (segment_number, open.writer.record(&record)?);
        }
        open.entry(placed.1, &affected);
        Ok(())
    }

    fn close(&mut self) -> Result<(), BuildError> {
        let Some(mut open) = self.open.take() else { return Ok(()) };
        open.flush()?;
        let written = open.writer.finish(self.directory, &open.words)?;
        let releases = open.releases.into_iter().collect();
        let holds = Holds::Packages { ecosystem: open.place.ecosystem, releases };
        self.segments.push(written.to_ref(holds));
        Ok(())
    }
}

impl Open {
    fn entry(&mut self, place: u32, affected: &[u8]) {
        let step = i64::from(place) - self.last;
        self.last = i64::from(place);
        put_step(&mut self.entries, step);
        self.entries.extend_from_slice(affected);
        self.n_entries += 1;
    }

    /// Writes what has been gathered of a package.
    fn flush(&mut self) -> Result<(), BuildError> {
        let key = package_key(self.place.release.as_deref(), &self.place.package);
        let mut record = key.clone();
        put_number(&mut record, self.n_entries);
        record.append(&mut self.entries);
        let place = self.writer.record(&record)?;
        self.writer.key(&key, place);
        self.releases.insert(self.place.release.clone());
        (self.n_entries, self.last) = (0, 0);
        Ok(())
    }
}

/// A difference of places: the sign is the lowest bit.
fn put_step(out: &mut Vec<u8>, step: i64) {
    put_number(out, step.unsigned_abs() << 1 | u64::from(step < 0));
}

/// The place that a difference leads to.
pub(super) fn stepped(last: u64, step: u64) -> Option<u64> {
    if step & 1 == 0 { last.checked_add(step >> 1) } else { last.checked_sub(step >> 1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_versions_have_segments_of_their_own() {
        let groups = [
            (Some("12"), "12"),
            (Some("v3.20"), "v3.20"),
            (Some("22.04:LTS"), "22.04"),
            (Some("Pro:22.04:LTS"), ""),
            (Some("enterprise_linux:9::baseos"), ""),
            (Some("edge"), ""),
            (None, ""),
        ];
        for (release, expected) in groups {
            assert_eq!(group(release), expected, "{release:?}");
        }
    }
}

use std::{
    io::Read,
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use sekisho_archive::Sha256;
use sekisho_types::Digest;

use super::{
    READER,
    error::BuildError,
    key::{SigningKey, TrustedKeys},
    manifest::{Manifest, Source, SourceFile},
    source_writer::SourceWriter,
    writer::{Times, Writer},
};
use crate::{Advisory, FEEDS, Feed, Item, Skipped, read_feed};

/// What to make a database of, and where.
#[derive(Debug, Clone, Copy)]
pub struct Build<'a> {
    /// A directory of feeds in the layout of [`FEEDS`].
    pub feeds: &'a Path,
    /// The directory of the database, made where there is none.
    pub database: &'a Path,
    pub key: &'a SigningKey,
    /// Whose database may be there already: what is unchanged in it is taken over.
    pub trust: &'a TrustedKeys,
    pub now: Timestamp,
    /// When all feeds were last known to be what their publishers have; none for the time of the
    /// newest file.
    pub fetched: Option<Timestamp>,
}

/// What happens on the way.
#[derive(Debug)]
pub enum BuildProgress<'a> {
    /// A feed is being read.
    Reading { source: &'a str },
    /// A feed is what it was, and so is what was made of it.
    Unchanged { source: &'a str },
    /// A record, or a part of one, is left out.
    Skipped { source: &'a str, record: &'a Skipped },
}

/// What was made.
#[derive(Debug)]
pub struct BuildSummary {
    pub manifest: Manifest,
    /// The names of sources that were read again; the others were taken over.
    pub rebuilt: Vec<String>,
    /// The names of sources that the database had and the feeds do not have any more.
    pub gone: Vec<String>,
}

/// Makes a database of a directory of feeds, in the place of the one that is there.
///
/// A source whose files are unchanged is not read again. Memory does not grow with the feeds.
///
/// # Errors
///
/// When a feed cannot be read to its end, when the database cannot be written, or when another
/// process is writing it. What was there before still answers.
pub fn build(
    build: &Build<'_>,
    progress: &mut dyn FnMut(BuildProgress<'_>),
) -> Result<BuildSummary, BuildError> {
    let writer = Writer::open(build.database)?;
    let before = match Manifest::read(build.database, build.trust) {
        Ok((manifest, _)) => {
            writer.clean(&manifest, build.trust)?;
            Some(manifest)
        }
        // Whatever it is, nothing can be taken over from it.
        Err(err) => {
            let error: &dyn std::error::Error = &err;
            tracing::debug!(error, "the database is built from the start");
            None
        }
    };
    let (mut sources, mut rebuilt, mut newest) = (Vec::new(), Vec::new(), Timestamp::MIN);
    for feed in FEEDS {
        let paths = feed.files(build.feeds).map_err(BuildError::Feed)?;
        if paths.is_empty() {
            continue;
        }
        let mut files = Vec::new();
        for path in paths {
            let (file, time) = file(build.feeds, path)?;
            newest = newest.max(time);
            files.push(file);
        }
        let old = before.iter().flat_map(|manifest| &manifest.sources);
        let mut old = old.filter(|old| old.name == feed.name);
        let unchanged = old.find(|old| old.files == files && old.reader == READER);
        match unchanged.filter(|old| writer.has_whole(&old.segments)) {
            Some(unchanged) => {
                progress(BuildProgress::Unchanged { source: feed.name });
                sources.push(unchanged.clone());
            }
            None => {
                progress(BuildProgress::Reading { source: feed.name });
                sources.push(read(feed, build.feeds, files, &writer, progress)?);
                rebuilt.push(feed.name.to_owned());
            }
        }
    }
    if sources.is_empty() {
        return Err(BuildError::NoFeeds { dir: build.feeds.to_owned() });
    }
    let names = before.iter().flat_map(|manifest| &manifest.sources).map(|it| &it.name);
    let gone = names.filter(|name| !sources.iter().any(|it| it.name == **name));
    let gone = gone.cloned().collect();
    let fetched = build.fetched.unwrap_or(newest).min(build.now);
    let times = Times { built: build.now, fetched };
    let manifest = writer.commit(sources, times, build.key, build.trust)?;
    Ok(BuildSummary { manifest, rebuilt, gone })
}

/// Describes a file of a feed; gives its time as well.
fn file(root: &Path, path: String) -> Result<(SourceFile, Timestamp), BuildError> {
    let place = root.join(&path);
    let read = |source| BuildError::Read { path: place.clone(), source };
    let mut file = fs_err::File::open(&place).map_err(read)?;
    let modified = file.metadata().and_then(|metadata| metadata.modified()).map_err(read)?;
    let (digest, size_bytes) = hash(&mut file).map_err(read)?;
    let time = Timestamp::try_from(modified).unwrap_or(Timestamp::MIN);
    Ok((SourceFile { path, size_bytes, digest }, time))
}

/// The SHA-256 and the size of what can be read.
pub(super) fn hash(file: &mut impl Read) -> std::io::Result<(Digest, u64)> {
    let (mut hash, mut n_bytes) = (Sha256::default(), 0);
    let mut buffer = vec![0; 256 << 10];
    loop {
        let n = file.read(&mut buffer)?;
        let Some(part) = buffer.get(..n).filter(|part| !part.is_empty()) else { break };
        hash.update(part);
        n_bytes += n as u64;
    }
    Ok((hash.finish(), n_bytes))
}

fn read(
    feed: &Feed,
    root: &Path,
    files: Vec<SourceFile>,
    writer: &Writer,
    progress: &mut dyn FnMut(BuildProgress<'_>),
) -> Result<Source, BuildError> {
    let segments: PathBuf = writer.segments();
    let mut source = SourceWriter::new(feed.name, &segments)?;
    let mut failed = None;
    let summary = read_feed(feed, root, &mut |item| {
        let put = match item {
            // The feed has to be read to its end all the same: there is no other way out of it.
            _ if failed.is_some() => Ok(()),
            Item::Advisory(advisory) => match of_feed(feed, advisory) {
                Some(advisory) => source.advisory(advisory),
                None => Ok(()),
            },
            Item::KnownExploited(entry) => source.known_exploited(&entry),
            Item::Epss(epss) => source.epss(&epss),
            Item::Severity { cve, ratings } => source.severity(&cve, &ratings),
            Item::Skipped(record) => {
                progress(BuildProgress::Skipped { source: feed.name, record: &record });
                Ok(())
            }
        };
        failed = failed.take().or(put.err());
    });
    if let Some(err) = failed {
        return Err(err);
    }
    let summary = summary.map_err(BuildError::Feed)?;
    Ok(Source {
        name: feed.name.to_owned(),
        updated: summary.updated,
        advisories: summary.imported,
        skipped: summary.skipped,
        files,
        reader: READER,
        segments: source.finish(&segments)?,
    })
}

/// What of an advisory belongs to this feed: OSV has a record that names several ecosystems in
/// the file of each. None for a record that names none of this one.
fn of_feed(feed: &Feed, mut advisory: Advisory) -> Option<Advisory> {
    if let Some(ecosystem) = feed.name.strip_prefix("osv/") {
        advisory.affected.retain(|affected| affected.ecosystem.name == ecosystem);
        if advisory.affected.is_empty() {
            return None;
        }
    }
    Some(advisory)
}

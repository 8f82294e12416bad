use std::{collections::BTreeMap, path::Path};

use jiff::Timestamp;

use super::{
    READER,
    error::BuildError,
    key::{SigningKey, TrustedKeys},
    manifest::{Manifest, Source},
    source_writer::SourceWriter,
    writer::{Times, Writer},
};
use crate::{Advisory, Epss, KnownExploited, Rating};

/// A database of advisories that are at hand, without feeds: small ones, for tests and the demo.
#[derive(Debug, Default)]
pub struct DatabaseBuilder {
    sources: BTreeMap<String, Given>,
    built: Timestamp,
    fetched: Option<Timestamp>,
}

#[derive(Debug, Default)]
struct Given {
    updated: String,
    advisories: Vec<Advisory>,
    known_exploited: Vec<KnownExploited>,
    epss: Vec<Epss>,
    severities: Vec<(String, Vec<Rating>)>,
}

impl DatabaseBuilder {
    /// Starts without anything, built in 1970.
    pub fn new() -> Self {
        Self::default()
    }

    /// Says when the database is built, and its feeds fetched.
    #[must_use]
    pub fn built(mut self, time: Timestamp) -> Self {
        self.built = time;
        self
    }

    /// Says when the feeds were fetched, where that was before.
    #[must_use]
    pub fn fetched(mut self, time: Timestamp) -> Self {
        self.fetched = Some(time);
        self
    }

    /// Says how new a source is, RFC 3339, and that there is one, even where it says nothing.
    #[must_use]
    pub fn updated(mut self, source: &str, time: &str) -> Self {
        time.clone_into(&mut self.source(source).updated);
        self
    }

    /// Adds an advisory of a source: `osv/Debian`.
    #[must_use]
    pub fn add(mut self, source: &str, advisory: Advisory) -> Self {
        self.source(source).advisories.push(advisory);
        self
    }

    #[must_use]
    pub fn known_exploited(mut self, source: &str, entry: KnownExploited) -> Self {
        self.source(source).known_exploited.push(entry);
        self
    }

    #[must_use]
    pub fn epss(mut self, source: &str, epss: Epss) -> Self {
        self.source(source).epss.push(epss);
        self
    }

    /// Adds what a source says of the severity of a CVE.
    #[must_use]
    pub fn severity(mut self, source: &str, cve: &str, ratings: Vec<Rating>) -> Self {
        self.source(source).severities.push((cve.to_owned(), ratings));
        self
    }

    fn source(&mut self, name: &str) -> &mut Given {
        self.sources.entry(name.to_owned()).or_default()
    }

    /// Writes the database into a directory, in the place of the one that is there.
    ///
    /// # Errors
    ///
    /// When it cannot be written; what was there before still answers.
    pub fn write(self, directory: &Path, key: &SigningKey) -> Result<Manifest, BuildError> {
        let writer = Writer::open(directory)?;
        let segments = writer.segments();
        let mut sources = Vec::new();
        for (name, given) in self.sources {
            let mut source = SourceWriter::new(&name, &segments)?;
            let n_advisories = given.advisories.len()
                + given.known_exploited.len()
                + given.epss.len()
                + given.severities.len();
            for advisory in given.advisories {
                source.advisory(advisory)?;
            }
            for entry in &given.known_exploited {
                source.known_exploited(entry)?;
            }
            for epss in &given.epss {
                source.epss(epss)?;
            }
            for (cve, ratings) in &given.severities {
                source.severity(cve, ratings)?;
            }
            sources.push(Source {
                name,
                updated: given.updated,
                advisories: n_advisories as u64,
                skipped: 0,
                files: Vec::new(),
                reader: READER,
                segments: source.finish(&segments)?,
            });
        }
        let times = Times { built: self.built, fetched: self.fetched.unwrap_or(self.built) };
        writer.commit(sources, times, key, &TrustedKeys::new([key.public()]))
    }
}

//! What is known of a CVE whichever package has it: exploitation, scores, severities.

use std::path::Path;

use super::{
    dictionary::Dictionary,
    encode::put_text,
    error::BuildError,
    manifest::{Holds, SegmentRef},
    record::put_ratings,
    segment_writer::SegmentWriter,
    sorter::Sorter,
};
use crate::{Epss, KnownExploited, Rating};

/// Facts on CVEs, on their way into segments.
#[derive(Debug)]
pub(super) struct CveRows {
    known_exploited: Sorter,
    epss: Sorter,
    severities: Sorter,
}

impl CveRows {
    pub(super) fn new(directory: &Path) -> Self {
        let sorter = || Sorter::new(directory);
        Self { known_exploited: sorter(), epss: sorter(), severities: sorter() }
    }

    pub(super) fn known_exploited(&mut self, entry: &KnownExploited) -> Result<(), BuildError> {
        let value = postcard::to_stdvec(entry).expect("an entry is plain data");
        self.known_exploited.push(entry.cve.as_bytes(), &value)
    }

    pub(super) fn epss(&mut self, epss: &Epss) -> Result<(), BuildError> {
        let mut value = epss.score.to_le_bytes().to_vec();
        value.extend_from_slice(&epss.percentile.to_le_bytes());
        self.epss.push(epss.cve.as_bytes(), &value)
    }

    pub(super) fn severity(&mut self, cve: &str, ratings: &[Rating]) -> Result<(), BuildError> {
        let value = postcard::to_stdvec(ratings).expect("ratings are plain data");
        self.severities.push(cve.as_bytes(), &value)
    }

    pub(super) fn finish(self, directory: &Path) -> Result<Vec<SegmentRef>, BuildError> {
        let as_it_is = |_: &mut Dictionary, out: &mut Vec<u8>, value: &[u8]| {
            out.extend_from_slice(value);
        };
        let with_words = |words: &mut Dictionary, out: &mut Vec<u8>, value: &[u8]| {
            let ratings: Vec<Rating> = postcard::from_bytes(value).unwrap_or_default();
            put_ratings(out, words, &ratings);
        };
        let segments = [
            segment(directory, self.known_exploited, Holds::KnownExploited, as_it_is)?,
            segment(directory, self.epss, Holds::Epss, as_it_is)?,
            segment(directory, self.severities, Holds::Severity, with_words)?,
        ];
        Ok(segments.into_iter().flatten().collect())
    }
}

fn segment(
    directory: &Path,
    rows: Sorter,
    holds: Holds,
    put: impl Fn(&mut Dictionary, &mut Vec<u8>, &[u8]),
) -> Result<Option<SegmentRef>, BuildError> {
    if rows.is_empty() {
        return Ok(None);
    }
    let mut writer = SegmentWriter::new(directory)?;
    let mut words = Dictionary::default();
    rows.drain(|cve, value| {
        let mut record = Vec::new();
        put_text(&mut record, &String::from_utf8_lossy(cve));
        put(&mut words, &mut record, value);
        let place = writer.record(&record)?;
        writer.key(cve, place);
        Ok(())
    })?;
    Ok(Some(writer.finish(directory, &words)?.to_ref(holds)))
}

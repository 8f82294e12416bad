//! Advisories, and what they say of a package, as records of a segment.

use super::{
    dictionary::Dictionary,
    encode::{Cursor, put_id, put_ids, put_number, put_option, put_text, put_texts, put_time},
};
use crate::{Advisory, AdvisoryKind, Affected, Ecosystem, End, Range, Rating, State};

/// Writes an advisory without its texts and without the packages.
pub(super) fn put_advisory(out: &mut Vec<u8>, words: &mut Dictionary, advisory: &Advisory) {
    put_id(out, &advisory.id);
    put_ids(out, &advisory.aliases);
    put_ids(out, &advisory.upstream);
    out.push(match advisory.kind {
        AdvisoryKind::Vulnerability => 0,
        AdvisoryKind::Malware => 1,
    });
    put_ratings(out, words, &advisory.ratings);
    put_time(out, &advisory.published);
    put_time(out, &advisory.modified);
    put_option(out, advisory.withdrawn.as_deref());
}

/// Reads it; `word` finds a word by its number.
pub(super) fn advisory(
    cursor: &mut Cursor<'_>,
    word: &dyn Fn(u64) -> Option<String>,
) -> Option<Advisory> {
    Some(Advisory {
        id: cursor.id()?,
        aliases: cursor.ids()?,
        upstream: cursor.ids()?,
        kind: match cursor.byte()? {
            0 => AdvisoryKind::Vulnerability,
            1 => AdvisoryKind::Malware,
            _ => return None,
        },
        ratings: ratings(cursor, word)?,
        summary: String::new(),
        references: Vec::new(),
        published: cursor.time()?,
        modified: cursor.time()?,
        withdrawn: cursor.option()?.map(str::to_owned),
        affected: Vec::new(),
    })
}

pub(super) fn put_ratings(out: &mut Vec<u8>, words: &mut Dictionary, ratings: &[Rating]) {
    put_number(out, ratings.len() as u64);
    for Rating { scheme, value } in ratings {
        words.put(out, scheme);
        words.put(out, value);
    }
}

pub(super) fn ratings(
    cursor: &mut Cursor<'_>,
    word: &dyn Fn(u64) -> Option<String>,
) -> Option<Vec<Rating>> {
    let next = |cursor: &mut Cursor<'_>| match cursor.number()? {
        0 => cursor.text().map(str::to_owned),
        number => word(number),
    };
    let count = cursor.count()?;
    (0..count).map(|_| Some(Rating { scheme: next(cursor)?, value: next(cursor)? })).collect()
}

/// Writes what an advisory says of a package, without the names of package and ecosystem.
pub(super) fn put_affected(out: &mut Vec<u8>, affected: &Affected) {
    // The names are in the key of the record.
    let Affected { ecosystem: _, package: _, ranges, versions, state, urgency, module, fixed_on } =
        affected;
    out.push(match state {
        State::Affected => 0,
        State::NotAffected => 1,
        State::WillNotFix => 2,
        State::Deferred => 3,
        State::EndOfLife => 4,
        State::UnderInvestigation => 5,
        State::NoAdvisory => 6,
    });
    for text in [urgency, module, fixed_on] {
        put_option(out, text.as_deref());
    }
    put_number(out, ranges.len() as u64);
    for Range { introduced, end } in ranges {
        put_option(out, introduced.as_deref());
        match end {
            End::Open => out.push(0),
            End::Fixed(version) => {
                out.push(1);
                put_text(out, version);
            }
            End::LastAffected(version) => {
                out.push(2);
                put_text(out, version);
            }
        }
    }
    put_texts(out, versions);
}

pub(super) fn affected(
    cursor: &mut Cursor<'_>,
    ecosystem: &Ecosystem,
    package: &str,
) -> Option<Affected> {
    let state = match cursor.byte()? {
        0 => State::Affected,
        1 => State::NotAffected,
        2 => State::WillNotFix,
        3 => State::Deferred,
        4 => State::EndOfLife,
        5 => State::UnderInvestigation,
        6 => State::NoAdvisory,
        _ => return None,
    };
    let mut option = || Some(cursor.option()?.map(str::to_owned));
    let (urgency, module, fixed_on) = (option()?, option()?, option()?);
    let n_ranges = cursor.count()?;
    let ranges = (0..n_ranges).map(|_| range(cursor)).collect::<Option<_>>()?;
    let versions = cursor.texts()?;
    let (ecosystem, package) = (ecosystem.clone(), package.to_owned());
    Some(Affected { ecosystem, package, ranges, versions, state, urgency, module, fixed_on })
}

fn range(cursor: &mut Cursor<'_>) -> Option<Range> {
    let introduced = cursor.option()?.map(str::to_owned);
    let end = match cursor.byte()? {
        0 => End::Open,
        1 => End::Fixed(cursor.text()?.to_owned()),
        2 => End::LastAffected(cursor.text()?.to_owned()),
        _ => return None,
    };
    Some(Range { introduced, end })
}

/// The texts of an advisory, which are read only where somebody is shown them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Details {
    /// One line; empty where the feed has none.
    pub summary: String,
    /// Web pages, in the order of the feed.
    pub references: Vec<String>,
}

impl Details {
    pub(super) fn put(&self, out: &mut Vec<u8>) {
        put_text(out, &self.summary);
        put_texts(out, &self.references);
    }

    pub(super) fn read(cursor: &mut Cursor<'_>) -> Option<Self> {
        Some(Self { summary: cursor.text()?.to_owned(), references: cursor.texts()? })
    }
}

//! Advisories for the tests of this crate.

use sekisho_advisory::{
    Advisory, AdvisoryKind, Affected, Ecosystem, End, Entry, Range, Rating, State,
};

pub(crate) fn fixed(version: &str) -> Range {
    Range { introduced: None, end: End::Fixed(version.to_owned()) }
}

pub(crate) fn from_to(introduced: &str, end: End) -> Range {
    Range { introduced: Some(introduced.to_owned()), end }
}

pub(crate) fn entry(id: &str, ecosystem: &str, package: &str, ranges: Vec<Range>) -> Entry {
    let ecosystem = Ecosystem::parse(ecosystem).unwrap();
    let source = format!("osv/{}", ecosystem.name);
    Entry {
        advisory: Advisory {
            id: id.to_owned(),
            aliases: Vec::new(),
            upstream: Vec::new(),
            kind: if id.starts_with("MAL-") {
                AdvisoryKind::Malware
            } else {
                AdvisoryKind::Vulnerability
            },
            ratings: Vec::new(),
            summary: String::new(),
            references: Vec::new(),
            published: String::new(),
            modified: String::new(),
            withdrawn: None,
            affected: Vec::new(),
        },
        affected: Affected {
            ecosystem,
            package: package.to_owned(),
            ranges,
            versions: Vec::new(),
            state: State::Affected,
            urgency: None,
            module: None,
            fixed_on: None,
        },
        source,
    }
}

pub(crate) fn also(mut entry: Entry, aliases: &[&str]) -> Entry {
    entry.advisory.aliases = aliases.iter().map(|&id| id.to_owned()).collect();
    entry
}

pub(crate) fn about(mut entry: Entry, upstream: &[&str]) -> Entry {
    entry.advisory.upstream = upstream.iter().map(|&id| id.to_owned()).collect();
    entry
}

pub(crate) fn in_state(mut entry: Entry, state: State) -> Entry {
    entry.affected.state = state;
    entry
}

pub(crate) fn rated(mut entry: Entry, scheme: &str, value: &str) -> Entry {
    entry.advisory.ratings.push(Rating { scheme: scheme.to_owned(), value: value.to_owned() });
    entry
}

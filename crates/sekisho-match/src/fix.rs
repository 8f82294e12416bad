//! The versions that clear what was found.

use sekisho_advisory::Entry;
use sekisho_version::Scheme;

use crate::{decision::still_has, weakness::Weakness};

/// The smallest version that does not have a weakness any more, and is no step back from
/// `version`. Where it was fixed in several branches, the nearest branch above decides.
pub(crate) fn fix_of<'a>(version: &str, weakness: &Weakness<'a>) -> Option<&'a str> {
    let hits: Vec<&'a Entry> = weakness.hits.iter().map(|(entry, _)| *entry).collect();
    let scheme = scheme_of(weakness)?;
    let mut best: Option<&'a str> = None;
    for fixed in candidates(scheme, version, &hits) {
        let is_better = best.is_none_or(|best| is_less(scheme, fixed, best));
        if is_better && !hits.iter().any(|entry| still_has(fixed, entry)) {
            best = Some(fixed);
        }
    }
    best
}

/// A version of a package, and what is left of its weaknesses with it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Upgrade {
    pub(crate) to: String,
    /// Indices of the weaknesses that it clears, and of those that stay.
    pub(crate) clears: Vec<usize>,
    pub(crate) remains: Vec<usize>,
}

/// The smallest version that clears all of `weaknesses` that can be cleared.
pub(crate) fn upgrade(version: &str, weaknesses: &[Weakness<'_>]) -> Option<Upgrade> {
    let scheme = weaknesses.iter().find_map(scheme_of)?;
    let fixes: Vec<Option<&str>> =
        weaknesses.iter().map(|weakness| fix_of(version, weakness)).collect();
    let clears = |to: &str| -> Vec<usize> {
        let is_cleared =
            |weakness: &Weakness<'_>| weakness.hits.iter().all(|(entry, _)| !still_has(to, entry));
        let fixable = weaknesses.iter().zip(&fixes).enumerate();
        fixable
            .filter(|(_, (weakness, fix))| fix.is_some() && is_cleared(weakness))
            .map(|(index, _)| index)
            .collect()
    };
    // Nothing smaller than the largest of the single fixes clears all.
    let largest =
        fixes.iter().flatten().copied().reduce(|a, b| if is_less(scheme, a, b) { b } else { a })?;
    let n_fixable = fixes.iter().flatten().count();
    let mut best = (largest, clears(largest));
    if best.1.len() < n_fixable {
        // Fixed in several branches: one that is above may have more of the fixes.
        let all: Vec<&Entry> = weaknesses
            .iter()
            .flat_map(|weakness| weakness.hits.iter().map(|(entry, _)| *entry))
            .collect();
        for to in candidates(scheme, version, &all) {
            let cleared = clears(to);
            let is_smaller = cleared.len() == best.1.len() && is_less(scheme, to, best.0);
            if cleared.len() > best.1.len() || is_smaller {
                best = (to, cleared);
            }
        }
    }
    let (to, clears) = best;
    let remains = (0..weaknesses.len()).filter(|index| !clears.contains(index)).collect();
    Some(Upgrade { to: to.to_owned(), clears, remains })
}

/// The fixed versions above `version` that advisories name, each once.
fn candidates<'a>(scheme: Scheme, version: &str, entries: &[&'a Entry]) -> Vec<&'a str> {
    let mut candidates: Vec<&str> = entries
        .iter()
        .flat_map(|entry| entry.affected.ranges.iter().filter_map(|range| range.fixed()))
        .collect();
    candidates.sort_unstable();
    candidates.dedup();
    candidates.retain(|fixed| is_less(scheme, version, fixed));
    candidates
}

fn is_less(scheme: Scheme, a: &str, b: &str) -> bool {
    scheme.compare(a, b).is_some_and(std::cmp::Ordering::is_lt)
}

fn scheme_of(weakness: &Weakness<'_>) -> Option<Scheme> {
    weakness.hits.first().map(|(entry, _)| entry.affected.ecosystem.scheme())
}

#[cfg(test)]
mod tests {
    use sekisho_advisory::{AdvisoryKind, End, Range};

    use super::*;
    use crate::testing::{entry, fixed, from_to};

    fn until(introduced: &str, end: &str) -> Range {
        from_to(introduced, End::Fixed(end.to_owned()))
    }

    fn weakness(entry: &Entry) -> Weakness<'_> {
        Weakness {
            id: entry.advisory.id.clone(),
            aliases: Vec::new(),
            kind: AdvisoryKind::Vulnerability,
            hits: vec![(entry, None)],
            all: vec![entry],
        }
    }

    /// The fix of each, then the version for all, how many it clears, and how many stay.
    fn shown(version: &str, advisories: &[Vec<Range>]) -> String {
        let entries: Vec<Entry> =
            advisories.iter().map(|ranges| entry("GO-1", "Go", "p", ranges.clone())).collect();
        let weaknesses: Vec<Weakness<'_>> = entries.iter().map(weakness).collect();
        let fixes: Vec<&str> =
            weaknesses.iter().map(|it| fix_of(version, it).unwrap_or("none")).collect();
        let all = upgrade(version, &weaknesses);
        let all = all.map_or("nothing".to_owned(), |it| {
            format!("{} clears {}, {} stay", it.to, it.clears.len(), it.remains.len())
        });
        format!("{}: {all}", fixes.join(", "))
    }

    #[test]
    fn the_nearest_branch_above_has_the_fix() {
        let branches = || vec![fixed("1.21.11"), until("1.22.0-0", "1.22.4")];
        assert_eq!(shown("1.21.5", &[branches()]), "1.21.11: 1.21.11 clears 1, 0 stay");
        assert_eq!(shown("1.22.1", &[branches()]), "1.22.4: 1.22.4 clears 1, 0 stay");
    }

    #[test]
    fn the_smallest_version_that_clears_all_is_told() {
        let open = Range { introduced: None, end: End::Open };
        assert_eq!(
            shown("1.0.0", &[vec![fixed("1.2.0")], vec![fixed("1.1.0")], vec![open]]),
            "1.2.0, 1.1.0, none: 1.2.0 clears 2, 1 stay"
        );
        // 1.3.0 mends the second and still has the first, which only 2.0.0 is free of.
        assert_eq!(
            shown("1.0.0", &[vec![fixed("1.2.0"), until("1.3.0", "2.0.0")], vec![fixed("1.3.0")]]),
            "1.2.0, 1.3.0: 2.0.0 clears 2, 0 stay"
        );
        assert_eq!(shown("1.0.0", &[vec![fixed("0.9.0")]]), "none: nothing");
    }
}

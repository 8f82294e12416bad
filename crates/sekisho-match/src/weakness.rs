//! Advisories about the same weakness, brought together.
//!
//! A weakness has as many numbers as there are publishers. Two numbers that an advisory calls
//! aliases are one weakness, over as many steps as it takes; in circles, too. A bulletin of a
//! distribution (`DSA-5417-1`) is no weakness of its own: it reports on those that it names.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet},
};

use sekisho_advisory::{AdvisoryKind, Ecosystem, Entry, Range};
use sekisho_version::Scheme;

use crate::decision::{Decision, Reason};

/// An advisory and what it says of the version that was asked about.
#[derive(Debug, Clone)]
pub(crate) struct Judged {
    pub(crate) entry: Entry,
    pub(crate) decision: Decision,
}

/// One weakness that a package has.
#[derive(Debug)]
pub(crate) struct Weakness<'a> {
    /// The number it is called by: of CVE, else of GitHub, else of its publisher.
    pub(crate) id: String,
    /// All its other numbers, and the bulletins that report on it, sorted.
    pub(crate) aliases: Vec<String>,
    pub(crate) kind: AdvisoryKind,
    /// Those that say that the package has it, with the range that says so; the first decides
    /// what is told.
    pub(crate) hits: Vec<(&'a Entry, Option<&'a Range>)>,
    /// All that say anything of it, whichever versions they are about.
    pub(crate) all: Vec<&'a Entry>,
}

/// A weakness that the package may have.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Undecided {
    pub(crate) id: String,
    pub(crate) reason: Reason,
}

/// What the advisories about one package come to.
#[derive(Debug, Default)]
pub(crate) struct Weaknesses<'a> {
    /// In the order of their ids.
    pub(crate) found: Vec<Weakness<'a>>,
    pub(crate) undecided: BTreeSet<Undecided>,
}

/// Brings together what `judged`, the advisories about one package, say.
pub(crate) fn weaknesses<'a>(judged: &'a [Judged], is_go_own: bool) -> Weaknesses<'a> {
    // The usual case: all of it was mended long ago, and then nobody asks who calls it what.
    let is_clear = |it: &Judged| matches!(it.decision, Decision::Outside | Decision::NotAffected);
    if judged.iter().all(is_clear) {
        return Weaknesses::default();
    }
    let mut numbers = Numbers::default();
    for Judged { entry, .. } in judged {
        numbers.add(entry);
    }
    let mut members: BTreeMap<usize, Vec<&'a Judged>> = BTreeMap::new();
    for one in judged {
        for target in targets(&one.entry) {
            let root = numbers.root_of(target);
            members.entry(root).or_default().push(one);
        }
    }
    let names = numbers.names();
    let mut weaknesses = Weaknesses::default();
    for (root, members) in members {
        let names = names.get(&root).map(Vec::as_slice).unwrap_or_default();
        add(&mut weaknesses, names, members, is_go_own);
    }
    weaknesses.found.sort_by(|a, b| a.id.cmp(&b.id));
    weaknesses
}

fn add<'a>(
    weaknesses: &mut Weaknesses<'a>,
    names: &[&str],
    mut members: Vec<&'a Judged>,
    is_go_own: bool,
) {
    let Some(id) = names.iter().min_by(|a, b| by_rank(a, b)) else { return };
    let is_of_go = |one: &Judged| one.entry.advisory.id.starts_with("GO-");
    if is_go_own && members.iter().any(|one| is_of_go(one)) {
        // What others know of Go itself they have from its makers.
        members.retain(|one| is_of_go(one));
    }
    members.sort_by(|a, b| {
        let (a, b) = (&a.entry, &b.entry);
        by_rank(&a.advisory.id, &b.advisory.id).then_with(|| a.source.cmp(&b.source))
    });
    let all: Vec<&Entry> = members.iter().map(|one| &one.entry).collect();
    let mut denied: BTreeSet<&Ecosystem> = BTreeSet::new();
    let mut own: BTreeSet<&Ecosystem> = BTreeSet::new();
    let mut first_hand: BTreeSet<&Ecosystem> = BTreeSet::new();
    for one in &members {
        let ecosystem = &one.entry.affected.ecosystem;
        if one.decision == Decision::NotAffected {
            denied.insert(ecosystem);
        }
        if !is_bulletin(&one.entry) {
            own.insert(ecosystem);
            if is_distribution(&one.entry) && !is_retold(&one.entry) {
                first_hand.insert(ecosystem);
            }
        }
    }
    let mut hits = Vec::new();
    let mut reason = None;
    for one in &members {
        let ecosystem = &one.entry.affected.ecosystem;
        // What is said of the weakness itself counts more than a bulletin about several, and what
        // a distribution publishes more than what others made of it.
        if denied.contains(ecosystem)
            || (is_bulletin(&one.entry) && own.contains(ecosystem))
            || (is_retold(&one.entry) && first_hand.contains(ecosystem))
        {
            continue;
        }
        match &one.decision {
            Decision::Inside(range) => hits.push((&one.entry, range.as_ref())),
            Decision::Indeterminate(why) => reason = Some(*why),
            Decision::Outside | Decision::NotAffected => (),
        }
    }
    if hits.is_empty() {
        let undecided = reason.map(|reason| Undecided { id: (*id).to_owned(), reason });
        weaknesses.undecided.extend(undecided);
        return;
    }
    let bulletins = all.iter().filter(|entry| is_bulletin(entry));
    let bulletins = bulletins.map(|entry| entry.advisory.id.clone());
    let mut aliases: BTreeSet<String> = names.iter().map(|&name| name.to_owned()).collect();
    aliases.extend(bulletins);
    aliases.remove(*id);
    let is_malware = all.iter().any(|entry| entry.advisory.kind == AdvisoryKind::Malware);
    weaknesses.found.push(Weakness {
        id: (*id).to_owned(),
        aliases: aliases.into_iter().collect(),
        kind: if is_malware { AdvisoryKind::Malware } else { AdvisoryKind::Vulnerability },
        hits,
        all,
    });
}

/// The numbers of the weaknesses that an advisory is about.
fn targets(entry: &Entry) -> Vec<&str> {
    if is_bulletin(entry) {
        // The same weakness by the number of a distribution and by that of CVE.
        let upstream: BTreeSet<&str> =
            entry.advisory.upstream.iter().map(|id| canonical(id)).collect();
        return upstream.into_iter().collect();
    }
    vec![canonical(&entry.advisory.id)]
}

/// Whether an advisory of a distribution reports on weaknesses that have numbers of their own:
/// `DSA-…`, `USN-…`, `RHSA-…`, unlike `UBUNTU-CVE-2024-1`, which is its page on one.
fn is_bulletin(entry: &Entry) -> bool {
    let own = canonical(&entry.advisory.id);
    is_distribution(entry) && !entry.advisory.upstream.is_empty() && !own.starts_with("CVE-")
}

fn is_distribution(entry: &Entry) -> bool {
    matches!(entry.affected.ecosystem.scheme(), Scheme::Apk | Scheme::Deb | Scheme::Rpm)
}

/// Whether it was made of another feed.
fn is_retold(entry: &Entry) -> bool {
    entry.source.starts_with("osv/")
}

/// The number of CVE behind the prefix of a distribution: of `DEBIAN-CVE-2024-1`, `CVE-2024-1`.
fn canonical(id: &str) -> &str {
    let behind = id.find("-CVE-").and_then(|index| id.get(index + 1..));
    behind.unwrap_or(id)
}

/// Numbers as they are told: malware first, then CVE, then GitHub, then the publisher's.
fn by_rank(a: &str, b: &str) -> Ordering {
    const PREFIXES: [&str; 3] = ["MAL-", "CVE-", "GHSA-"];
    let rank = |id: &str| {
        PREFIXES.iter().position(|prefix| id.starts_with(prefix)).unwrap_or(PREFIXES.len())
    };
    rank(a).cmp(&rank(b)).then_with(|| a.cmp(b))
}

/// Sets of numbers that stand for the same weakness.
#[derive(Debug, Default)]
struct Numbers<'a> {
    indices: BTreeMap<&'a str, usize>,
    parents: Vec<usize>,
}

impl<'a> Numbers<'a> {
    fn add(&mut self, entry: &'a Entry) {
        if is_bulletin(entry) {
            for target in targets(entry) {
                self.index(target);
            }
            return;
        }
        let own = self.index(&entry.advisory.id);
        let canonical = self.index(canonical(&entry.advisory.id));
        self.join(own, canonical);
        // Where there are no bulletins, what is upstream is the same weakness.
        for alias in entry.advisory.aliases.iter().chain(&entry.advisory.upstream) {
            let number = self.index(alias);
            let canonical = self.index(self::canonical(alias));
            self.join(number, canonical);
            self.join(own, number);
        }
    }

    fn index(&mut self, id: &'a str) -> usize {
        if let Some(index) = self.indices.get(id) {
            return *index;
        }
        let index = self.parents.len();
        self.parents.push(index);
        self.indices.insert(id, index);
        index
    }

    /// Chains are halved on the way: a feed may have made them long.
    fn root(&mut self, mut index: usize) -> usize {
        loop {
            let Some(parent) = self.parents.get(index).copied() else { return index };
            let above = self.parents.get(parent).copied().unwrap_or(parent);
            if parent == index {
                return index;
            }
            if let Some(slot) = self.parents.get_mut(index) {
                *slot = above;
            }
            index = above;
        }
    }

    fn root_of(&mut self, id: &'a str) -> usize {
        let index = self.index(id);
        self.root(index)
    }

    /// The lower root stays, so that chains stay short and the order of advisories does not count.
    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        if let Some(parent) = self.parents.get_mut(a.max(b)) {
            *parent = a.min(b);
        }
    }

    /// The numbers of each set, by its root.
    fn names(mut self) -> BTreeMap<usize, Vec<&'a str>> {
        let mut names: BTreeMap<usize, Vec<&'a str>> = BTreeMap::new();
        for (name, index) in std::mem::take(&mut self.indices) {
            names.entry(self.root(index)).or_default().push(name);
        }
        names
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use proptest::prelude::*;
    use sekisho_advisory::State;

    use super::*;
    use crate::testing::{about, also, entry, fixed, in_state};

    /// Every weakness with its other numbers and what says so.
    fn shown(entries: Vec<(Entry, Decision)>, is_go_own: bool) -> String {
        let judged: Vec<Judged> =
            entries.into_iter().map(|(entry, decision)| Judged { entry, decision }).collect();
        let Weaknesses { found, undecided } = weaknesses(&judged, is_go_own);
        let mut shown = String::new();
        for Weakness { id, aliases, hits, .. } in found {
            let by: Vec<&str> = hits.iter().map(|(entry, _)| entry.advisory.id.as_str()).collect();
            writeln!(shown, "{id} {aliases:?} by {by:?}").unwrap();
        }
        for Undecided { id, reason } in undecided {
            writeln!(shown, "{id}: {reason:?}").unwrap();
        }
        shown
    }

    fn inside(entry: Entry) -> (Entry, Decision) {
        (entry, Decision::Inside(Some(fixed("2.0"))))
    }

    fn pypi(id: &str, aliases: &[&str]) -> Entry {
        also(entry(id, "PyPI", "p", vec![fixed("2.0")]), aliases)
    }

    fn debian(id: &str, upstream: &[&str]) -> Entry {
        about(entry(id, "Debian:12", "p", vec![fixed("2.0-1")]), upstream)
    }

    #[test]
    fn numbers_of_one_weakness_are_one_finding_by_its_cve() {
        insta::assert_snapshot!(shown(vec![
            inside(pypi("PYSEC-1", &["GHSA-a"])),
            inside(pypi("GHSA-a", &["CVE-2024-1", "PYSEC-1"])),
            inside(pypi("GHSA-b", &["PYSEC-9"])),
        ], false), @r#"
        CVE-2024-1 ["GHSA-a", "PYSEC-1"] by ["GHSA-a", "PYSEC-1"]
        GHSA-b ["PYSEC-9"] by ["GHSA-b"]
        "#);
    }

    #[test]
    fn a_bulletin_reports_on_each_of_its_weaknesses() {
        insta::assert_snapshot!(shown(vec![
            inside(debian("DSA-1-1", &["CVE-2024-1", "CVE-2024-2", "CVE-2024-3"])),
            (debian("DEBIAN-CVE-2024-2", &["CVE-2024-2"]), Decision::Outside),
            (in_state(debian("CVE-2024-3", &[]), State::NotAffected), Decision::NotAffected),
        ], false), @r#"CVE-2024-1 ["DSA-1-1"] by ["DSA-1-1"]"#);
        insta::assert_snapshot!(shown(vec![
            inside(debian("DSA-1-1", &["CVE-2024-2"])),
            inside(debian("DEBIAN-CVE-2024-2", &["CVE-2024-2"])),
        ], false), @r#"CVE-2024-2 ["DEBIAN-CVE-2024-2", "DSA-1-1"] by ["DEBIAN-CVE-2024-2"]"#);
    }

    #[test]
    fn what_a_distribution_publishes_counts_more_than_what_others_made_of_it() {
        let mut tracker = debian("CVE-2024-1", &[]);
        tracker.source = "debian".to_owned();
        let retold = || inside(debian("DEBIAN-CVE-2024-1", &["CVE-2024-1"]));
        assert_eq!(shown(vec![retold(), (tracker.clone(), Decision::Outside)], false), "");
        insta::assert_snapshot!(shown(vec![retold(), inside(tracker)], false), @r#"CVE-2024-1 ["DEBIAN-CVE-2024-1"] by ["CVE-2024-1"]"#);
    }

    #[test]
    fn one_release_does_not_speak_for_another() {
        let mut other = in_state(debian("CVE-2024-1", &[]), State::NotAffected);
        other.affected.ecosystem.release = Some("11".to_owned());
        insta::assert_snapshot!(shown(vec![
            inside(debian("DSA-1-1", &["CVE-2024-1"])),
            (other, Decision::NotAffected),
        ], false), @r#"CVE-2024-1 ["DSA-1-1"] by ["DSA-1-1"]"#);
    }

    #[test]
    fn nobody_knows_go_better_than_its_makers() {
        let go = |id: &str, aliases: &[&str]| {
            also(entry(id, "Go", "stdlib", vec![fixed("1.2.0")]), aliases)
        };
        let entries = || {
            vec![
                (go("GO-1", &["CVE-2024-1", "GHSA-a"]), Decision::Outside),
                inside(go("GHSA-a", &["CVE-2024-1"])),
                inside(go("GHSA-b", &["CVE-2024-2"])),
            ]
        };
        insta::assert_snapshot!(shown(entries(), true), @r#"CVE-2024-2 ["GHSA-b"] by ["GHSA-b"]"#);
        assert!(shown(entries(), false).contains("CVE-2024-1"));
    }

    #[test]
    fn what_nobody_can_tell_is_named_where_nothing_else_is_known() {
        let undecided = Decision::Indeterminate(Reason::NoOrder);
        insta::assert_snapshot!(shown(vec![
            (pypi("GHSA-a", &["CVE-2024-1"]), undecided.clone()),
            (pypi("GHSA-b", &["CVE-2024-2"]), undecided),
            inside(pypi("PYSEC-2", &["CVE-2024-2"])),
        ], false), @r#"
        CVE-2024-2 ["GHSA-b", "PYSEC-2"] by ["PYSEC-2"]
        CVE-2024-1: NoOrder
        "#);
    }

    fn some_entries() -> impl Strategy<Value = Vec<Entry>> {
        let cves = ["CVE-2024-1", "CVE-2024-2", "CVE-2024-3"];
        let id = || {
            let ids = ["CVE-2024-1", "CVE-2024-2", "CVE-2024-3", "GHSA-a", "GHSA-b", "PYSEC-1"];
            prop::sample::select(ids.to_vec())
        };
        let library =
            (id(), prop::collection::vec(id(), 0..4)).prop_map(|(id, aliases)| pypi(id, &aliases));
        let ids = prop::sample::select(vec!["DSA-1-1", "DSA-2-1", "DEBIAN-CVE-2024-1"]);
        let upstream = prop::collection::vec(prop::sample::select(cves.to_vec()), 1..3);
        let system = (ids, upstream).prop_map(|(id, upstream)| debian(id, &upstream));
        prop::collection::vec(prop_oneof![library, system], 0..8)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn the_order_of_advisories_does_not_count(entries in some_entries()) {
            let ids = |entries: Vec<Entry>| -> Vec<(String, Vec<String>)> {
                let judged: Vec<Judged> = entries
                    .into_iter()
                    .map(|entry| Judged { entry, decision: Decision::Inside(None) })
                    .collect();
                let found = weaknesses(&judged, false).found;
                found.into_iter().map(|it| (it.id, it.aliases)).collect()
            };
            let turned: Vec<Entry> = entries.iter().rev().cloned().collect();
            prop_assert_eq!(ids(entries), ids(turned));
        }

        #[test]
        fn no_number_is_in_two_findings_and_none_is_lost(entries in some_entries()) {
            let judged: Vec<Judged> = entries
                .into_iter()
                .map(|entry| Judged { entry, decision: Decision::Inside(None) })
                .collect();
            let found = weaknesses(&judged, false).found;
            let mut seen = BTreeSet::new();
            for weakness in &found {
                prop_assert!(seen.insert(weakness.id.clone()));
            }
            for Judged { entry, .. } in &judged {
                for target in targets(entry) {
                    let has = |it: &Weakness<'_>| {
                        it.id == target || it.aliases.iter().any(|alias| alias == target)
                    };
                    prop_assert_eq!(found.iter().filter(|it| has(it)).count(), 1, "{}", target);
                }
            }
        }
    }
}

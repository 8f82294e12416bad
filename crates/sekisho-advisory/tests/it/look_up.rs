use std::collections::BTreeMap;

use proptest::{collection::vec, option, prelude::*};
use sekisho_advisory::{
    Advisory, AdvisoryKind, Affected, Database, DatabaseBuilder, Ecosystem, End, Range, Rating,
    State,
};

use crate::sample::{builder, ecosystem, key, trust};

#[test]
fn what_was_put_in_is_found_by_release_and_package() {
    let directory = tempfile::tempdir().unwrap();
    builder().write(directory.path(), &key()).unwrap();
    let database = Database::open(directory.path(), &trust()).unwrap();
    let found = |of: &str, package: &str| -> Vec<String> {
        let entries = database.entries(&ecosystem(of), package).unwrap();
        let shown = entries.iter().map(|entry| {
            let fixed = entry.affected.ranges[0].fixed().unwrap();
            format!("{} {} {fixed}", entry.source, entry.advisory.id)
        });
        shown.collect()
    };
    assert_eq!(found("Debian:12", "openssl"), ["osv/Debian DSA-1-1 3.0.1-1"]);
    assert_eq!(found("Debian:11", "openssl"), ["osv/Debian DSA-1-1 1.1.1-1"]);
    assert_eq!(found("npm", "left-pad"), ["osv/npm GHSA-aaaa 1.3.1"]);
    for (of, package) in [("Debian:12", "left-pad"), ("Debian:13", "openssl"), ("Debian", "curl")] {
        assert!(found(of, package).is_empty(), "{of} {package}");
    }
    assert_eq!(database.releases("Debian"), [Some("11"), Some("12")]);
    assert_eq!(database.releases("npm"), [None]);
    assert!(database.releases("PyPI").is_empty());
    assert_eq!(database.ecosystems(), ["Debian", "npm"]);
}

#[test]
fn texts_are_read_only_when_asked_for() {
    let directory = tempfile::tempdir().unwrap();
    builder().write(directory.path(), &key()).unwrap();
    let database = Database::open(directory.path(), &trust()).unwrap();
    let entries = database.entries(&ecosystem("npm"), "left-pad").unwrap();
    assert_eq!(entries[0].advisory.summary, "");
    let details = database.details(&entries[0]).unwrap();
    assert_eq!(details.summary, "left-pad is broken");
    assert_eq!(details.references, ["https://example.org/broken"]);
}

#[test]
fn facts_on_a_cve_are_found_whichever_package_has_it() {
    let directory = tempfile::tempdir().unwrap();
    builder().write(directory.path(), &key()).unwrap();
    let database = Database::open(directory.path(), &trust()).unwrap();
    let known = database.known_exploited("CVE-2024-1234").unwrap().unwrap();
    assert_eq!((known.date_added.as_str(), known.due_date.as_str()), ("2024-02-01", "2024-02-15"));
    let epss = database.epss("CVE-2024-1234").unwrap().unwrap();
    assert_eq!(
        (epss.score.to_bits(), epss.percentile.to_bits()),
        (0.5_f32.to_bits(), 0.75_f32.to_bits())
    );
    assert_eq!(database.severity("CVE-2024-1234").unwrap()[0].scheme, "CVSS_V2");
    assert_eq!(database.known_exploited("CVE-2024-1").unwrap(), None);
    assert_eq!(database.epss("CVE-2024-12345").unwrap(), None);
    assert!(database.severity("").unwrap().is_empty());
}

#[test]
fn unchanged_content_keeps_its_name() {
    let directory = tempfile::tempdir().unwrap();
    let first = builder().write(directory.path(), &key()).unwrap();
    let advisories = ["DSA-9-1", "DSA-8-1"];
    let more = advisories.iter().fold(builder(), |builder, id| {
        builder.add("osv/Debian", crate::sample::advisory(id, "Debian:13", "curl", "8.1-1"))
    });
    let second = more.write(directory.path(), &key()).unwrap();
    let names = |manifest: &sekisho_advisory::Manifest| -> Vec<String> {
        manifest.segments().map(|segment| segment.digest.to_hex()).collect()
    };
    let kept = names(&first).iter().filter(|name| names(&second).contains(name)).count();
    // Only the texts of Debian, which are one segment, differ; a release has come.
    assert_eq!((kept, first.segments().count(), second.segments().count()), (7, 8, 9));
    assert!(first.serial < second.serial);
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z]{1,6}", "CVE-20[0-9]{2}-[0-9]{1,6}", "\\PC{0,8}", Just("a\0b".to_owned())]
}

fn range() -> impl Strategy<Value = Range> {
    let end = prop_oneof![
        Just(End::Open),
        text().prop_map(End::Fixed),
        text().prop_map(End::LastAffected)
    ];
    (option::of(text()), end).prop_map(|(introduced, end)| Range { introduced, end })
}

fn affected() -> impl Strategy<Value = Affected> {
    let name = prop_oneof![Just("Debian"), Just("npm"), Just("SUSE")];
    let release = option::of(prop_oneof!["1[0-3]", "Server [12]", text()]);
    let state = prop_oneof![Just(State::Affected), Just(State::NoAdvisory), Just(State::EndOfLife)];
    let lists = (vec(range(), 0..3), vec(text(), 0..3));
    let texts = (option::of(text()), option::of(text()), option::of(text()));
    (name, release, "[ab]{1,2}", lists, state, texts).prop_map(
        |(name, release, package, (ranges, versions), state, (urgency, module, fixed_on))| {
            Affected {
                ecosystem: Ecosystem { name: name.to_owned(), release },
                package,
                ranges,
                versions,
                state,
                urgency,
                module,
                fixed_on,
            }
        },
    )
}

fn advisory() -> impl Strategy<Value = Advisory> {
    let rating = (text(), text()).prop_map(|(scheme, value)| Rating { scheme, value });
    let kind = prop_oneof![Just(AdvisoryKind::Vulnerability), Just(AdvisoryKind::Malware)];
    let ids = (text(), vec(text(), 0..3), vec(text(), 0..3), kind);
    let texts = (text(), vec(text(), 0..3), text(), text(), option::of(text()));
    (ids, vec(rating, 0..3), texts, vec(affected(), 0..4)).prop_map(
        |((id, aliases, upstream, kind), ratings, texts, affected)| {
            let (summary, references, published, modified, withdrawn) = texts;
            Advisory {
                id,
                aliases,
                upstream,
                kind,
                ratings,
                summary,
                references,
                published,
                modified,
                withdrawn,
                affected,
            }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn look_ups_answer_exactly_what_was_put_in(
        advisories in vec((prop_oneof![Just("one"), Just("two")], advisory()), 0..12),
    ) {
        let directory = tempfile::tempdir().unwrap();
        let mut builder = DatabaseBuilder::new();
        // By source, ecosystem and package: what has to come back.
        let mut expected: BTreeMap<(Ecosystem, String), Vec<String>> = BTreeMap::new();
        for (source, advisory) in &advisories {
            builder = builder.add(source, advisory.clone());
            for affected in &advisory.affected {
                let mut shown = advisory.clone();
                shown.affected.clear();
                (shown.summary, shown.references) = (String::new(), Vec::new());
                let at = (affected.ecosystem.clone(), affected.package.clone());
                let of_package = expected.entry(at).or_default();
                of_package.push(format!("{source} {shown:?} {affected:?}"));
            }
        }
        builder.write(directory.path(), &key()).unwrap();
        let database = Database::open(directory.path(), &trust()).unwrap();
        for ((ecosystem, package), mut expected) in expected {
            let entries = database.entries(&ecosystem, &package).unwrap();
            let mut found: Vec<String> = entries
                .iter()
                .map(|it| format!("{} {:?} {:?}", it.source, it.advisory, it.affected))
                .collect();
            expected.sort();
            found.sort();
            prop_assert_eq!(found, expected);
            let other = Ecosystem { name: "Go".to_owned(), ..ecosystem };
            prop_assert!(database.entries(&other, &package).unwrap().is_empty());
        }
        for (source, advisory) in &advisories {
            // One id twice in one source has the texts of one of the two.
            let is_only = advisories.iter().filter(|it| (it.0, &it.1.id) == (*source, &advisory.id)).count() == 1;
            if let Some(affected) = advisory.affected.first().filter(|_| is_only) {
                let entries = database.entries(&affected.ecosystem, &affected.package).unwrap();
                let entry = entries.iter().find(|it| it.source == *source && it.advisory.id == advisory.id).unwrap();
                let details = database.details(entry).unwrap();
                prop_assert_eq!(&details.summary, &advisory.summary);
                prop_assert_eq!(&details.references, &advisory.references);
            }
        }
    }
}

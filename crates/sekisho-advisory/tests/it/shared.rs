//! Real feeds, where they are: a directory with the layout of `read_feed`, below the folder that
//! `SEKISHO_SHARED` names.
#![expect(clippy::panic, clippy::print_stdout, reason = "a test fails, and tells what it read")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    path::PathBuf,
};

use sekisho_advisory::{FEEDS, Feed, Item, State, read_feed};
use serde_json::Value;

/// The directory of feeds; none, and a word about it, where there is no such directory.
fn feeds() -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "a test takes its data from where it is told")]
    let feeds = std::env::var_os("SEKISHO_SHARED").map(|root| PathBuf::from(root).join("feeds"));
    match feeds.filter(|feeds| feeds.is_dir()) {
        Some(feeds) => Some(feeds),
        None => {
            println!("skipped: SEKISHO_SHARED names no folder with feeds");
            None
        }
    }
}

/// How many records a feed has, counted without the crate under test.
fn counted(root: &std::path::Path, feed: &Feed) -> u64 {
    let mut n: usize = 0;
    for file in feed.files(root).unwrap() {
        let path = root.join(&file);
        n += match feed.name {
            "alpine" => secfixes(&json(&path)).len(),
            "kev" => json(&path)["vulnerabilities"].as_array().unwrap().len(),
            name if name.starts_with("osv/") => {
                zip::ZipArchive::new(fs_err::File::open(&path).unwrap()).unwrap().len()
            }
            name => panic!("nothing counts the records of {name}"),
        };
    }
    n as u64
}

fn json(path: &std::path::Path) -> Value {
    serde_json::from_slice(&fs_err::read(path).unwrap()).unwrap()
}

/// Release, package, version and line of each entry of a document of Alpine.
fn secfixes(document: &Value) -> Vec<(String, String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let mut entries = Vec::new();
    for package in document["packages"].as_array().into_iter().flatten() {
        let package = &package["pkg"];
        for (version, lines) in package["secfixes"].as_object().into_iter().flatten() {
            for line in lines.as_array().into_iter().flatten() {
                let release = text(&document["distroversion"]);
                entries.push((release, text(&package["name"]), version.clone(), text(line)));
            }
        }
    }
    entries
}

#[test]
fn each_record_of_a_real_feed_is_imported_or_skipped_with_a_reason() {
    let Some(root) = feeds() else { return };
    let mut table = String::new();
    for feed in FEEDS {
        if feed.files(&root).unwrap().is_empty() {
            continue;
        }
        let mut reasons: BTreeMap<String, u64> = BTreeMap::new();
        let mut sink = |item| {
            if let Item::Skipped(skipped) = item {
                assert!(!skipped.name.is_empty() && !skipped.reason.is_empty());
                *reasons.entry(skipped.reason).or_default() += 1;
            }
        };
        let summary = read_feed(feed, &root, &mut sink).unwrap();
        assert_eq!(summary.records, counted(&root, feed), "{}", feed.name);
        assert_eq!(summary.imported + summary.skipped, summary.records, "{}", feed.name);
        writeln!(table, "{}: {summary:?}", feed.name).unwrap();
        for (reason, n) in reasons {
            writeln!(table, "  {n} × {reason}").unwrap();
        }
    }
    println!("{table}");
    assert!(!table.is_empty(), "a folder of feeds without a feed");
}

#[test]
fn what_alpine_says_equals_what_its_files_say() {
    let Some(root) = feeds() else { return };
    let alpine = Feed::find("alpine").unwrap();
    let mut expected = BTreeSet::new();
    for file in alpine.files(&root).unwrap() {
        for (release, package, version, line) in secfixes(&json(&root.join(file))) {
            let mut ids: Vec<String> = line
                .split('(')
                .next()
                .unwrap()
                .split(' ')
                .filter(|word| word.contains(|char: char| char.is_ascii_digit()))
                .map(|word| match word.trim_start_matches("CVE_") {
                    number if number.starts_with(|char: char| char.is_ascii_digit()) => {
                        format!("CVE-{number}")
                    }
                    id => id.to_owned(),
                })
                .collect();
            if ids.iter().any(|id| id.starts_with("CVE-")) {
                ids.retain(|id| id.starts_with("CVE-"));
            }
            for id in ids {
                expected.insert((release.clone(), package.clone(), version.clone(), id));
            }
        }
    }
    let mut actual = BTreeSet::new();
    let mut skipped = Vec::new();
    let mut sink = |item| match item {
        Item::Advisory(advisory) => {
            for affected in advisory.affected {
                let release = affected.ecosystem.release.unwrap();
                let mut insert = |version: &str| {
                    actual.insert((
                        release.clone(),
                        affected.package.clone(),
                        version.to_owned(),
                        advisory.id.clone(),
                    ));
                };
                if affected.state == State::NotAffected {
                    insert("0");
                }
                for range in &affected.ranges {
                    insert(range.fixed().unwrap());
                }
            }
        }
        Item::Skipped(record) => skipped.push(record),
        other => panic!("{other:?}"),
    };
    read_feed(alpine, &root, &mut sink).unwrap();
    println!("{} entries of Alpine; skipped: {skipped:#?}", actual.len());
    let only = |left: &BTreeSet<_>, right: &BTreeSet<_>| {
        left.difference(right).take(5).cloned().collect::<Vec<_>>()
    };
    assert_eq!(only(&expected, &actual), only(&actual, &expected));
}

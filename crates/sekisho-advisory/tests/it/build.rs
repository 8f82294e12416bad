use std::{
    io::{Cursor, Write},
    path::Path,
};

use sekisho_advisory::{Build, BuildError, BuildProgress, BuildSummary, Database, build};
use zip::{ZipWriter, write::SimpleFileOptions};

use crate::sample::{ecosystem, key, trust};

/// A record of OSV on one package.
fn osv(id: &str, of: &str, package: &str, fixed: &str) -> (String, String) {
    let json = format!(
        r#"{{"id":"{id}","modified":"2024-05-06T07:08:09Z","summary":"{package} is broken",
        "affected":[{{"package":{{"ecosystem":"{of}","name":"{package}"}},
        "ranges":[{{"type":"ECOSYSTEM","events":[{{"introduced":"0"}},{{"fixed":"{fixed}"}}]}}]}},
        {{"package":{{"ecosystem":"npm","name":"of-another-feed"}},"versions":["1.0.0"]}}]}}"#
    );
    (format!("{id}.json"), json)
}

fn write_osv(feeds: &Path, of: &str, records: &[(String, String)]) {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, json) in records {
        zip.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
        zip.write_all(json.as_bytes()).unwrap();
    }
    fs_err::create_dir_all(feeds.join("osv").join(of)).unwrap();
    let path = feeds.join("osv").join(of).join("all.zip");
    fs_err::write(path, zip.finish().unwrap().into_inner()).unwrap();
}

fn write_feeds(feeds: &Path) {
    let record = |id: &str| osv(id, "Debian:12", "curl", "7.88.1-10");
    write_osv(feeds, "Debian", &[record("DSA-1-1"), record("DSA-2-1")]);
    write_osv(feeds, "Go", &[osv("GO-1", "Go", "example.org/a", "1.2.3")]);
    let kev =
        r#"{"vulnerabilities":[{"cveID":"CVE-2021-1","dateAdded":"2021-11-03"},{"cveID":7}]}"#;
    fs_err::write(feeds.join("kev.json"), kev).unwrap();
}

fn built(feeds: &Path, directory: &Path) -> Result<(BuildSummary, Vec<String>), BuildError> {
    let mut left_out = Vec::new();
    let summary = build(
        &Build {
            feeds,
            database: directory,
            key: &key(),
            trust: &trust(),
            now: "2026-01-02T03:04:05.678Z".parse().unwrap(),
            fetched: None,
        },
        &mut |progress| {
            if let BuildProgress::Skipped { source, record } = progress {
                left_out.push(format!("{source} {}", record.name));
            }
        },
    )?;
    Ok((summary, left_out))
}

/// How many entries there are of a package.
fn n_entries(directory: &Path, of: &str, package: &str) -> usize {
    let database = Database::open(directory, &trust()).unwrap();
    database.entries(&ecosystem(of), package).unwrap().len()
}

#[test]
fn feeds_become_sources_and_what_is_left_out_is_named() {
    let (feeds, directory) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    write_feeds(feeds.path());
    let (summary, left_out) = built(feeds.path(), directory.path()).unwrap();
    assert_eq!(left_out, ["kev entry 2"]);
    let shown = summary
        .manifest
        .sources
        .iter()
        .map(|source| format!("{} {} {}", source.name, source.advisories, source.skipped));
    assert_eq!(shown.collect::<Vec<_>>(), ["kev 1 1", "osv/Debian 2 0", "osv/Go 1 0"]);
    assert_eq!(summary.manifest.built.to_string(), "2026-01-02T03:04:05Z");
    assert_eq!(n_entries(directory.path(), "Debian:12", "curl"), 2);
    let database = Database::open(directory.path(), &trust()).unwrap();
    assert!(database.known_exploited("CVE-2021-1").unwrap().is_some());
    // A record that names packages of several ecosystems is in the feed of each.
    assert!(database.releases("npm").is_empty());
}

#[test]
fn only_what_changed_is_read_again() {
    let (feeds, directory) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    write_feeds(feeds.path());
    let (first, _) = built(feeds.path(), directory.path()).unwrap();
    assert_eq!(first.rebuilt, ["kev", "osv/Debian", "osv/Go"]);
    let (second, _) = built(feeds.path(), directory.path()).unwrap();
    assert!(second.rebuilt.is_empty());
    assert!(first.manifest.serial < second.manifest.serial);
    // The records of the archive in another order: read again, and the content is the same.
    let record = |id: &str| osv(id, "Debian:12", "curl", "7.88.1-10");
    write_osv(feeds.path(), "Debian", &[record("DSA-2-1"), record("DSA-1-1")]);
    let (third, _) = built(feeds.path(), directory.path()).unwrap();
    assert_eq!(third.rebuilt, ["osv/Debian"]);
    let segments =
        |summary: &BuildSummary| summary.manifest.segments().cloned().collect::<Vec<_>>();
    assert_eq!(segments(&third), segments(&first));
    fs_err::remove_dir_all(feeds.path().join("osv/Go")).unwrap();
    let (fourth, _) = built(feeds.path(), directory.path()).unwrap();
    assert_eq!(fourth.gone, ["osv/Go"]);
}

#[test]
fn a_damaged_segment_is_not_taken_over() {
    let (feeds, directory) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    write_feeds(feeds.path());
    let (first, _) = built(feeds.path(), directory.path()).unwrap();
    let source = first.manifest.sources.iter().find(|source| source.name == "osv/Go").unwrap();
    let path = directory.path().join("segments").join(source.segments[0].digest.to_hex());
    let mut bytes = fs_err::read(&path).unwrap();
    bytes[100] ^= 1;
    fs_err::write(&path, bytes).unwrap();
    let (second, _) = built(feeds.path(), directory.path()).unwrap();
    assert_eq!(second.rebuilt, ["osv/Go"]);
    assert_eq!(n_entries(directory.path(), "Go", "example.org/a"), 1);
}

#[test]
fn a_damaged_feed_leaves_the_database_as_it_was() {
    let (feeds, directory) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    write_feeds(feeds.path());
    built(feeds.path(), directory.path()).unwrap();
    let before = fs_err::read(directory.path().join("manifest")).unwrap();
    fs_err::write(feeds.path().join("kev.json"), "<html>sorry</html>").unwrap();
    let err = built(feeds.path(), directory.path()).unwrap_err();
    assert!(err.to_string().contains("kev.json"), "{err}");
    assert_eq!(fs_err::read(directory.path().join("manifest")).unwrap(), before);
    assert_eq!(n_entries(directory.path(), "Debian:12", "curl"), 2);
    let nothing = tempfile::tempdir().unwrap();
    let err = built(nothing.path(), directory.path()).unwrap_err();
    assert!(matches!(err, BuildError::NoFeeds { .. }), "{err}");
}

#[test]
fn a_reader_keeps_its_database_through_updates() {
    let (feeds, directory) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    write_feeds(feeds.path());
    built(feeds.path(), directory.path()).unwrap();
    let reader = Database::open(directory.path(), &trust()).unwrap();
    for version in 1..=3 {
        let fixed = format!("7.88.1-{version}");
        write_osv(feeds.path(), "Debian", &[osv("DSA-9-1", "Debian:12", "curl", &fixed)]);
        built(feeds.path(), directory.path()).unwrap();
    }
    // Its segments have been removed by now; nothing was mapped before.
    let of_reader = reader.entries(&ecosystem("Debian:12"), "curl").unwrap();
    let ids: Vec<&str> = of_reader.iter().map(|entry| entry.advisory.id.as_str()).collect();
    assert_eq!(ids, ["DSA-1-1", "DSA-2-1"]);
    assert_eq!(reader.details(&of_reader[0]).unwrap().summary, "curl is broken");
    // Five that this manifest names, and of the one before the packages of Debian.
    let n_segments = fs_err::read_dir(directory.path().join("segments")).unwrap().count();
    assert_eq!((n_segments, n_entries(directory.path(), "Debian:12", "curl")), (6, 1));
}

//! Feeds that were cut, changed or blown up: each record is told of, and nothing crashes.

use std::path::Path;

use sekisho_advisory::{Feed, FeedError, FeedSummary, Item, Skipped, read_feed};
use sekisho_testkit::{LayerBuilder, ZipBuilder, seeds};

/// The fuzz targets of feeds: the feed and the file that a seed becomes.
const TARGETS: &[(&str, &str, &str)] = &[
    ("feed_amazon", "amazon", "amazon/2/updateinfo.xml"),
    ("feed_debian", "debian", "debian/tracker.json"),
    ("feed_epss", "epss", "epss.csv"),
    ("feed_kev", "kev", "kev.json"),
    ("feed_nvd", "nvd", "nvd/2024.json"),
    ("feed_osv", "osv/npm", "osv/npm/all.zip"),
    ("feed_redhat", "redhat", "redhat/changed/2024/a.json"),
    ("feed_secdb", "alpine", "alpine/v3.20/main.json"),
];

/// Every how many bytes a seed is cut and changed.
const STEP: usize = 37;

fn write(path: &Path, content: &[u8]) {
    fs_err::create_dir_all(path.parent().unwrap()).unwrap();
    fs_err::write(path, content).unwrap();
}

/// Reads `content` as the file at `path` and checks that the counts add up.
fn read(
    root: &Path,
    feed: &str,
    path: &str,
    content: &[u8],
) -> (Result<FeedSummary, FeedError>, Vec<Skipped>) {
    if path.ends_with("all.zip") {
        write(&root.join(path), &ZipBuilder::new().stored("a.json", content).finish());
    } else {
        write(&root.join(path), content);
    }
    let mut skipped = Vec::new();
    let result = read_feed(Feed::find(feed).unwrap(), root, &mut |item| {
        if let Item::Skipped(record) = item {
            skipped.push(record);
        }
    });
    if let Ok(summary) = &result {
        assert_eq!(summary.records, summary.imported + summary.skipped);
        assert!(skipped.len() as u64 >= summary.skipped);
    }
    for Skipped { name, reason } in &skipped {
        assert!(!name.chars().chain(reason.chars()).any(char::is_control), "{name} {reason}");
    }
    (result, skipped)
}

fn with_archive_of_red_hat(root: &Path) {
    let tar = LayerBuilder::new().file("a.json", "{}").finish().tar;
    write(&root.join("redhat/csaf_vex.tar.zst"), &tar);
}

#[test]
fn a_feed_that_was_cut_or_changed_anywhere_crashes_nothing() {
    let corpus = tempfile::tempdir().unwrap();
    seeds::write(corpus.path()).unwrap();
    let root = tempfile::tempdir().unwrap();
    with_archive_of_red_hat(root.path());
    for (target, feed, path) in TARGETS {
        for seed in fs_err::read_dir(corpus.path().join(target)).unwrap() {
            let seed = fs_err::read(seed.unwrap().path()).unwrap();
            let (result, _) = read(root.path(), feed, path, &seed);
            assert!(result.unwrap().imported > 0, "the seed of {target} is sound");
            for at in (0..seed.len()).step_by(STEP) {
                let (cut, _) = seed.split_at(at);
                drop(read(root.path(), feed, path, cut));
                for change in [0x20, 0x80] {
                    let mut changed = seed.clone();
                    changed[at] ^= change;
                    drop(read(root.path(), feed, path, &changed));
                }
            }
        }
    }
}

#[test]
fn a_record_that_was_blown_up_is_named_and_the_others_are_read() {
    let root = tempfile::tempdir().unwrap();
    let large = "x".repeat(2 << 20);
    let kev = format!(
        r#"{{"vulnerabilities":[{{"cveID":"CVE-1","product":"{large}"}},{{"cveID":"CVE-2"}}]}}"#
    );
    let (result, skipped) = read(root.path(), "kev", "kev.json", kev.as_bytes());
    assert_eq!(result.unwrap().imported, 1);
    insta::assert_snapshot!(skipped[0].reason, @"the entry has 2097182 bytes");
    let tracker = format!(
        r#"{{"a":{{"CVE-1":{{"description":"{large}"}},"CVE-2":{{"releases":{{"sid":{{"status":"open"}}}}}}}}}}"#
    );
    let (result, skipped) = read(root.path(), "debian", "debian/tracker.json", tracker.as_bytes());
    assert_eq!(result.unwrap().imported, 1);
    insta::assert_snapshot!(format!("{}: {}", skipped[0].name, skipped[0].reason), @"a CVE-1: the entry has 2097170 bytes");
}

#[test]
fn a_bomb_is_stopped() {
    use std::io::Write as _;
    let root = tempfile::tempdir().unwrap();
    // A key without an end: nothing of it is kept beyond its bound.
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(b"{\"").unwrap();
    for _ in 0..64 {
        gzip.write_all(&vec![b'x'; 1 << 20]).unwrap();
    }
    let (result, _) = read(root.path(), "nvd", "nvd/2024.json.gz", &gzip.finish().unwrap());
    let err = result.unwrap_err().to_string();
    assert!(err.contains("has an end in the middle of the text at byte "), "{err}");
}

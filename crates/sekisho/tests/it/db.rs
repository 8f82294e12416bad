//! The commands on the advisory database.

use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::program::{Run, run_with_home};

/// A home, and a directory of small feeds in it.
pub(crate) fn home_with_feeds() -> TempDir {
    let home = tempfile::tempdir().unwrap();
    let feeds = home.path().join("feeds");
    write_alpine(&feeds, "8.0.0-r1");
    let kev =
        r#"{"vulnerabilities":[{"cveID":"CVE-2024-1","dateAdded":"2024-03-04"},{"cveID":7}]}"#;
    fs_err::write(feeds.join("kev.json"), kev).unwrap();
    fs_err::write(
        feeds.join("epss.csv"),
        "#model_version:v1,score_date:2026-01-02T00:00:00Z\ncve,epss,percentile\nCVE-2024-1,0.25,0.75\n",
    )
    .unwrap();
    home
}

/// The feed of Alpine, in which curl is mended by a version.
pub(crate) fn write_alpine(feeds: &Path, fixed: &str) {
    let json = format!(
        r#"{{"distroversion":"v3.20","packages":[{{"pkg":{{"name":"curl","secfixes":{{
        "{fixed}":["CVE-2024-1"],"0":["CVE-2024-2"]}}}}}}]}}"#
    );
    fs_err::create_dir_all(feeds.join("alpine/v3.20")).unwrap();
    fs_err::write(feeds.join("alpine/v3.20/main.json"), json).unwrap();
}

/// Runs `sekisho db` for whoever lives in `home`.
pub(crate) fn db(home: &Path, args: &[&str]) -> Run {
    run_with_home(home, &[&["db"], args].concat())
}

pub(crate) fn build(home: &Path) {
    let run = db(home, &["build", "--from", "feeds"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
}

/// What `db why` says of curl, without the time of the file.
pub(crate) fn why(home: &Path) -> Result<String, Run> {
    let run = db(home, &["why", "CVE-2024-1", "curl"]);
    match run.code {
        0 => {
            let lines = run.stdout.lines().map(|line| line.split(" (").next().unwrap_or_default());
            Ok(lines.collect::<Vec<_>>().join("\n"))
        }
        _ => Err(run),
    }
}

#[test]
fn the_database_tells_which_source_decides() {
    let home = home_with_feeds();
    build(home.path());
    insta::assert_snapshot!(why(home.path()).unwrap(), @"
    Alpine:v3.20  alpine  CVE-2024-1
      affected: < 8.0.0-r1
    known to be exploited since 2024-03-04
    EPSS 0.25
    ");
    let other = db(home.path(), &["why", "--ecosystem", "Alpine:v3.20", "CVE-2024-2", "curl"]);
    assert!(other.stdout.contains("not affected"), "{}", other.stdout);
    let nothing = db(home.path(), &["why", "CVE-2024-3", "curl"]);
    assert_eq!(
        (nothing.code, nothing.stdout.as_str()),
        (0, "no source says that curl has CVE-2024-3\n")
    );
    let json = db(home.path(), &["why", "--format", "json", "CVE-2024-1", "curl"]);
    let json: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(json["entries"][0]["affected"]["ranges"][0]["end"]["Fixed"], "8.0.0-r1");
    assert_eq!(json["epss"]["score"], 0.25);
}

#[test]
fn what_is_not_held_is_no_answer() {
    let home = home_with_feeds();
    build(home.path());
    let run = db(home.path(), &["why", "--ecosystem", "Alpine:v3.99", "CVE-2024-1", "curl"]);
    assert_eq!(
        (run.code, run.stdout.as_str()),
        (3, "the database holds nothing of Alpine:v3.99\n"),
        "{}",
        run.stderr
    );
    let run = db(home.path(), &["why", "--ecosystem", "Haiku", "CVE-2024-1", "curl"]);
    assert!(run.error().contains("Haiku"));
}

#[test]
fn a_missing_database_says_what_to_type() {
    let home = tempfile::tempdir().unwrap();
    let run = db(home.path(), &["status"]);
    assert_eq!((run.code, run.stdout.as_str()), (4, ""));
    assert!(run.stderr.contains("there is no advisory database in"), "{}", run.stderr);
    assert!(run.stderr.contains("hint: type `sekisho db update`"), "{}", run.stderr);
    let run = db(home.path(), &["build", "--from", "."]);
    assert!(run.error().contains("holds no feeds"), "{}", run.stderr);
}

#[test]
fn the_status_tells_age_sources_and_signature() {
    let home = home_with_feeds();
    build(home.path());
    let json = db(home.path(), &["status", "--format", "json"]);
    let json: Value = serde_json::from_str(&json.stdout).unwrap();
    let sources = json["sources"].as_array().unwrap().iter();
    let shown = sources.map(|it| format!("{} {} {}", it["name"], it["advisories"], it["skipped"]));
    assert_eq!(shown.collect::<Vec<_>>(), ["\"alpine\" 2 0", "\"epss\" 1 0", "\"kev\" 1 1"]);
    let table = db(home.path(), &["status"]).stdout;
    for part in ["serial", "fetched", "(0 h 0 min)", "signed by", "2026-01-02T00:00:00Z"] {
        assert!(table.contains(part), "{part}: {table}");
    }
    let table = db(home.path(), &["--lang", "ja", "status"]).stdout;
    assert!(table.contains("署名した鍵"), "{table}");
}

#[test]
fn the_database_of_somebody_else_needs_their_key() {
    let (home, other) = (home_with_feeds(), tempfile::tempdir().unwrap());
    build(home.path());
    let database = home.path().join(".cache/sekisho/db");
    let database = database.to_str().unwrap();
    let run = db(other.path(), &["status", "--db", database]);
    assert_eq!(run.code, 3);
    assert!(
        run.stderr.contains("is not trusted") && run.stderr.contains("hint: "),
        "{}",
        run.stderr
    );
    let key = db(home.path(), &["key"]).stdout;
    let settings = format!("db: {{dir: {database:?}, trusted_keys: [{:?}]}}\n", key.trim());
    fs_err::write(other.path().join("sekisho.yaml"), settings).unwrap();
    let run = db(other.path(), &["status"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
}

#[test]
fn an_old_manifest_put_back_is_refused() {
    let home = home_with_feeds();
    build(home.path());
    let manifest = home.path().join(".cache/sekisho/db/manifest");
    let old = fs_err::read(&manifest).unwrap();
    build(home.path());
    fs_err::write(&manifest, old).unwrap();
    let run = db(home.path(), &["status"]);
    assert_eq!(run.code, 4);
    assert!(run.stderr.contains("an older one was put in its place"), "{}", run.stderr);
}

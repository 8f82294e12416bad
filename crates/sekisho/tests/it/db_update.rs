//! `sekisho db update` against servers on loopback.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
};

use sekisho_testkit::{WebAnswer, WebServer};
use tempfile::TempDir;

use crate::{
    db::{db, home_with_feeds, why, write_alpine},
    program::{Run, run_with_env},
};

/// Serves the files below a directory with tags and ranges, as a mirror does. Requests for the
/// paths in `broken` are answered by what stands there.
fn serve(root: &Path, broken: &Arc<Mutex<Vec<(String, WebAnswer)>>>) -> WebServer {
    let (root, broken) = (root.to_owned(), Arc::clone(broken));
    WebServer::start(move |request, _| {
        let path = request.path.trim_start_matches("/feeds/");
        let mut broken = broken.lock().unwrap();
        if let Some(at) = broken.iter().position(|(wanted, _)| path.contains(wanted.as_str())) {
            return broken.remove(at).1;
        }
        let Ok(body) = fs_err::read(root.join(path)) else {
            return WebAnswer { status: 404, ..WebAnswer::default() };
        };
        let tag = format!("\"{}\"", sekisho_testkit::sha256(&body));
        if request.header("if-none-match") == tag {
            return WebAnswer { status: 304, ..WebAnswer::default() };
        }
        let headers = vec![("etag", tag)];
        WebAnswer { status: 200, headers, body, n_missing: 0 }
    })
}

/// A home with a mirror that has three small feeds.
struct World {
    home: TempDir,
    mirror: PathBuf,
    broken: Arc<Mutex<Vec<(String, WebAnswer)>>>,
    server: WebServer,
}

impl World {
    fn new() -> Self {
        let home = home_with_feeds();
        let mirror = home.path().join("feeds");
        fs_err::remove_file(mirror.join("epss.csv")).unwrap();
        let broken = Arc::new(Mutex::new(Vec::new()));
        let server = serve(&mirror, &broken);
        let settings = format!(
            "db:\n  sources:\n    from: http://{}/feeds\n    feeds: [alpine, kev]\n",
            server.host
        );
        fs_err::write(home.path().join("sekisho.yaml"), settings).unwrap();
        Self { home, mirror, broken, server }
    }

    fn update(&self, args: &[&str]) -> Run {
        db(self.home.path(), &[&["update", "--config", "sekisho.yaml"], args].concat())
    }

    /// The summary with the address and the times taken out.
    fn summary(&self, args: &[&str]) -> (i32, String) {
        let run = self.update(args);
        let lines = run.stdout.lines().chain(run.stderr.lines()).map(|line| {
            let words = line.split_whitespace().map(|word| match word {
                time if time.starts_with("20") && time.ends_with('Z') => "TIME",
                word => word,
            });
            words.collect::<Vec<_>>().join(" ")
        });
        let text = lines.collect::<Vec<_>>().join("\n").replace(&self.server.host, "HOST");
        (run.code, text.replace(&self.home.path().display().to_string(), "HOME"))
    }

    fn break_once(&self, path: &str, answer: WebAnswer) {
        self.broken.lock().unwrap().push((path.to_owned(), answer));
    }
}

fn refuses(status: u16) -> WebAnswer {
    WebAnswer { status, ..WebAnswer::default() }
}

#[test]
fn only_what_has_changed_is_fetched_and_read() {
    let world = World::new();
    let (code, text) = world.summary(&[]);
    assert_eq!(code, 0, "{text}");
    insta::assert_snapshot!(text, @"
    source records imported left out updated
    alpine 2 2 0 TIME fetched
    kev 2 1 1 TIME fetched

    kev: 1 × no entry of the catalog: invalid type: integer `7`, expected a string at line 1 column 10
    ");
    insta::assert_snapshot!(why(world.home.path()).unwrap(), @"
    Alpine:v3.20  alpine  CVE-2024-1
      affected: < 8.0.0-r1
    known to be exploited since 2024-03-04
    ");
    let (_, text) = world.summary(&[]);
    insta::assert_snapshot!(text, @"
    source records imported left out updated
    alpine 2 2 0 TIME unchanged
    kev 2 1 1 TIME unchanged
    ");
    write_alpine(&world.mirror, "8.0.0-r2");
    let (_, text) = world.summary(&[]);
    insta::assert_snapshot!(text, @"
    source records imported left out updated
    alpine 2 2 0 TIME fetched
    kev 2 1 1 TIME unchanged
    ");
    assert!(why(world.home.path()).unwrap().contains("8.0.0-r2"));
}

#[test]
fn a_feed_that_cannot_be_fetched_stays_and_the_others_go_on() {
    let world = World::new();
    assert_eq!(world.update(&[]).code, 0);
    write_alpine(&world.mirror, "8.0.0-r2");
    world.break_once("kev", refuses(403));
    let (code, text) = world.summary(&[]);
    assert_eq!(code, 3);
    insta::assert_snapshot!(text, @"
    source records imported left out updated
    alpine 2 2 0 TIME fetched
    kev 2 1 1 TIME FAILED
    ERROR the feed kev stays as it was, for it could not be brought up to date: http://HOST/feeds/kev.json answered 403
    ");
    assert!(why(world.home.path()).unwrap().contains("8.0.0-r2"));
    let status = db(world.home.path(), &["status", "--format", "json"]);
    assert!(status.stdout.contains("\"name\": \"kev\""), "{}", status.stdout);
}

#[test]
fn a_feed_that_came_and_cannot_be_read_is_put_back() {
    let world = World::new();
    assert_eq!(world.update(&[]).code, 0);
    let main = world.mirror.join("alpine/v3.20/main.json");
    fs_err::write(&main, r#"{"distroversion":"v3.20","packages":7}"#).unwrap();
    let (code, text) = world.summary(&[]);
    assert_eq!(code, 3);
    insta::assert_snapshot!(text, @"
    source records imported left out updated
    alpine 2 2 0 TIME FAILED
    kev 2 1 1 TIME unchanged
    ERROR the feed alpine stays as it was, for it could not be brought up to date: the feed file HOME/.cache/sekisho/db/feeds/alpine/v3.20/main.json has no array where one is expected at byte 36
    ");
    assert!(why(world.home.path()).unwrap().contains("8.0.0-r1"));
    // Once the publisher has mended it, it is fetched again.
    write_alpine(&world.mirror, "8.0.0-r3");
    assert_eq!(world.update(&[]).code, 0);
    assert!(why(world.home.path()).unwrap().contains("8.0.0-r3"));
}

#[test]
fn a_cut_connection_and_a_busy_server_are_no_failures() {
    let world = World::new();
    let body = fs_err::read(world.mirror.join("kev.json")).unwrap();
    let tag = format!("\"{}\"", sekisho_testkit::sha256(&body));
    let (start, _) = body.split_at(20);
    world.break_once(
        "kev",
        WebAnswer {
            status: 429,
            headers: vec![("retry-after", "0".to_owned())],
            ..WebAnswer::default()
        },
    );
    world.break_once(
        "kev",
        WebAnswer {
            status: 200,
            headers: vec![("etag", tag)],
            body: start.to_vec(),
            n_missing: body.len() - start.len(),
        },
    );
    let run = world.update(&[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let fetched = world.home.path().join(".cache/sekisho/db/feeds/kev.json");
    assert_eq!(fs_err::read(fetched).unwrap(), body);
}

#[test]
fn a_dead_network_leaves_the_database_as_it_was() {
    let world = World::new();
    assert_eq!(world.update(&[]).code, 0);
    let run = world.update(&["--from", "http://127.0.0.1:1/feeds"]);
    assert_eq!(run.code, 3);
    assert!(run.stderr.contains("the feed kev stays as it was"), "{}", run.stderr);
    assert!(why(world.home.path()).is_ok());
}

#[test]
fn without_any_feed_there_is_no_database_and_that_is_said() {
    let home = tempfile::tempdir().unwrap();
    let run = db(home.path(), &["update", "--only", "kev", "--from", "http://127.0.0.1:1/"]);
    assert_eq!(run.code, 3);
    assert!(run.stderr.contains("there is no feed to make a database of"), "{}", run.stderr);
}

#[test]
fn offline_fetches_nothing() {
    let world = World::new();
    let run = world.update(&["--offline"]);
    assert_eq!(run.code, 2);
    insta::assert_snapshot!(run.error(), @"error: --offline forbids to fetch the feed alpine; `sekisho db build --from DIR` makes the database of a directory of feeds");
    assert!(world.server.log().is_empty());
    // A directory needs no network.
    let run = world.update(&["--offline", "--from", "feeds", "--only", "alpine"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
}

#[test]
fn a_directory_is_read_in_place() {
    let home = home_with_feeds();
    let run = db(home.path(), &["update", "--from", "feeds"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(why(home.path()).is_ok());
    assert!(!home.path().join(".cache/sekisho/db/feeds").exists());
}

#[test]
fn one_feed_may_be_fetched_alone() {
    let world = World::new();
    assert_eq!(world.update(&[]).code, 0);
    let n = world.server.log().len();
    assert_eq!(world.update(&["--only", "kev"]).code, 0);
    assert_eq!(world.server.log().len(), n + 1);
    let run = world.update(&["--only", "kevin"]);
    assert_eq!(run.code, 2);
    assert!(
        run.error().starts_with("error: \"kevin\" is no feed: there are alpine, "),
        "{}",
        run.error()
    );
}

#[test]
fn each_record_that_was_left_out_is_named_in_json() {
    let world = World::new();
    let run = world.update(&["--format", "json"]);
    let mut json: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    for key in ["database", "fetched", "serial"] {
        json[key].take();
    }
    for feed in json["feeds"].as_array_mut().unwrap() {
        feed["updated"].take();
    }
    insta::assert_snapshot!(format!("{json:#}"), @r#"
    {
      "database": null,
      "feeds": [
        {
          "error": null,
          "fetched": true,
          "imported": 2,
          "left_out": [],
          "name": "alpine",
          "read": true,
          "records": 2,
          "skipped": 0,
          "updated": null
        },
        {
          "error": null,
          "fetched": true,
          "imported": 1,
          "left_out": [
            {
              "name": "entry 2",
              "reason": "no entry of the catalog: invalid type: integer `7`, expected a string at line 1 column 10"
            }
          ],
          "name": "kev",
          "read": true,
          "records": 2,
          "skipped": 1,
          "updated": null
        }
      ],
      "fetched": null,
      "serial": null
    }
    "#);
}

#[test]
fn a_proxy_is_used() {
    let home = home_with_feeds();
    let asked = Arc::new(AtomicUsize::new(0));
    let heard = Arc::clone(&asked);
    let kev = fs_err::read(home.path().join("feeds/kev.json")).unwrap();
    let proxy = WebServer::start(move |request, _| {
        assert_eq!(request.path, "http://mirror.invalid/feeds/kev.json");
        heard.fetch_add(1, SeqCst);
        WebAnswer { status: 200, body: kev.clone(), ..WebAnswer::default() }
    });
    let address = format!("http://{}", proxy.host);
    let run = run_with_env(
        home.path(),
        &[("HTTP_PROXY", &address), ("http_proxy", &address)],
        &["db", "update", "--only", "kev", "--from", "http://mirror.invalid/feeds"],
    );
    assert_eq!((run.code, asked.load(SeqCst)), (0, 1), "{}", run.stderr);
}

#[test]
fn two_updates_at_once_do_not_mix() {
    let world = World::new();
    assert_eq!(world.update(&[]).code, 0);
    let lock = world.home.path().join(".cache/sekisho/db/feeds/.lock");
    let lock = fs_err::OpenOptions::new().write(true).open(lock).unwrap().into_file();
    lock.lock().unwrap();
    let run = world.update(&[]);
    assert_eq!(run.code, 3);
    assert!(run.stderr.contains("another process is fetching feeds"), "{}", run.stderr);
}

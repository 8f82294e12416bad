use std::sync::Mutex;

use sekisho_mirror::{Progress, Source};
use sekisho_testkit::{WebAnswer, WebRequest, WebServer};

use crate::{fetch, mirror, shown};

const KEV: &[u8] = br#"{"vulnerabilities":[{"cveID":"CVE-2021-1"}]}"#;

fn answer(status: u16, headers: &[(&'static str, &str)], body: &[u8]) -> WebAnswer {
    let headers = headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    WebAnswer { status, headers, body: body.to_vec(), n_missing: 0 }
}

fn ok(body: &[u8]) -> WebAnswer {
    answer(200, &[("etag", "\"1\"")], body)
}

/// The first byte that a request for a part wants.
fn start(request: &WebRequest) -> Option<usize> {
    let range = request.header("range").strip_prefix("bytes=")?;
    range.strip_suffix('-')?.parse().ok()
}

#[test]
fn an_unchanged_file_is_asked_for_and_not_fetched() {
    let server = WebServer::start(|request, _| match request.header("if-none-match") {
        "\"1\"" => answer(304, &[], b""),
        _ => answer(
            200,
            &[("etag", "\"1\""), ("last-modified", "Wed, 21 Oct 2015 07:28:00 GMT")],
            KEV,
        ),
    });
    let directory = tempfile::tempdir().unwrap();
    let mirror = mirror(directory.path());
    let first = fetch(&mirror, "kev", &server).unwrap();
    assert!(first.is_changed());
    first.settle();
    let second = fetch(&mirror, "kev", &server).unwrap();
    assert!(!second.is_changed());
    let path = directory.path().join("kev.json");
    assert_eq!(fs_err::read(&path).unwrap(), KEV);
    let modified = fs_err::metadata(&path).unwrap().modified().unwrap();
    let modified = jiff::Timestamp::try_from(modified).unwrap();
    assert_eq!(modified.to_string(), "2015-10-21T07:28:00Z");
    // A file that somebody changed is fetched again.
    fs_err::write(&path, "{}").unwrap();
    assert!(fetch(&mirror, "kev", &server).unwrap().is_changed());
    assert_eq!(fs_err::read(&path).unwrap(), KEV);
}

#[test]
fn a_date_does_where_there_is_no_tag() {
    const DATE: &str = "Wed, 21 Oct 2015 07:28:00 GMT";
    let server = WebServer::start(|request, _| match request.header("if-modified-since") {
        DATE => answer(304, &[], b""),
        _ => answer(200, &[("last-modified", DATE)], KEV),
    });
    let directory = tempfile::tempdir().unwrap();
    let mirror = mirror(directory.path());
    fetch(&mirror, "kev", &server).unwrap().settle();
    assert!(!fetch(&mirror, "kev", &server).unwrap().is_changed());
}

#[test]
fn a_server_without_memory_changes_nothing_by_sending_the_same() {
    let server = WebServer::start(|_, _| answer(200, &[], KEV));
    let directory = tempfile::tempdir().unwrap();
    let mirror = mirror(directory.path());
    fetch(&mirror, "kev", &server).unwrap().settle();
    assert!(!fetch(&mirror, "kev", &server).unwrap().is_changed());
}

#[test]
fn a_connection_that_is_cut_goes_on_where_it_stopped() {
    let server = WebServer::start(|request, number| {
        let from = start(request).unwrap_or(0);
        let rest = &KEV[from..];
        let (status, range) = match from {
            0 => (200, String::new()),
            from => {
                assert_eq!(request.header("if-range"), "\"1\"");
                (206, format!("bytes {from}-{}/{}", KEV.len() - 1, KEV.len()))
            }
        };
        let n = if number < 2 { 10 } else { rest.len() };
        let headers = [("etag", "\"1\""), ("content-range", range.as_str())];
        WebAnswer { n_missing: rest.len() - n, ..answer(status, &headers, &rest[..n]) }
    });
    let directory = tempfile::tempdir().unwrap();
    let seen = Mutex::new(Vec::new());
    let source = Source::Mirror(format!("http://{}", server.host));
    mirror(directory.path())
        .fetch("kev", &source, &mut |progress| {
            if let Progress::Received { n_bytes, total, .. } = progress {
                seen.lock().unwrap().push((n_bytes, total));
            }
        })
        .unwrap()
        .settle();
    assert_eq!(fs_err::read(directory.path().join("kev.json")).unwrap(), KEV);
    let all = KEV.len() as u64;
    assert_eq!(*seen.lock().unwrap(), [(10, Some(all)), (20, Some(all)), (all, Some(all))]);
}

#[test]
fn a_download_that_was_killed_goes_on_next_time_unless_the_file_has_changed() {
    for (tag, expected) in
        [("\"1\"", "GET /feeds/kev.json 206"), ("\"2\"", "GET /feeds/kev.json 200")]
    {
        let said = std::sync::Arc::new(Mutex::new(String::new()));
        let heard = std::sync::Arc::clone(&said);
        let server = WebServer::start(move |request, _| {
            let from = start(request).unwrap();
            let is_same = request.header("if-range") == tag;
            let range = format!("bytes {from}-{}/{}", KEV.len() - 1, KEV.len());
            let answer = if is_same {
                answer(206, &[("etag", tag), ("content-range", range.as_str())], &KEV[from..])
            } else {
                answer(200, &[("etag", tag)], KEV)
            };
            *heard.lock().unwrap() = format!("GET {} {}", request.path, answer.status);
            answer
        });
        let directory = tempfile::tempdir().unwrap();
        let part = directory.path().join(".kev.json.part");
        fs_err::write(&part, &KEV[..20]).unwrap();
        let url = format!("http://{}/feeds/kev.json", server.host);
        let state =
            format!(r#"{{"url":"{url}","etag":"\"1\"","last_modified":null,"size_bytes":null}}"#);
        fs_err::write(directory.path().join("..kev.json.part.http"), state).unwrap();
        fetch(&mirror(directory.path()), "kev", &server).unwrap().settle();
        assert_eq!(fs_err::read(directory.path().join("kev.json")).unwrap(), KEV);
        assert_eq!(*said.lock().unwrap(), expected);
        assert!(!part.exists());
    }
}

#[test]
fn a_part_that_is_too_long_is_forgotten() {
    let server = WebServer::start(|request, _| match start(request) {
        Some(_) => answer(416, &[], b""),
        None => ok(KEV),
    });
    let directory = tempfile::tempdir().unwrap();
    fs_err::write(directory.path().join(".kev.json.part"), [b'x'; 500]).unwrap();
    let url = format!("http://{}/feeds/kev.json", server.host);
    let state =
        format!(r#"{{"url":"{url}","etag":"\"1\"","last_modified":null,"size_bytes":null}}"#);
    fs_err::write(directory.path().join("..kev.json.part.http"), state).unwrap();
    fetch(&mirror(directory.path()), "kev", &server).unwrap().settle();
    assert_eq!(fs_err::read(directory.path().join("kev.json")).unwrap(), KEV);
}

#[test]
fn a_busy_server_is_asked_again_when_it_says_so() {
    let server = WebServer::start(|_, number| match number {
        0 => answer(429, &[("retry-after", "0")], b""),
        1 => answer(503, &[("retry-after", "0")], b""),
        _ => ok(KEV),
    });
    let directory = tempfile::tempdir().unwrap();
    fetch(&mirror(directory.path()), "kev", &server).unwrap().settle();
    assert_eq!(server.log().len(), 3);
}

#[test]
fn a_server_that_stays_busy_is_named() {
    let server = WebServer::start(|_, _| answer(503, &[("retry-after", "0")], b"come back\nlater"));
    let directory = tempfile::tempdir().unwrap();
    let err = fetch(&mirror(directory.path()), "kev", &server).unwrap_err();
    insta::assert_snapshot!(shown(&err, &server), @r#"http://HOST/feeds/kev.json answered 503: "come back later""#);
    assert_eq!(server.log().len(), 5);
    assert!(!directory.path().join("kev.json").exists());
}

#[test]
fn a_redirect_is_followed_and_a_circle_is_not() {
    let server = WebServer::start(|request, _| match request.path.as_str() {
        "/feeds/kev.json" => answer(302, &[("location", "/elsewhere")], b""),
        "/elsewhere" => ok(KEV),
        _ => answer(302, &[("location", "/feeds/epss.csv.gz")], b""),
    });
    let directory = tempfile::tempdir().unwrap();
    let mirror = mirror(directory.path());
    fetch(&mirror, "kev", &server).unwrap().settle();
    let err = fetch(&mirror, "epss", &server).unwrap_err();
    insta::assert_snapshot!(shown(&err, &server), @"no answer from http://HOST/feeds/epss.csv.gz: error following redirect: too many redirects");
}

#[test]
fn nobody_there_is_an_error_that_names_the_address() {
    let server = WebServer::start(|_, _| ok(KEV));
    let directory = tempfile::tempdir().unwrap();
    let source = Source::Mirror("http://127.0.0.1:1/feeds".to_owned());
    let err = mirror(directory.path()).fetch("kev", &source, &mut |_| ()).unwrap_err();
    assert!(shown(&err, &server).starts_with("no answer from http://127.0.0.1:1/feeds/kev.json: "));
}

#[test]
fn what_is_not_whole_takes_no_place() {
    let server = WebServer::start(|request, _| match request.path.as_str() {
        "/feeds/kev.json" => ok(&KEV[..20]),
        "/feeds/osv/npm/all.zip" => ok(b"PK\x03\x04 and no end"),
        _ => ok(b"<html>sorry</html>"),
    });
    let directory = tempfile::tempdir().unwrap();
    fs_err::write(directory.path().join("kev.json"), "old").unwrap();
    let mirror = mirror(directory.path());
    let error = |feed: &str| shown(&fetch(&mirror, feed, &server).unwrap_err(), &server);
    insta::assert_snapshot!(error("kev"), @"what http://HOST/feeds/kev.json gave is not whole: it is no JSON object from its start to its end");
    insta::assert_snapshot!(error("osv/npm"), @"what http://HOST/feeds/osv/npm/all.zip gave is not whole: not a zip archive, or one that was cut off: it has no end record");
    insta::assert_snapshot!(error("epss"), @"what http://HOST/feeds/epss.csv.gz gave is not whole: it is not compressed");
    assert_eq!(fs_err::read(directory.path().join("kev.json")).unwrap(), b"old");
    assert!(!directory.path().join(".kev.json.part").exists());
}

#[test]
fn more_than_the_bound_is_not_taken() {
    let server = WebServer::start(|_, _| WebAnswer { n_missing: 1 << 30, ..ok(b"{") });
    let directory = tempfile::tempdir().unwrap();
    let err = fetch(&mirror(directory.path()), "kev", &server).unwrap_err();
    insta::assert_snapshot!(shown(&err, &server), @"the answer of http://HOST/feeds/kev.json has more than the 67108864 bytes that are taken");
}

#[test]
fn a_length_that_never_comes_is_given_up() {
    let server = WebServer::start(|_, _| WebAnswer { n_missing: 10, ..ok(KEV) });
    let directory = tempfile::tempdir().unwrap();
    let err = fetch(&mirror(directory.path()), "kev", &server).unwrap_err();
    insta::assert_snapshot!(shown(&err, &server).split(": ").next().unwrap(), @"the download of http://HOST/feeds/kev.json broke off after 44 bytes, again and again");
    assert!(!directory.path().join("kev.json").exists());
}

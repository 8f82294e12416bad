use sekisho_mirror::{Config, Mirror, SetupError};
use sekisho_testkit::{WebAnswer, WebServer, ZipBuilder};

use crate::{fetch, mirror, shown};

fn ok(body: &[u8]) -> WebAnswer {
    WebAnswer { status: 200, body: body.to_vec(), ..WebAnswer::default() }
}

fn gone() -> WebAnswer {
    WebAnswer { status: 404, ..WebAnswer::default() }
}

#[test]
fn releases_that_came_after_this_program_are_found() {
    let server = WebServer::start(|request, _| {
        let has = ["v3.20/", "v3.23/main", "v3.24/", "v3.25/main", "v3.27/"];
        let is_there = has.iter().any(|part| request.path.contains(part));
        if is_there { ok(b"{}") } else { gone() }
    });
    let directory = tempfile::tempdir().unwrap();
    fetch(&mirror(directory.path()), "alpine", &server).unwrap().settle();
    let mut found: Vec<String> = fs_err::read_dir(directory.path().join("alpine"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| directory.path().join("alpine").join(name).join("main.json").exists())
        .collect();
    found.sort();
    assert_eq!(found, ["v3.20", "v3.23", "v3.24", "v3.25"]);
}

#[test]
fn a_mirror_without_any_file_of_a_feed_is_an_error() {
    let server = WebServer::start(|_, _| gone());
    let directory = tempfile::tempdir().unwrap();
    let mirror = mirror(directory.path());
    let error = |feed: &str| shown(&fetch(&mirror, feed, &server).unwrap_err(), &server);
    insta::assert_snapshot!(error("alpine"), @"http://HOST/feeds/alpine/edge/community.json is not there");
    insta::assert_snapshot!(error("osv/Red Hat"), @"http://HOST/feeds/osv/Red%20Hat/all.zip is not there");
    insta::assert_snapshot!(error("osv/Nobody"), @r#"no address is known for the feed "osv/Nobody""#);
}

#[test]
fn a_feed_of_several_files_is_taken_whole_or_not_at_all() {
    let server = WebServer::start(|request, number| match request.path.as_str() {
        path if path.contains("2002") => ok(&gzip(number)),
        _ if number < 2 => ok(&gzip(0)),
        _ => WebAnswer { status: 403, ..WebAnswer::default() },
    });
    let directory = tempfile::tempdir().unwrap();
    let mirror = mirror(directory.path());
    fetch(&mirror, "nvd", &server).unwrap().settle();
    let path = directory.path().join("nvd/nvdcve-2.0-2002.json.gz");
    let before = fs_err::read(&path).unwrap();
    let err = fetch(&mirror, "nvd", &server).unwrap_err();
    insta::assert_snapshot!(shown(&err, &server), @"http://HOST/feeds/nvd/nvdcve-2.0-2003.json.gz answered 403");
    assert_eq!(fs_err::read(&path).unwrap(), before);
}

fn gzip(number: usize) -> Vec<u8> {
    use std::io::Write as _;
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(format!("{number}").as_bytes()).unwrap();
    gzip.finish().unwrap()
}

#[test]
fn what_turns_out_to_be_unreadable_is_put_back() {
    let zip = |name: &str| ZipBuilder::new().deflated(name, "{}").finish();
    let server = WebServer::start(move |_, number| ok(&zip(&format!("{number}.json"))));
    let directory = tempfile::tempdir().unwrap();
    let mirror = mirror(directory.path());
    let path = directory.path().join("osv/npm/all.zip");
    let first = fetch(&mirror, "osv/npm", &server).unwrap();
    first.undo().unwrap();
    assert!(!path.exists());
    fetch(&mirror, "osv/npm", &server).unwrap().settle();
    let before = fs_err::read(&path).unwrap();
    let later = fetch(&mirror, "osv/npm", &server).unwrap();
    assert_ne!(fs_err::read(&path).unwrap(), before);
    later.undo().unwrap();
    assert_eq!(fs_err::read(&path).unwrap(), before);
}

#[test]
fn files_of_a_directory_are_copied_when_they_differ() {
    let from = tempfile::tempdir().unwrap();
    let to = tempfile::tempdir().unwrap();
    fs_err::create_dir_all(from.path().join("alpine/v3.9")).unwrap();
    let files = ["alpine/v3.9/main.json".to_owned()];
    fs_err::write(from.path().join(&files[0]), "{}").unwrap();
    let mirror = mirror(to.path());
    let first = mirror.copy(from.path(), &files).unwrap();
    assert!(first.is_changed());
    first.settle();
    assert!(!mirror.copy(from.path(), &files).unwrap().is_changed());
    fs_err::write(from.path().join(&files[0]), "{\"packages\":null}").unwrap();
    mirror.copy(from.path(), &files).unwrap().settle();
    assert_eq!(fs_err::read(to.path().join(&files[0])).unwrap(), b"{\"packages\":null}");
    let err = mirror.copy(from.path(), &["kev.json".to_owned()]).unwrap_err();
    assert!(err.to_string().starts_with("failed to copy"), "{err}");
}

#[test]
fn two_processes_do_not_fetch_into_one_directory() {
    let directory = tempfile::tempdir().unwrap();
    let _first = mirror(directory.path());
    let config = Config {
        directory: directory.path().to_owned(),
        ca: Vec::new(),
        user_agent: String::new(),
        year: 2003,
        first_wait: std::time::Duration::from_millis(1),
    };
    assert!(matches!(Mirror::open(config).unwrap_err(), SetupError::Locked { .. }));
}

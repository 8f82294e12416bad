use std::io::Read;

use sekisho_archive::sha256;
use sekisho_registry::{BlobCache, Client, Config, DockerConfig};

use sekisho_testkit::{WebAnswer as Answer, WebServer as Server};

const MANIFEST: &[u8] = br#"{"schemaVersion":2}"#;

fn client(config: Config) -> Client {
    Client::new(config).unwrap()
}

fn logins(host: &str, auth: &str) -> DockerConfig {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs_err::write(file.path(), format!(r#"{{"auths": {{"{host}": {auth}}}}}"#)).unwrap();
    DockerConfig::read(file.path()).unwrap()
}

fn manifest() -> Answer {
    let headers = vec![("content-type", "application/vnd.oci.image.manifest.v1+json".to_owned())];
    Answer { status: 200, headers, body: MANIFEST.to_vec(), n_missing: 0 }
}

#[test]
fn a_bearer_token_is_fetched_once_with_the_login() {
    let server = Server::start(|request, _| match request.path.split('?').next().unwrap() {
        "/token" => {
            assert!(request.path.contains("service=reg&scope=repository%3Aa%2Fb%3Apull"));
            // "user:pass" in base64.
            assert_eq!(request.header("authorization"), "Basic dXNlcjpwYXNz");
            Answer { status: 200, body: br#"{"token": "t1"}"#.to_vec(), ..Answer::default() }
        }
        _ if request.header("authorization") == "Bearer t1" => manifest(),
        _ => {
            let realm = format!("http://{}/token", request.header("host"));
            let challenge = format!(r#"Bearer realm="{realm}",service="reg""#);
            let headers = vec![("www-authenticate", challenge)];
            Answer { status: 401, headers, ..Answer::default() }
        }
    });
    let docker = logins(&server.host, r#"{"auth": "dXNlcjpwYXNz"}"#);
    let repository = client(Config { docker, ..Config::default() }).repository(&server.host, "a/b");
    let found = repository.manifest("latest").unwrap();
    assert_eq!(found.bytes, MANIFEST);
    assert_eq!(found.digest, sha256(MANIFEST));
    assert_eq!(found.media_type, "application/vnd.oci.image.manifest.v1+json");
    repository.manifest("latest").unwrap();
    let n_tokens = server.log().iter().filter(|line| line.starts_with("GET /token")).count();
    assert_eq!(n_tokens, 1);
}

#[test]
fn an_identity_token_is_exchanged() {
    let server = Server::start(|request, _| match request.path.as_str() {
        "/token" => {
            assert_eq!(request.method, "POST");
            assert!(request.body.contains("grant_type=refresh_token&refresh_token=id%2B1"));
            Answer { status: 200, body: br#"{"access_token": "t2"}"#.to_vec(), ..Answer::default() }
        }
        _ if request.header("authorization") == "Bearer t2" => manifest(),
        _ => {
            let challenge = format!(r#"Bearer realm="http://{}/token""#, request.header("host"));
            let headers = vec![("www-authenticate", challenge)];
            Answer { status: 401, headers, ..Answer::default() }
        }
    });
    let docker = logins(&server.host, r#"{"identitytoken": "id+1"}"#);
    let repository = client(Config { docker, ..Config::default() }).repository(&server.host, "a");
    assert_eq!(repository.manifest("latest").unwrap().bytes, MANIFEST);
}

#[test]
fn without_a_login_the_answer_says_what_to_do() {
    let server = Server::start(|_, _| Answer {
        status: 401,
        headers: vec![("www-authenticate", "Basic realm=x".to_owned())],
        ..Answer::default()
    });
    let repository = client(Config::default()).repository(&server.host, "a");
    let err = repository.manifest("latest").unwrap_err().to_string();
    assert!(err.contains("docker login"), "{err}");
}

#[test]
fn a_busy_registry_is_asked_again() {
    let server = Server::start(|_, number| match number {
        0 => Answer {
            status: 429,
            headers: vec![("retry-after", "0".to_owned())],
            ..Answer::default()
        },
        1 => Answer { status: 503, ..Answer::default() },
        _ => manifest(),
    });
    let repository = client(Config::default()).repository(&server.host, "a");
    assert_eq!(repository.manifest("latest").unwrap().bytes, MANIFEST);
    assert_eq!(server.log().len(), 3);
}

#[test]
fn a_manifest_with_another_digest_is_refused() {
    let server = Server::start(|_, _| manifest());
    let repository = client(Config::default()).repository(&server.host, "a");
    let err = repository.manifest(&sha256(b"other").to_string()).unwrap_err().to_string();
    assert!(err.contains(&sha256(MANIFEST).to_string()), "{err}");
}

#[test]
fn a_manifest_of_schema_1_is_refused_as_such() {
    let server = Server::start(|_, _| {
        let media_type = "application/vnd.docker.distribution.manifest.v1+prettyjws";
        // The digest of a signed manifest leaves its signatures out.
        let digest = sha256(b"other").to_string();
        let headers =
            vec![("content-type", media_type.to_owned()), ("docker-content-digest", digest)];
        Answer { headers, ..manifest() }
    });
    let repository = client(Config::default()).repository(&server.host, "a");
    let err = repository.manifest("1").unwrap_err().to_string();
    assert!(err.contains("Docker schema 1, which is not supported"), "{err}");
}

#[test]
fn a_mirror_is_asked_first_and_the_host_when_it_fails() {
    let mirror = Server::start(|_, _| Answer { status: 404, ..Answer::default() });
    let server = Server::start(|_, _| manifest());
    let mirrors = [(server.host.clone(), vec![mirror.host.clone()])].into_iter().collect();
    let repository = client(Config { mirrors, ..Config::default() }).repository(&server.host, "a");
    assert_eq!(repository.manifest("1").unwrap().bytes, MANIFEST);
    assert_eq!(mirror.log(), ["GET /v2/a/manifests/1"]);
}

fn blob() -> Vec<u8> {
    (0..100_000_u32).flat_map(u32::to_le_bytes).collect()
}

/// Serves the blob, with and without ranges, and breaks the first connection.
fn breaking(knows_ranges: bool) -> Server {
    Server::start(move |request, number| {
        let blob = blob();
        let range = request.header("range").strip_prefix("bytes=").map(str::to_owned);
        let from: usize = range.map_or(0, |range| range.trim_end_matches('-').parse().unwrap());
        if number == 0 {
            let body = blob[..150_000].to_vec();
            return Answer {
                status: 200,
                n_missing: blob.len() - body.len(),
                body,
                headers: vec![],
            };
        }
        let (status, from) = if knows_ranges && from > 0 { (206, from) } else { (200, 0) };
        Answer { status, body: blob[from..].to_vec(), ..Answer::default() }
    })
}

#[test]
fn a_broken_download_goes_on_where_it_broke() {
    for knows_ranges in [true, false] {
        let server = breaking(knows_ranges);
        let repository = client(Config::default()).repository(&server.host, "a");
        let mut read = Vec::new();
        repository
            .open_blob(&sha256(&blob()), Some(blob().len() as u64))
            .unwrap()
            .read_to_end(&mut read)
            .unwrap();
        assert!(read == blob());
        assert_eq!(server.log().len(), 2);
    }
}

#[test]
fn a_kept_part_is_continued_by_the_next_run_and_a_kept_blob_is_not_fetched() {
    let directory = tempfile::tempdir().unwrap();
    let server = breaking(true);
    let read = |n_bytes: u64| {
        let blobs = BlobCache::open_directory(directory.path(), 1 << 30).unwrap();
        let repository = client(Config { blobs: Some(blobs), ..Config::default() })
            .repository(&server.host, "a");
        let size_bytes = Some(blob().len() as u64);
        let mut read = Vec::new();
        let reader = repository.open_blob(&sha256(&blob()), size_bytes).unwrap();
        reader.take(n_bytes).read_to_end(&mut read).unwrap();
        read
    };
    assert_eq!(read(100_000).len(), 100_000);
    assert!(read(u64::MAX) == blob());
    let n_requests = server.log().len();
    assert!(read(u64::MAX) == blob());
    assert_eq!(server.log().len(), n_requests);
}

#[test]
fn a_kept_part_that_is_wrong_is_not_kept_for_ever() {
    let directory = tempfile::tempdir().unwrap();
    let digest = sha256(b"right");
    let part = directory.path().join(format!("sha256-{}.part", digest.to_hex()));
    fs_err::write(&part, "wr").unwrap();
    let server = Server::start(|request, _| match request.header("range") {
        "" => Answer { status: 200, body: b"right".to_vec(), ..Answer::default() },
        range => {
            assert_eq!(range, "bytes=2-");
            Answer { status: 206, body: b"ght".to_vec(), ..Answer::default() }
        }
    });
    let read = || {
        let blobs = BlobCache::open_directory(directory.path(), 1 << 30).unwrap();
        let repository = client(Config { blobs: Some(blobs), ..Config::default() })
            .repository(&server.host, "a");
        let mut read = String::new();
        repository.open_blob(&digest, Some(5)).unwrap().read_to_string(&mut read).unwrap();
        read
    };
    assert_eq!(read(), "wrght", "whoever reads it finds out");
    assert_eq!(read(), "right");
}

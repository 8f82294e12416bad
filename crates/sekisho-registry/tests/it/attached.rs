use sekisho_archive::sha256;
use sekisho_registry::{Client, Config, RegistryError, Repository};
use sekisho_types::Digest;

use sekisho_testkit::{WebAnswer as Answer, WebRequest as Request, WebServer as Server};

const BLOB: &[u8] = br#"{"statements":[]}"#;
const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

fn image() -> Digest {
    sha256(b"the image")
}

/// The manifest of an artifact with [`BLOB`].
fn artifact(kind: &str) -> Vec<u8> {
    let (digest, size) = (sha256(BLOB), BLOB.len());
    format!(
        r#"{{"artifactType":"{kind}","layers":[{{"mediaType":"{kind}","digest":"{digest}","size":{size}}}]}}"#
    )
    .into_bytes()
}

fn index(kinds: &[&str]) -> Vec<u8> {
    let entries: Vec<String> = kinds
        .iter()
        .map(|kind| {
            let digest = sha256(&artifact(kind));
            format!(r#"{{"digest":"{digest}","artifactType":"{kind}"}}"#)
        })
        .collect();
    format!(r#"{{"manifests":[{}]}}"#, entries.join(",")).into_bytes()
}

fn ok(media_type: &str, body: Vec<u8>) -> Answer {
    let headers = vec![("content-type", media_type.to_owned())];
    Answer { status: 200, headers, body, n_missing: 0 }
}

fn missing() -> Answer {
    Answer { status: 404, ..Answer::default() }
}

/// The artifacts of the kinds `a/…` and the blob, by their digests.
fn content(request: &Request) -> Answer {
    for kind in ["a/vex", "a/other"] {
        if request.path.ends_with(&sha256(&artifact(kind)).to_string()) {
            return ok(MANIFEST, artifact(kind));
        }
    }
    if request.path.ends_with(&sha256(BLOB).to_string()) {
        return ok("application/octet-stream", BLOB.to_vec());
    }
    missing()
}

fn repository(server: &Server) -> Repository {
    Client::new(Config::default()).unwrap().repository(&server.host, "shop")
}

/// The kinds of what is attached.
fn attached(server: &Server) -> Vec<String> {
    let artifacts = repository(server).attached(&image(), &|kind| kind != "a/other").unwrap();
    artifacts.into_iter().map(|artifact| artifact.artifact_type).collect()
}

#[test]
fn every_page_of_the_list_is_asked_for() {
    let server = Server::start(|request, _| match request.path.split_once("/referrers/") {
        Some((_, page)) if page.ends_with("?page=2") => ok(INDEX, index(&["a/vex"])),
        Some((_, page)) => {
            let next = format!("</v2/shop/referrers/{page}?page=2>; rel=\"next\"");
            let mut answer = ok(INDEX, index(&["a/other", "a/vex"]));
            answer.headers.push(("link", next));
            answer
        }
        None => content(request),
    });
    assert_eq!(attached(&server), ["a/vex", "a/vex"]);
    let artifacts = repository(&server).attached(&image(), &|_| true).unwrap();
    let bytes = repository(&server).read_artifact_blob(&artifacts[0].blobs[0], 100).unwrap();
    assert_eq!(bytes, BLOB);
    let too_large = repository(&server).read_artifact_blob(&artifacts[0].blobs[0], 5).unwrap_err();
    assert!(matches!(too_large, RegistryError::Body { .. }), "{too_large}");
}

#[test]
fn a_list_without_an_end_is_given_up() {
    let server = Server::start(|request, _| {
        let next = format!("<{}>; rel=\"next\"", request.path);
        let mut answer = ok(INDEX, index(&[]));
        answer.headers.push(("link", next));
        answer
    });
    let err = repository(&server).attached(&image(), &|_| true).unwrap_err();
    assert_eq!(err.to_string(), "there are more than 50 pages");
}

#[test]
fn a_link_to_another_place_is_not_followed() {
    let server = Server::start(|request, _| {
        if !request.path.contains("/referrers/") {
            return content(request);
        }
        let mut answer = ok(INDEX, index(&["a/vex"]));
        answer.headers.push(("link", "</v2/secret/manifests/1>; rel=\"next\"".to_owned()));
        answer
    });
    assert_eq!(attached(&server), ["a/vex"]);
    assert!(!server.log().iter().any(|line| line.contains("secret")));
}

#[test]
fn a_registry_without_the_list_is_asked_for_its_tags() {
    for status in [404, 400, 405] {
        let tag = format!("sha256-{}", image().to_hex());
        let server = Server::start(move |request, _| {
            if request.path.contains("/referrers/") {
                Answer { status, ..Answer::default() }
            } else if request.path.ends_with(&tag) {
                ok(INDEX, index(&["a/vex"]))
            } else if request.path.ends_with(&format!("{tag}.att")) {
                ok(MANIFEST, artifact("cosign/attestation"))
            } else {
                content(request)
            }
        });
        assert_eq!(attached(&server), ["a/vex", "cosign/attestation"], "{status}");
    }
}

#[test]
fn nothing_attached_is_nothing_and_no_error() {
    let server = Server::start(|_, _| missing());
    assert_eq!(attached(&server), [""; 0]);
}

use std::io::Read;

use sekisho_archive::sha256;
use sekisho_registry::{Client, Config, DockerConfig, RegistryError};
use sekisho_testkit::{RegistryAccess, RegistryServer};

/// Pushes a blob in one request and gives its digest.
fn push(http: &reqwest::blocking::Client, host: &str, blob: &[u8]) -> String {
    let digest = sha256(blob).to_string();
    let begun = http.post(format!("http://{host}/v2/app/blobs/uploads/")).send().unwrap();
    let location = begun.headers()["location"].to_str().unwrap().to_owned();
    let sent = http
        .put(format!("{location}&digest={digest}"))
        .header("content-type", "application/octet-stream")
        .body(blob.to_vec())
        .send()
        .unwrap();
    assert_eq!(sent.status().as_u16(), 201);
    digest
}

#[test]
fn a_real_registry_gives_what_was_pushed() {
    let Some(registry) = RegistryServer::start(RegistryAccess::Open) else { return };
    let http = reqwest::blocking::Client::builder()
        .no_proxy()
        .tls_backend_preconfigured(tls())
        .build()
        .unwrap();
    let layer = vec![7; 3_000_000];
    let config = br#"{"os":"linux","architecture":"amd64","rootfs":{"type":"layers"}}"#;
    let (config_digest, layer_digest) =
        (push(&http, &registry.host, config), push(&http, &registry.host, &layer));
    let media = "application/vnd.oci.image";
    let manifest = format!(
        r#"{{"schemaVersion":2,"mediaType":"{media}.manifest.v1+json","config":{{"mediaType":"{media}.config.v1+json","digest":"{config_digest}","size":{}}},"layers":[{{"mediaType":"{media}.layer.v1.tar","digest":"{layer_digest}","size":{}}}]}}"#,
        config.len(),
        layer.len()
    );
    let put = http
        .put(format!("http://{}/v2/app/manifests/1.0", registry.host))
        .header("content-type", format!("{media}.manifest.v1+json"))
        .body(manifest.clone())
        .send()
        .unwrap();
    assert_eq!(put.status().as_u16(), 201);

    let client = Client::new(Config::default()).unwrap();
    let repository = client.repository(&registry.host, "app");
    let found = repository.manifest("1.0").unwrap();
    assert_eq!(found.bytes, manifest.as_bytes());
    let by_digest = repository.manifest(&found.digest.to_string()).unwrap();
    assert_eq!(by_digest.bytes, found.bytes);
    let mut read = Vec::new();
    repository
        .open_blob(&layer_digest.parse().unwrap(), Some(layer.len() as u64))
        .unwrap()
        .read_to_end(&mut read)
        .unwrap();
    assert!(read == layer);
    let missing = client.repository(&registry.host, "no/such").manifest("1.0").unwrap_err();
    assert!(matches!(missing, RegistryError::NotFound { .. }), "{missing:?}");
}

/// What a client with these settings says of an image that is not there.
fn asked(registry: &RegistryServer, config: Config) -> String {
    let repository = Client::new(config).unwrap().repository(&registry.host, "no/such");
    let err = repository.manifest("1").unwrap_err();
    err.to_string().replace(&registry.host, "HOST")
}

#[test]
fn a_registry_with_an_authority_and_logins_of_its_own_is_spoken_to() {
    let Some(registry) = RegistryServer::start(RegistryAccess::Closed) else { return };
    let directory = registry.directory.path();
    let login = |password: &str| {
        let path = directory.join("config.json");
        let auth = format!(r#"{{"username": "tester", "password": "{password}"}}"#);
        let config = format!(r#"{{"auths": {{"{}": {auth}}}}}"#, registry.host);
        fs_err::write(&path, config).unwrap();
        DockerConfig::read(&path).unwrap()
    };
    let ca = vec![directory.join("ca.pem")];
    let trusting = |docker| Config { ca: ca.clone(), docker, ..Config::default() };
    insta::assert_snapshot!(
        [
            asked(&registry, Config::default()),
            asked(&registry, trusting(DockerConfig::default())),
            asked(&registry, trusting(login("wrong"))),
            asked(&registry, trusting(login("a-pass-word"))),
        ]
        .join("\n"),
        @r#"
    the certificate of HOST is of nobody who is trusted here; if it should be, name the file of its authority in sekisho.yaml, under registry, ca
    HOST refuses "no/such": log in with `docker login HOST`, or check that the name is right
    HOST refuses "no/such": log in with `docker login HOST`, or check that the name is right
    HOST has no image "no/such"
    "#
    );
}

fn tls() -> rustls::ClientConfig {
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth()
}

/// Pushes a blob and a manifest with the client, and fetches them again.
fn round_trip(registry: &RegistryServer, config: Config) {
    let repository = Client::new(config).unwrap().repository(&registry.host, "some/artifact");
    let blob = vec![9; 2_000_000];
    let file = registry.directory.path().join("blob");
    fs_err::write(&file, &blob).unwrap();
    let open = || fs_err::File::open(&file).map(fs_err::File::into_file);
    let (digest, size_bytes) = (sha256(&blob), blob.len() as u64);
    for _ in 0..2 {
        repository.push_blob(&digest, size_bytes, &open).unwrap();
    }
    fs_err::write(&file, "{}").unwrap();
    let empty = sha256(b"{}");
    repository.push_blob(&empty, 2, &open).unwrap();
    let media = "application/vnd.oci.image.manifest.v1+json";
    let manifest = format!(
        r#"{{"schemaVersion":2,"mediaType":"{media}","artifactType":"application/vnd.example","config":{{"mediaType":"application/vnd.oci.empty.v1+json","digest":"{empty}","size":2}},"layers":[{{"mediaType":"application/vnd.example","digest":"{digest}","size":{size_bytes}}}]}}"#
    );
    let pushed = repository.push_manifest("latest", media, manifest.as_bytes()).unwrap();
    let found = repository.manifest("latest").unwrap();
    assert_eq!((found.digest, found.bytes.as_slice()), (pushed, manifest.as_bytes()));
    let mut read = Vec::new();
    repository.open_blob(&digest, Some(size_bytes)).unwrap().read_to_end(&mut read).unwrap();
    assert!(read == blob);
    // Content that is not what its digest says is not taken.
    let wrong = sha256(b"something else");
    let err = repository.push_blob(&wrong, 2, &open).unwrap_err();
    assert!(matches!(err, RegistryError::Status { status: 400, .. }), "{err:?}");
}

#[test]
fn what_is_pushed_is_found_again() {
    let Some(registry) = RegistryServer::start(RegistryAccess::Open) else { return };
    round_trip(&registry, Config::default());
}

#[test]
fn a_registry_with_logins_is_pushed_to() {
    let Some(registry) = RegistryServer::start(RegistryAccess::Closed) else { return };
    let path = registry.directory.path().join("config.json");
    let auth = r#"{"username": "tester", "password": "a-pass-word"}"#;
    fs_err::write(&path, format!(r#"{{"auths": {{"{}": {auth}}}}}"#, registry.host)).unwrap();
    let docker = DockerConfig::read(&path).unwrap();
    let ca = vec![registry.directory.path().join("ca.pem")];
    round_trip(&registry, Config { ca, docker, ..Config::default() });
}

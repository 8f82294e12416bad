use std::{
    io::Read,
    net::TcpListener,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use sekisho_archive::sha256;
use sekisho_registry::{Client, Config, RegistryError};

/// The registry of the distribution project, as Debian packages it.
struct Registry {
    process: Child,
    host: String,
    _directory: tempfile::TempDir,
}

impl Drop for Registry {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// None where it is not installed.
fn start() -> Option<Registry> {
    let directory = tempfile::tempdir().unwrap();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let host = format!("127.0.0.1:{port}");
    let config = directory.path().join("config.yml");
    let root = directory.path().join("data");
    fs_err::write(
        &config,
        format!(
            "version: 0.1\nstorage:\n  filesystem:\n    rootdirectory: {}\nhttp:\n  addr: {host}\n",
            root.display()
        ),
    )
    .unwrap();
    #[expect(clippy::disallowed_methods, reason = "the registry under test is another program")]
    let process = Command::new("docker-registry")
        .arg("serve")
        .arg(&config)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let Ok(process) = process else {
        println!("skipped: docker-registry is not installed");
        return None;
    };
    let registry = Registry { process, host, _directory: directory };
    let begun = Instant::now();
    while std::net::TcpStream::connect(&registry.host).is_err() {
        assert!(begun.elapsed() < Duration::from_secs(20), "the registry does not start");
        std::thread::sleep(Duration::from_millis(20));
    }
    Some(registry)
}

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
    let Some(registry) = start() else { return };
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

fn tls() -> rustls::ClientConfig {
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth()
}

//! A real registry on loopback, with what a test puts into it.

use std::{
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{
    bundle::{Bundle, Node},
    tls::write_tls_pair,
};

/// How long the registry may take to listen.
const PATIENCE: Duration = Duration::from_secs(20);

/// `tester:a-pass-word`, as htpasswd writes it.
const LOGIN: &str = "tester:$2b$04$JgZSLLWVowcH5CrvlKOzAexxzENjE3Y0LyFREPamp00fDl1EBk/IW\n";

/// The registry of the distribution project, as Debian packages it, until it is dropped.
#[derive(Debug)]
pub struct RegistryServer {
    process: Child,
    /// `127.0.0.1:<port>`.
    pub host: String,
    /// With `ca.pem`, the authority of its certificate, and its data.
    pub directory: tempfile::TempDir,
}

/// What a registry wants of its clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegistryAccess {
    /// Anybody may read and write, without TLS.
    Open,
    /// TLS by an authority that nobody knows, and the login `tester` with `a-pass-word`.
    Closed,
}

impl Drop for RegistryServer {
    fn drop(&mut self) {
        // It has ended by itself when it cannot be ended.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

impl RegistryServer {
    /// Starts a registry; none where it is not installed, which is printed.
    pub fn start(access: RegistryAccess) -> Option<Self> {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let host = listener.local_addr().expect("it is bound").to_string();
        drop(listener);
        let more = match access {
            RegistryAccess::Open => "",
            RegistryAccess::Closed => {
                "  tls:\n    certificate: DIR/cert.pem\n    key: DIR/key.pem\n\
                 auth:\n  htpasswd:\n    realm: test\n    path: DIR/htpasswd\n"
            }
        };
        let config = format!(
            "version: 0.1\nstorage:\n  filesystem:\n    rootdirectory: DIR/data\n\
             http:\n  addr: {host}\n{more}"
        );
        let path = directory.path().display().to_string();
        write(&directory.path().join("config.yml"), config.replace("DIR", &path).as_bytes());
        write(&directory.path().join("htpasswd"), LOGIN.as_bytes());
        write_tls_pair(directory.path());
        #[expect(clippy::disallowed_methods, reason = "the registry is another program")]
        let process = Command::new("docker-registry")
            .arg("serve")
            .arg(directory.path().join("config.yml"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let Ok(process) = process else {
            #[expect(clippy::print_stdout, reason = "a test that is skipped says so")]
            {
                println!("skipped: needs docker-registry");
            }
            return None;
        };
        let registry = Self { process, host, directory };
        let begun = Instant::now();
        while TcpStream::connect(&registry.host).is_err() {
            assert!(begun.elapsed() < PATIENCE, "the registry does not start");
            std::thread::sleep(Duration::from_millis(20));
        }
        Some(registry)
    }

    /// Puts the first image of an OCI layout into its store, under a tag of a repository.
    ///
    /// # Source
    ///
    /// `registry/storage/paths.go` of the distribution project draws the tree.
    pub fn put(&self, repository: &str, tag: &str, bundle: &Bundle) {
        let root = self.directory.path().join("data/docker/registry/v2");
        let repository = root.join("repositories").join(repository);
        let link = |path: String, hex: &str| {
            write(&repository.join(path).join("link"), format!("sha256:{hex}").as_bytes());
        };
        for (path, node) in &bundle.nodes {
            match (path.strip_prefix("blobs/sha256/"), node) {
                (Some(hex), Node::File(bytes)) => {
                    let (start, _) = hex.split_at(2);
                    let data = format!("blobs/sha256/{start}/{hex}/data");
                    write(&root.join(data), bytes);
                    link(format!("_layers/sha256/{hex}"), hex);
                    link(format!("_manifests/revisions/sha256/{hex}"), hex);
                }
                (None, Node::File(bytes)) if path == "index.json" => {
                    let index: Value = serde_json::from_slice(bytes).expect("we made it");
                    let digest = index["manifests"][0]["digest"].as_str().expect("an image");
                    let hex = digest.trim_start_matches("sha256:");
                    link(format!("_manifests/tags/{tag}/current"), hex);
                    link(format!("_manifests/tags/{tag}/index/sha256/{hex}"), hex);
                }
                _ => (),
            }
        }
    }
}

fn write(path: &Path, bytes: &[u8]) {
    let parent = path.parent().expect("a file in a directory");
    fs_err::create_dir_all(parent).expect("a directory");
    fs_err::write(path, bytes).expect("a file");
}

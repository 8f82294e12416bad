use std::{
    io::{Read, Write},
    os::unix::net::{UnixListener, UnixStream},
    path::{Path, PathBuf},
};

use sekisho_engine::Config as Engines;
use tempfile::TempDir;

use crate::{
    daemon::{Daemon, run},
    images::{archive, assert_same, expected, images, report},
};

/// A containerd without plugins for Kubernetes.
pub(crate) struct Containerd {
    _process: Daemon,
    directory: TempDir,
}

impl Containerd {
    pub(crate) fn start() -> Option<Self> {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
        let (config, socket) = (path("containerd.toml"), path("containerd.sock"));
        fs_err::write(
            &config,
            format!(
                "version = 2\nroot = {:?}\nstate = {:?}\n\
                 disabled_plugins = [\"io.containerd.grpc.v1.cri\"]\n[grpc]\naddress = {socket:?}\n",
                path("root"),
                path("state"),
            ),
        )
        .unwrap();
        let process = Daemon::start("containerd", &["--config", &config], Path::new(&socket))?;
        Some(Self { _process: process, directory })
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.directory.path().join("containerd.sock")
    }

    fn root(&self) -> PathBuf {
        self.directory.path().join("root")
    }

    fn import(&self, namespace: &str, name: &str, archive: &[u8]) {
        let file = self.directory.path().join("import.tar");
        fs_err::write(&file, archive).unwrap();
        let (socket, file) = (self.socket(), file.display().to_string());
        let socket = socket.to_str().unwrap();
        let args = ["--address", socket, "--namespace", namespace, "images", "import"];
        run("ctr", &[&args[..], &["--no-unpack", "--index-name", name, &file]].concat());
    }
}

#[test]
fn containerd_gives_what_was_imported() {
    let Some(containerd) = Containerd::start() else { return };
    let engines = Engines { containerd: vec![containerd.root()], ..Engines::default() };
    for (namespace, (name, image)) in ["default", "k8s.io"].into_iter().zip(images()) {
        let archive = archive(name, &image);
        containerd.import(namespace, name, &archive);
        let mut found = report(&format!("containerd:{name}"), &engines).unwrap();
        let mut expected = expected(&archive, "containerd", name);
        // containerd makes a manifest, and keeps the image under its digest.
        assert_ne!(found["subject"]["digest"].take(), expected["subject"]["digest"].take());
        assert_same(&found, &expected);
    }
    let err = report("containerd:nobody:1", &engines).unwrap_err().to_string();
    assert_eq!(err, "containerd has no image \"nobody:1\" (looked in default, k8s.io)");
}

/// Answers like a Docker whose images are in the content store of a containerd.
fn docker_with_content_store(socket: &Path, id: String) {
    let listener = UnixListener::bind(socket).unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            answer(stream.unwrap(), &id);
        }
    });
}

fn answer(mut stream: UnixStream, id: &str) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        // Whoever only looks whether somebody listens says nothing.
        if stream.read(&mut byte).unwrap() == 0 {
            return;
        }
        head.extend(byte);
    }
    let head = String::from_utf8(head).unwrap();
    let body = match head.split_whitespace().nth(1).unwrap() {
        "/_ping" => "OK".to_owned(),
        "/v1.48/images/shop/json" => {
            format!(r#"{{"Id": "{id}", "Os": "linux", "Architecture": "amd64"}}"#)
        }
        "/v1.48/info" => r#"{"Driver": "overlayfs", "DockerRootDir": "/nowhere",
            "DriverStatus": [["driver-type", "io.containerd.snapshotter.v1"]]}"#
            .to_owned(),
        path => format!("asked for {path}"),
    };
    let n_bytes = body.len();
    let head = format!("HTTP/1.1 200 OK\r\nApi-Version: 1.48\r\nContent-Length: {n_bytes}\r\n");
    write!(stream, "{head}Connection: close\r\n\r\n{body}").unwrap();
}

#[test]
fn docker_with_a_content_store_is_read_from_it() {
    let Some(containerd) = Containerd::start() else { return };
    let (name, image) = images().remove(0);
    let archive = archive(name, &image);
    containerd.import("moby", name, &archive);
    let containerd_only = Engines { containerd: vec![containerd.root()], ..Engines::default() };
    let by_name = report(&format!("containerd:{name}"), &containerd_only).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let socket = directory.path().join("docker.sock");
    docker_with_content_store(&socket, by_name["subject"]["digest"].as_str().unwrap().to_owned());
    let docker = vec![socket.to_str().unwrap().to_owned()];
    let found = report("docker:shop", &Engines { docker, ..containerd_only }).unwrap();
    let mut expected = by_name;
    expected["subject"]["source"] = "docker".into();
    expected["subject"]["name"] = "shop".into();
    assert_same(&found, &expected);
}

use std::{net::TcpListener, path::Path};

use sekisho_engine::{Config as Engines, Kind, OnDisk, find};
use tempfile::TempDir;

use crate::{
    containerd::Containerd,
    daemon::{Daemon, load},
    images::{archive, assert_same, expected, images, report},
};

/// A Docker without networks, and the containerd that it would otherwise start itself.
struct Docker {
    _dockerd: Daemon,
    _containerd: Containerd,
    directory: TempDir,
    /// Where it listens besides its socket.
    address: String,
}

impl Docker {
    fn start(driver: &str) -> Option<Self> {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
        let containerd = Containerd::start()?;
        let containerd_socket = containerd.socket();
        let socket = path("docker.sock");
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let address = format!("127.0.0.1:{port}");
        let dockerd = Daemon::start(
            "dockerd",
            &[
                "--data-root",
                &path("data"),
                "--exec-root",
                &path("exec"),
                "--pidfile",
                &path("docker.pid"),
                "--host",
                &format!("unix://{socket}"),
                "--host",
                &format!("tcp://{address}"),
                "--containerd",
                containerd_socket.to_str().unwrap(),
                "--storage-driver",
                driver,
                "--iptables=false",
                "--bridge=none",
            ],
            Path::new(&socket),
        )?;
        Some(Self { _dockerd: dockerd, _containerd: containerd, directory, address })
    }

    fn socket(&self) -> std::path::PathBuf {
        self.directory.path().join("docker.sock")
    }

    fn engines(&self) -> Engines {
        let docker = vec![format!("unix://{}", self.socket().display())];
        Engines { docker, ..Engines::default() }
    }
}

fn gives_what_was_loaded(driver: &str) {
    let Some(docker) = Docker::start(driver) else { return };
    for (name, image) in images() {
        let archive = archive(name, &image);
        load(&docker.socket(), &archive);
        let known = find(Kind::Docker, &docker.engines(), name, None).unwrap();
        assert!(matches!(known.on_disk(), Some(OnDisk::Layers(_))), "{:?}", known.on_disk());
        let found = report(&format!("docker:{name}"), &docker.engines()).unwrap();
        assert_same(&found, &expected(&archive, "docker", name));
    }
}

#[test]
fn docker_with_overlay2_gives_what_was_loaded() {
    gives_what_was_loaded("overlay2");
}

#[test]
fn docker_with_vfs_gives_what_was_loaded() {
    gives_what_was_loaded("vfs");
}

#[test]
fn docker_that_is_not_on_this_machine_streams() {
    let Some(docker) = Docker::start("overlay2") else { return };
    let engines =
        Engines { docker: vec![format!("tcp://{}", docker.address)], ..Engines::default() };
    for (name, image) in images() {
        let archive = archive(name, &image);
        load(&docker.socket(), &archive);
        let known = find(Kind::Docker, &engines, name, None).unwrap();
        assert!(known.on_disk().is_none());
        let found = report(&format!("docker:{name}"), &engines).unwrap();
        assert_same(&found, &expected(&archive, "docker", name));
    }
}

#[test]
fn a_file_that_was_changed_on_disk_is_found_out() {
    let Some(docker) = Docker::start("overlay2") else { return };
    let (name, image) = images().remove(1);
    load(&docker.socket(), &archive(name, &image));
    let layers = fs_err::read_dir(docker.directory.path().join("data/overlay2")).unwrap();
    let files = layers.map(|layer| layer.unwrap().path().join("diff/usr/bin/run"));
    for file in files.filter(|file| file.exists()) {
        fs_err::write(file, "#!/bin/sh\nevil\n").unwrap();
    }
    let err = report(&format!("docker:{name}"), &docker.engines()).unwrap_err();
    let mut causes = Vec::new();
    let mut cause: Option<&dyn std::error::Error> = Some(&err);
    while let Some(error) = cause {
        causes.push(error.to_string());
        cause = error.source();
    }
    let causes = causes.join(": ");
    let diff_id = image.layers[0].diff_id.to_string();
    assert!(causes.contains("unpacks to the digest") && causes.contains(&diff_id), "{causes}");
}

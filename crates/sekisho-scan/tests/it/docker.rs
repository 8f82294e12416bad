use std::{net::TcpListener, path::Path};

use sekisho_engine::{Config as Engines, Kind, OnDisk, find};
use sekisho_testkit::write_tls_pair;
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
        Self::start_with(driver, &[])
    }

    fn start_with(driver: &str, more: &[&str]) -> Option<Self> {
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
                [
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
                ]
                .as_slice(),
                more,
            ]
            .concat(),
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
fn docker_behind_tls_is_known_by_its_authority_and_knows_us() {
    let own = tempfile::tempdir().unwrap();
    write_tls_pair(own.path());
    let flag = |name: &str, file: &str| format!("--{name}={}/{file}", own.path().display());
    let (ca, cert, key) =
        (flag("tlscacert", "ca.pem"), flag("tlscert", "cert.pem"), flag("tlskey", "key.pem"));
    let Some(docker) = Docker::start_with("overlay2", &["--tlsverify", &ca, &cert, &key]) else {
        return;
    };
    let engines = |certificates: Option<&Path>| Engines {
        docker: vec![format!("tcp://{}", docker.address)],
        docker_certificates: certificates.map(Path::to_owned),
        ..Engines::default()
    };
    for (name, image) in images() {
        let archive = archive(name, &image);
        load(&docker.socket(), &archive);
        let found = report(&format!("docker:{name}"), &engines(Some(own.path()))).unwrap();
        assert_same(&found, &expected(&archive, "docker", name));
    }

    let target = "docker:odd:1";
    let strange = tempfile::tempdir().unwrap();
    write_tls_pair(strange.path());
    let err = causes(&report(target, &engines(Some(strange.path()))).unwrap_err());
    assert!(err.contains("certificate"), "{err}");
    // The daemon's own authority, but a pair of another: the daemon does not know us.
    fs_err::copy(own.path().join("ca.pem"), strange.path().join("ca.pem")).unwrap();
    let err = causes(&report(target, &engines(Some(strange.path()))).unwrap_err());
    assert!(err.contains("certificate") || err.contains("alert"), "{err}");
    assert!(report(target, &engines(None)).is_err(), "plain text was answered");
    fs_err::remove_file(strange.path().join("key.pem")).unwrap();
    let err = causes(&report(target, &engines(Some(strange.path()))).unwrap_err());
    assert!(err.contains("key.pem"), "{err}");
}

/// An error with its causes.
fn causes(err: &dyn std::error::Error) -> String {
    let mut text = err.to_string();
    let mut cause = err.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
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
    let causes = causes(&report(&format!("docker:{name}"), &docker.engines()).unwrap_err());
    let diff_id = image.layers[0].diff_id.to_string();
    assert!(causes.contains("unpacks to the digest") && causes.contains(&diff_id), "{causes}");
}

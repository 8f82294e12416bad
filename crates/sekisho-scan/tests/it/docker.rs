use std::path::Path;

use sekisho_engine::{Config as Engines, Kind, find};
use tempfile::TempDir;

use crate::{
    daemon::{Daemon, load},
    images::{archive, assert_same, expected, images, report},
};

/// A Docker without networks, and the containerd that it would otherwise start itself.
struct Docker {
    _dockerd: Daemon,
    _containerd: Daemon,
    directory: TempDir,
}

impl Docker {
    fn start(driver: &str) -> Option<Self> {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
        let config = path("containerd.toml");
        fs_err::write(
            &config,
            format!(
                "version = 2\nroot = {:?}\nstate = {:?}\n\
                 disabled_plugins = [\"io.containerd.grpc.v1.cri\"]\n[grpc]\naddress = {:?}\n",
                path("containerd-root"),
                path("containerd-state"),
                path("containerd.sock"),
            ),
        )
        .unwrap();
        let containerd_socket = path("containerd.sock");
        let containerd =
            Daemon::start("containerd", &["--config", &config], Path::new(&containerd_socket))?;
        let socket = path("docker.sock");
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
                "--containerd",
                &containerd_socket,
                "--storage-driver",
                driver,
                "--iptables=false",
                "--bridge=none",
            ],
            Path::new(&socket),
        )?;
        Some(Self { _dockerd: dockerd, _containerd: containerd, directory })
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
        assert!(known.on_disk().is_some(), "the layers are read from disk");
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

//! Where the engines of this machine are, by environment, settings and custom.

use std::path::PathBuf;

use sekisho_engine::{Config, DEFAULT_CONTAINERD, DEFAULT_DOCKER, DEFAULT_PODMAN};

use crate::{
    environment::{directory, text},
    settings::EngineSettings,
};

/// Looks at what says where engines are.
///
/// # Source
///
/// docker(1), "Environment variables"; podman(1), `--url`; ctr(8), `--namespace`.
pub(crate) fn engines(settings: &EngineSettings) -> Config {
    let runtime =
        directory("XDG_RUNTIME_DIR").and_then(|dir| dir.into_os_string().into_string().ok());
    let own = |name: &str| runtime.as_ref().map(|dir| format!("{dir}/{name}"));
    let root = |path: &str| Some(path.to_owned());
    let docker = match text("DOCKER_HOST").or_else(|| settings.docker.clone()) {
        Some(stated) => vec![stated],
        None => [root(DEFAULT_DOCKER), own("docker.sock")].into_iter().flatten().collect(),
    };
    let podman = match text("CONTAINER_HOST").or_else(|| settings.podman.clone()) {
        Some(stated) => vec![stated],
        // A user's own images come before those of root.
        None => [own("podman/podman.sock"), root(DEFAULT_PODMAN)].into_iter().flatten().collect(),
    };
    let containerd = match &settings.containerd {
        Some(stated) => vec![stated.clone()],
        None => {
            let data = directory("XDG_DATA_HOME")
                .or_else(|| Some(directory("HOME")?.join(".local/share")));
            let own = data.map(|data| data.join("containerd"));
            [PathBuf::from(DEFAULT_CONTAINERD)].into_iter().chain(own).collect()
        }
    };
    let user_agent = concat!("sekisho/", env!("CARGO_PKG_VERSION")).to_owned();
    Config {
        docker,
        docker_certificates: docker_certificates(),
        podman,
        containerd,
        containerd_namespaces: text("CONTAINERD_NAMESPACE").into_iter().collect(),
        user_agent,
    }
}

/// Where TLS with Docker is set up, if it is asked for.
fn docker_certificates() -> Option<PathBuf> {
    text("DOCKER_TLS_VERIFY")?;
    directory("DOCKER_CERT_PATH").or_else(|| Some(directory("HOME")?.join(".docker")))
}

use std::path::PathBuf;

/// Where the engines of this machine are. Nothing is looked for where nothing is said.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// Where Docker may listen, in order: `unix:///path`, `tcp://host:port` or a path.
    pub docker: Vec<String>,
    /// Directory with `ca.pem`, `cert.pem` and `key.pem`, with which Docker is spoken to over
    /// TCP; none for plain text.
    pub docker_certificates: Option<PathBuf>,
    /// Where Podman may listen, in order.
    pub podman: Vec<String>,
    /// Directories that containerd may call its root, in order.
    pub containerd: Vec<PathBuf>,
    /// The namespaces of containerd to look in; all of them where none is named.
    pub containerd_namespaces: Vec<String>,
    /// Sent as `User-Agent`.
    pub user_agent: String,
}

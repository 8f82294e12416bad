//! Paths of a host, and what lies there.

/// Sockets of container runtimes, and the directories they are in.
const RUNTIME: &[&str] = &[
    "/run",
    "/run/containerd",
    "/run/containerd/containerd.sock",
    "/run/crio",
    "/run/crio/crio.sock",
    "/run/docker.sock",
    "/run/docker",
    "/run/ecs",
    "/run/podman",
    "/run/podman/podman.sock",
];

/// Directories of which nothing is for a container.
const SYSTEM: &[&str] = &[
    "/boot",
    "/cgroup",
    "/dev",
    "/etc",
    "/home",
    "/lib/modules",
    "/proc",
    "/root",
    "/sys",
    "/usr/src",
    "/var/lib/containerd",
    "/var/lib/docker",
    "/var/lib/ecs",
    "/var/lib/kubelet",
];

/// Whether the path leads to the socket of a container runtime.
pub(crate) fn is_runtime_socket(path: &str) -> bool {
    let path = plain(path);
    RUNTIME.contains(&path.as_str()) || path.ends_with("/docker.sock")
}

/// Whether the path is, or lies in, a directory of the system; or is all of it.
pub(crate) fn is_system_directory(path: &str) -> bool {
    let path = plain(path);
    path == "/"
        || path == "/var/lib"
        || SYSTEM.iter().any(|system| {
            path.strip_prefix(system).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
}

/// The path without what changes nothing: double slashes, dots, one at the end; `/var/run` is
/// `/run` everywhere.
fn plain(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => (),
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    let parts = match parts.as_slice() {
        ["var", rest @ ..] if rest.first() == Some(&"run") => rest,
        parts => parts,
    };
    format!("/{}", parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn detours_lead_to_the_same_path() {
        assert!(is_runtime_socket("/srv/../var//run/docker.sock"));
        assert!(is_system_directory("/etc/"));
        assert!(is_system_directory("//"));
        assert!(!is_system_directory("/etcetera"));
        assert!(!is_runtime_socket("/srv/run"));
    }
}

use std::path::{Path, PathBuf};

use crate::EngineError;

/// Where Docker listens unless it is told otherwise.
pub const DEFAULT_DOCKER: &str = "/var/run/docker.sock";

/// Where the Podman of root listens.
pub const DEFAULT_PODMAN: &str = "/run/podman/podman.sock";

/// Where an engine listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Endpoint {
    Unix(PathBuf),
    Tcp {
        /// `host:port`.
        address: String,
        /// Directory with `ca.pem`, `cert.pem` and `key.pem`; none for plain text.
        certificates: Option<PathBuf>,
    },
}

impl Endpoint {
    /// Reads `unix:///path` or `tcp://host:port` as `DOCKER_HOST` has it, or a path.
    ///
    /// `certificates` is where TLS is set up for a `tcp` address; none where it is not wanted.
    pub(crate) fn parse(text: &str, certificates: Option<&Path>) -> Result<Self, EngineError> {
        let wrong = |what| EngineError::Endpoint { text: text.to_owned(), what };
        if text.starts_with('/') {
            return Ok(Self::Unix(text.into()));
        }
        let Some((scheme, rest)) = text.split_once("://") else {
            return Err(wrong("write it as unix:///path or tcp://host:port"));
        };
        match scheme {
            "unix" if rest.starts_with('/') => Ok(Self::Unix(rest.into())),
            "unix" => Err(wrong("the path of a socket starts with a slash")),
            "tcp" | "http" | "https" => {
                let address = rest.trim_end_matches('/');
                let is_clean = !address.is_empty()
                    && address.bytes().all(|b| b.is_ascii_alphanumeric() || b".-:[]".contains(&b));
                if !is_clean {
                    return Err(wrong("host and port are expected"));
                }
                let name_end = address.rfind(']').map_or(0, |end| end + 1);
                let has_port = address.get(name_end..).is_some_and(|rest| rest.contains(':'));
                let port = if certificates.is_some() { 2376 } else { 2375 };
                Ok(Self::Tcp {
                    address: if has_port {
                        address.to_owned()
                    } else {
                        format!("{address}:{port}")
                    },
                    certificates: certificates.map(Path::to_owned),
                })
            }
            "ssh" => Err(wrong("ssh is not spoken; forward the socket with `ssh -L`")),
            _ => Err(wrong("only unix:// and tcp:// are spoken")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_docker_reads_them() {
        let unix = |path: &str| Endpoint::Unix(path.into());
        let tcp = |address: &str| Endpoint::Tcp { address: address.to_owned(), certificates: None };
        for (text, want) in [
            ("unix:///run/docker.sock", unix("/run/docker.sock")),
            ("/run/docker.sock", unix("/run/docker.sock")),
            ("tcp://10.0.0.1:2375", tcp("10.0.0.1:2375")),
            ("tcp://engine.example/", tcp("engine.example:2375")),
            ("tcp://[::1]", tcp("[::1]:2375")),
        ] {
            assert_eq!(Endpoint::parse(text, None).unwrap(), want);
        }
        let secure = Endpoint::parse("tcp://engine.example", Some(Path::new("/certs"))).unwrap();
        let (address, certificates) = ("engine.example:2376".to_owned(), Some("/certs".into()));
        assert_eq!(secure, Endpoint::Tcp { address, certificates });
    }

    #[test]
    fn what_is_no_address_is_refused_with_the_reason() {
        let shown = |text: &str| Endpoint::parse(text, None).unwrap_err().to_string();
        insta::assert_snapshot!(
            ["", "unix://run/x", "tcp://", "tcp://a@b", "ssh://host", "npipe:////./pipe/x"]
                .map(shown)
                .join("\n"),
            @r#"
        "" is not the address of an engine: write it as unix:///path or tcp://host:port
        "unix://run/x" is not the address of an engine: the path of a socket starts with a slash
        "tcp://" is not the address of an engine: host and port are expected
        "tcp://a@b" is not the address of an engine: host and port are expected
        "ssh://host" is not the address of an engine: ssh is not spoken; forward the socket with `ssh -L`
        "npipe:////./pipe/x" is not the address of an engine: only unix:// and tcp:// are spoken
        "#
        );
    }
}

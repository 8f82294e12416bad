use std::io;

use sekisho_types::Digest;

/// Why a registry did not give what was asked.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    #[error("failed to set up TLS: {what}")]
    Tls { what: String },
    #[error("failed to read the certificate authorities in {path:?}")]
    Certificates {
        path: std::path::PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("{path:?} holds no PEM certificate")]
    NoCertificate { path: std::path::PathBuf },
    #[error("no answer from {url}")]
    Request {
        url: String,
        #[source]
        source: reqwest::Error,
    },
    #[error(
        "the certificate of {host} is of nobody who is trusted here; if it should be, name the \
         file of its authority in sekisho.yaml, under registry, ca"
    )]
    Untrusted {
        host: String,
        #[source]
        source: reqwest::Error,
    },
    #[error(
        "{host} has {name:?} as a manifest of Docker schema 1, which is not supported: registries \
         stopped serving it in 2021; push the image again with a current tool"
    )]
    Schema1 { host: String, name: String },
    /// `message` is what the registry said of itself, shortened.
    #[error("{url} answered {status}{message}")]
    Status { url: String, status: u16, message: String },
    #[error("{host} has no image {name:?}")]
    NotFound { host: String, name: String },
    #[error(
        "{host} refuses {name:?}: log in with `docker login {host}`, or check that the name is right"
    )]
    Unauthorized { host: String, name: String },
    #[error("{host} asks for a login in a way that is not understood: {challenge:?}")]
    Challenge { host: String, challenge: String },
    #[error("{host} sends its login to {realm:?}, which is not encrypted")]
    PlainRealm { host: String, realm: String },
    #[error("the answer of {url} is not valid JSON of the expected shape")]
    Json {
        url: String,
        #[source]
        source: serde_json::Error,
    },
    #[error("failed to read the answer of {url}")]
    Body {
        url: String,
        #[source]
        source: io::Error,
    },
    #[error("failed to read what is to be pushed as {digest}")]
    Content {
        digest: Digest,
        #[source]
        source: io::Error,
    },
    #[error("{url} does not say where a blob is to be sent")]
    NoLocation { url: String },
    #[error("there are more than {limit} {what}")]
    TooMany { what: &'static str, limit: usize },
    #[error("{url} gave {actual} for {expected}")]
    Digest { url: String, expected: Digest, actual: Digest },
    #[error("{digest} cannot be verified: only sha256 is computed")]
    Algorithm { digest: Digest },
    #[error("failed to read the settings of docker in {path:?}")]
    DockerConfig {
        path: std::path::PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("the settings of docker in {path:?} are not valid")]
    DockerConfigJson {
        path: std::path::PathBuf,
        #[source]
        source: serde_json::Error,
    },
    #[error("the credential helper {helper:?} failed for {host}: {reason}")]
    Helper { helper: String, host: String, reason: String },
}

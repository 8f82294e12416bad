//! Docker's Engine API, which Podman speaks too.
//!
//! # Source
//!
//! Docker Engine API, versions 1.24 to 1.49: `/_ping`, `/info`, `/images/{name}/json`,
//! `/images/{name}/get`.

use std::{
    fmt,
    io::{self, Read},
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
    time::Duration,
};

use reqwest::{
    Url,
    blocking::{Client, RequestBuilder, Response},
};
use sekisho_archive::limits;
use sekisho_types::Digest;
use serde::{Deserialize, Serialize};

use crate::{
    Config, ContentStore, EngineError, StoredImage,
    endpoint::Endpoint,
    layer_store,
    tls::{no_tls, tls},
};

/// The version of the API that is spoken, with a daemon that is not older.
const SPOKEN: ApiVersion = ApiVersion(1, 49);

/// From this version on a daemon may have images of several platforms under one name.
const WITH_PLATFORMS: ApiVersion = ApiVersion(1, 49);

/// How long a daemon may take to accept a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a daemon may take to tell what it knows.
pub(crate) const ANSWER_TIMEOUT: Duration = Duration::from_mins(1);

/// How long a daemon may take for the first bytes of an image, and for each further read: it
/// first writes all layers to disk, at about 100 MB/s.
const IMAGE_TIMEOUT: Duration = Duration::from_mins(30);

/// Longest message of a daemon that is shown.
const MESSAGE_BYTES: u64 = 1000;

/// Which engine is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Docker,
    Podman,
}

impl Kind {
    pub(crate) fn how_to_start(self) -> &'static str {
        match self {
            Self::Docker => {
                "start it with `systemctl start docker`, or set DOCKER_HOST to where it listens"
            }
            Self::Podman => {
                "start its service with `systemctl --user start podman.socket`, or set \
                 CONTAINER_HOST to where it listens"
            }
        }
    }

    pub(crate) fn how_to_be_allowed(self) -> &'static str {
        match self {
            Self::Docker => "join the group `docker`, or use sudo",
            Self::Podman => "it belongs to another user; use sudo, or start a service of your own",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Docker => "Docker",
            Self::Podman => "Podman",
        })
    }
}

/// A platform in Go's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct PlatformName<'a> {
    pub os: &'a str,
    pub architecture: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variant: Option<&'a str>,
}

/// How the files of a daemon have an image.
#[derive(Debug)]
pub enum OnDisk {
    /// By layers, each unpacked.
    Layers(StoredImage),
    /// By blobs, from the index or manifest that the id is the digest of.
    Content(ContentStore),
}

/// An image that an engine has.
#[derive(Debug)]
pub struct EngineImage {
    /// Digest of its configuration, or of its manifest where the engine has a content store.
    pub id: Digest,
    pub os: String,
    pub architecture: String,
    pub variant: Option<String>,
    pub diff_ids: Vec<Digest>,
    daemon: Daemon,
    /// Where containerd may keep the blobs of the daemon.
    containerd: Vec<PathBuf>,
    /// What is to be sent along where a name has images of several platforms.
    platform: Option<String>,
}

/// Asks an engine for the image with a name or an id.
///
/// Of several images of one name the one for `platform` is taken, the daemon's own without.
///
/// # Errors
///
/// When no endpoint of the engine has it; the error is of the one that came nearest.
pub fn find(
    kind: Kind,
    config: &Config,
    name: &str,
    platform: Option<PlatformName<'_>>,
) -> Result<EngineImage, EngineError> {
    check_name(name)?;
    let (addresses, certificates) = match kind {
        Kind::Docker => (&config.docker, config.docker_certificates.as_deref()),
        Kind::Podman => (&config.podman, None),
    };
    let mut nearest: Option<EngineError> = None;
    for address in addresses {
        let found = Endpoint::parse(address, certificates)
            .and_then(|endpoint| Daemon::connect(kind, endpoint, &config.user_agent))
            .and_then(|daemon| daemon.inspect(name, platform));
        match found {
            Ok(image) => {
                return Ok(EngineImage { containerd: config.containerd.clone(), ..image });
            }
            Err(err) => {
                if nearest.as_ref().is_none_or(|nearest| nearest.rank() < err.rank()) {
                    nearest = Some(err);
                }
            }
        }
    }
    Err(nearest.unwrap_or(EngineError::NoEndpoint { kind }))
}

/// A name becomes a part of a URL: what is no name must not become another question.
fn check_name(name: &str) -> Result<(), EngineError> {
    let is_clean = name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-:/@".contains(&b))
        && name.split('/').all(|part| !part.is_empty() && part != "." && part != "..");
    if is_clean { Ok(()) } else { Err(EngineError::Name { name: name.to_owned() }) }
}

impl EngineImage {
    /// The image as the daemon streams it: a tar as `docker save` writes it.
    pub fn stream(&self) -> Result<Box<dyn Read + Send>, EngineError> {
        let path = format!("images/{}/get", self.id);
        let response = self.daemon.get_for(&path, self.platform.as_deref(), IMAGE_TIMEOUT)?;
        self.daemon.checked(&path, response).map(|response| Box::new(response) as _)
    }

    /// The image as the daemon's files have it; none where they are not here, not readable for
    /// this user, or not of a kind that is known.
    pub fn on_disk(&self) -> Option<OnDisk> {
        let stored = self.read_disk();
        match stored {
            Ok(stored) => stored,
            Err(err) => {
                let error: &dyn std::error::Error = &err;
                tracing::info!(error, "the image is streamed by the daemon");
                None
            }
        }
    }

    fn read_disk(&self) -> Result<Option<OnDisk>, EngineError> {
        let is_local = matches!(self.daemon.endpoint, Endpoint::Unix(_));
        if !is_local || self.daemon.kind != Kind::Docker {
            return Ok(None);
        }
        let info: Info = self.daemon.json("info", None)?;
        let root = Path::new(&info.root);
        if info.has_content_store() {
            // One that Docker starts itself has its place below Docker's.
            let own = root.join("containerd/daemon");
            let roots = std::iter::once(&own).chain(&self.containerd);
            let mut stores = roots.map(|root| ContentStore::of(root));
            return Ok(stores.find(|store| store.has(&self.id)).map(OnDisk::Content));
        }
        let stored = layer_store::read(root, &info.driver, self.id, &self.diff_ids)?;
        Ok(stored.map(OnDisk::Layers))
    }
}

#[derive(Debug)]
pub(crate) struct Daemon {
    kind: Kind,
    endpoint: Endpoint,
    http: Client,
    /// With the version of the API, ending in a slash.
    base: Url,
    version: ApiVersion,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct ApiVersion(u16, u16);

impl ApiVersion {
    fn parse(text: &str) -> Option<Self> {
        let (major, minor) = text.trim().split_once('.')?;
        Some(Self(major.parse().ok()?, minor.parse().ok()?))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Inspected {
    id: String,
    #[serde(default)]
    os: String,
    #[serde(default)]
    architecture: String,
    #[serde(default)]
    variant: Option<String>,
    #[serde(rename = "RootFS", default)]
    root_fs: RootFs,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RootFs {
    #[serde(default)]
    layers: Option<Vec<Digest>>,
}

#[derive(Deserialize)]
struct Info {
    #[serde(rename = "Driver", default)]
    driver: String,
    /// Pairs of a name and a value.
    #[serde(rename = "DriverStatus", default)]
    driver_status: Option<Vec<Vec<String>>>,
    #[serde(rename = "DockerRootDir", default)]
    root: String,
}

impl Info {
    /// Whether images are kept by containerd, as since Docker 23 they may be.
    fn has_content_store(&self) -> bool {
        self.driver_status.iter().flatten().any(|pair| {
            matches!(pair.as_slice(), [name, value]
                if name == "driver-type" && value == "io.containerd.snapshotter.v1")
        })
    }
}

#[derive(Deserialize)]
struct Failure {
    message: String,
}

impl Daemon {
    pub(crate) fn connect(
        kind: Kind,
        endpoint: Endpoint,
        user_agent: &str,
    ) -> Result<Self, EngineError> {
        let builder = Client::builder()
            .user_agent(user_agent)
            .connect_timeout(CONNECT_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy();
        let (builder, base) = match &endpoint {
            Endpoint::Unix(path) => {
                knock(kind, path)?;
                let builder = builder.unix_socket(path.as_path());
                (builder.tls_backend_preconfigured(no_tls()?), "http://localhost/".to_owned())
            }
            Endpoint::Tcp { address, certificates: None } => {
                (builder.tls_backend_preconfigured(no_tls()?), format!("http://{address}/"))
            }
            Endpoint::Tcp { address, certificates: Some(directory) } => {
                let tls = tls(directory)?;
                (builder.tls_backend_preconfigured(tls), format!("https://{address}/"))
            }
        };
        let text = base.clone();
        let base = Url::parse(&base)
            .map_err(|_| EngineError::Endpoint { text, what: "host and port are expected" })?;
        let http = builder.build().map_err(|source| EngineError::Client { kind, source })?;
        let mut daemon = Self { kind, endpoint, http, base, version: SPOKEN };
        let pong = daemon.get_for("_ping", None, ANSWER_TIMEOUT)?;
        let pong = daemon.checked("_ping", pong)?;
        let theirs = pong.headers().get("api-version").and_then(|value| value.to_str().ok());
        // A daemon from before 1.24 does not say it, and understands paths without one.
        if let Some(theirs) = theirs.and_then(ApiVersion::parse) {
            daemon.version = theirs.min(SPOKEN);
            let ApiVersion(major, minor) = daemon.version;
            if let Ok(base) = daemon.base.join(&format!("v{major}.{minor}/")) {
                daemon.base = base;
            }
        }
        Ok(daemon)
    }

    fn inspect(
        self,
        name: &str,
        platform: Option<PlatformName<'_>>,
    ) -> Result<EngineImage, EngineError> {
        let platform = match platform {
            Some(platform) if self.version >= WITH_PLATFORMS => {
                serde_json::to_string(&platform).ok()
            }
            Some(_) | None => None,
        };
        let path = format!("images/{name}/json");
        let found: Inspected = match self.json(&path, platform.as_deref()) {
            Err(EngineError::Status { kind, status: 404, .. }) => {
                return Err(EngineError::NoSuchImage { kind, name: name.to_owned() });
            }
            other => other?,
        };
        // Old versions of Podman leave the algorithm out.
        let id = Digest::parse(&found.id)
            .or_else(|_| Digest::parse(&format!("sha256:{}", found.id)))
            .map_err(|_| EngineError::Id {
                kind: self.kind,
                name: name.to_owned(),
                id: found.id.clone(),
            })?;
        Ok(EngineImage {
            id,
            os: found.os,
            architecture: found.architecture,
            variant: found.variant.filter(|variant| !variant.is_empty()),
            diff_ids: found.root_fs.layers.unwrap_or_default(),
            daemon: self,
            containerd: Vec::new(),
            platform,
        })
    }

    fn get_for(
        &self,
        path: &str,
        platform: Option<&str>,
        timeout: Duration,
    ) -> Result<Response, EngineError> {
        let mut url = self.url(path)?;
        if let Some(platform) = platform {
            url.query_pairs_mut().append_pair("platform", platform);
        }
        self.send(path, self.http.get(url).timeout(timeout))
    }

    fn url(&self, path: &str) -> Result<Url, EngineError> {
        self.base.join(path).map_err(|_| EngineError::Name { name: path.to_owned() })
    }

    pub(crate) fn post(&self, path: &str) -> Result<RequestBuilder, EngineError> {
        Ok(self.http.post(self.url(path)?))
    }

    pub(crate) fn delete(&self, path: &str) -> Result<RequestBuilder, EngineError> {
        Ok(self.http.delete(self.url(path)?))
    }

    pub(crate) fn send(
        &self,
        path: &str,
        request: RequestBuilder,
    ) -> Result<Response, EngineError> {
        request.send().map_err(|source| EngineError::Request {
            kind: self.kind,
            path: path.to_owned(),
            source: source.without_url(),
        })
    }

    pub(crate) fn checked(&self, path: &str, response: Response) -> Result<Response, EngineError> {
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let mut said = Vec::new();
        // An error without a readable message is still an error.
        drop(response.take(MESSAGE_BYTES).read_to_end(&mut said));
        let message = match serde_json::from_slice::<Failure>(&said) {
            Ok(failure) => failure.message,
            Err(_) => String::from_utf8_lossy(&said).trim().to_owned(),
        };
        let (kind, path, status) = (self.kind, path.to_owned(), status.as_u16());
        Err(EngineError::Status { kind, path, status, message })
    }

    fn json<T: for<'de> Deserialize<'de>>(
        &self,
        path: &str,
        platform: Option<&str>,
    ) -> Result<T, EngineError> {
        let response = self.get_for(path, platform, ANSWER_TIMEOUT)?;
        let response = self.checked(path, response)?;
        self.read_json(path, response)
    }

    pub(crate) fn read_json<T: for<'de> Deserialize<'de>>(
        &self,
        path: &str,
        response: Response,
    ) -> Result<T, EngineError> {
        let mut bytes = Vec::new();
        response.take(limits::DOCUMENT_BYTES).read_to_end(&mut bytes).map_err(|source| {
            EngineError::Body { kind: self.kind, path: path.to_owned(), source }
        })?;
        serde_json::from_slice(&bytes).map_err(|source| EngineError::Json {
            kind: self.kind,
            path: path.to_owned(),
            source,
        })
    }
}

/// Finds out whether somebody listens: the reason why not is what a person needs.
fn knock(kind: Kind, path: &Path) -> Result<(), EngineError> {
    match UnixStream::connect(path) {
        Ok(_) => Ok(()),
        Err(source) => {
            let path = path.to_owned();
            Err(match source.kind() {
                io::ErrorKind::NotFound => EngineError::NoSocket { kind, path },
                io::ErrorKind::ConnectionRefused => EngineError::Refused { kind, path },
                io::ErrorKind::PermissionDenied => EngineError::Permission { kind, path },
                _ => EngineError::Connect { kind, path, source },
            })
        }
    }
}

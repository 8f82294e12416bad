use std::{
    io::Read,
    sync::{Arc, Mutex, PoisonError},
};

use reqwest::{
    StatusCode,
    blocking::{RequestBuilder, Response},
};
use sekisho_archive::{limits, sha256};
use sekisho_types::Digest;

use crate::{
    RegistryError,
    auth::answer,
    blob::Download,
    challenge::Challenge,
    client::{Client, is_untrusted, said, send},
};

/// Every kind of manifest, so that the registry sends what it has.
const MANIFEST_TYPES: &str = "application/vnd.oci.image.index.v1+json, \
    application/vnd.oci.image.manifest.v1+json, \
    application/vnd.docker.distribution.manifest.list.v2+json, \
    application/vnd.docker.distribution.manifest.v2+json, \
    application/vnd.docker.distribution.manifest.v1+prettyjws;q=0.1, \
    application/vnd.docker.distribution.manifest.v1+json;q=0.1";

/// With and without a signature. They are accepted so that the registry does not hide what it
/// has.
const SCHEMA_1_TYPES: [&str; 2] = [
    "application/vnd.docker.distribution.manifest.v1+prettyjws",
    "application/vnd.docker.distribution.manifest.v1+json",
];

/// One repository of a registry, and of its mirrors.
#[derive(Debug, Clone)]
pub struct Repository {
    pub(crate) client: Client,
    host: String,
    name: String,
    /// Mirrors first.
    pub(crate) endpoints: Arc<Vec<Endpoint>>,
}

/// A host that may have the repository.
#[derive(Debug)]
pub(crate) struct Endpoint {
    pub(crate) host: String,
    /// What the first answer taught.
    learned: Mutex<Learned>,
}

#[derive(Debug, Clone, Default)]
struct Learned {
    scheme: Option<&'static str>,
    authorization: Option<String>,
}

/// An index or a manifest as a registry sent it, verified.
#[derive(Debug, Clone)]
pub struct Manifest {
    pub media_type: String,
    pub digest: Digest,
    pub bytes: Vec<u8>,
}

impl Repository {
    pub(crate) fn new(client: Client, host: &str, name: &str) -> Self {
        let endpoint = |host: &str| Endpoint {
            host: match host {
                "docker.io" | "index.docker.io" => "registry-1.docker.io".to_owned(),
                host => host.to_owned(),
            },
            learned: Mutex::default(),
        };
        let mirrors = client.config.mirrors.get(host).map(Vec::as_slice).unwrap_or_default();
        let mut endpoints: Vec<Endpoint> = mirrors.iter().map(|mirror| endpoint(mirror)).collect();
        endpoints.push(endpoint(host));
        let (host, name) = (host.to_owned(), name.to_owned());
        Self { client, host, name, endpoints: Arc::new(endpoints) }
    }

    /// Fetches the manifest of a tag or a digest.
    ///
    /// # Errors
    ///
    /// [`RegistryError::NotFound`] where no endpoint has it; the last endpoint's error otherwise.
    pub fn manifest(&self, reference: &str) -> Result<Manifest, RegistryError> {
        let path = format!("manifests/{reference}");
        let (url, response) =
            self.fetch(&path, &|request| request.header("accept", MANIFEST_TYPES))?;
        let media_type = header(&response, "content-type");
        // Its digest is of a part of its bytes, and its layers are named in another way.
        if SCHEMA_1_TYPES.iter().any(|schema_1| media_type.starts_with(schema_1)) {
            return Err(RegistryError::Schema1 {
                host: self.host.clone(),
                name: self.name.clone(),
            });
        }
        let stated = Digest::parse(&header(&response, "docker-content-digest")).ok();
        let mut bytes = Vec::new();
        response
            .take(limits::DOCUMENT_BYTES + 1)
            .read_to_end(&mut bytes)
            .and_then(|_| {
                let is_short = bytes.len() as u64 <= limits::DOCUMENT_BYTES;
                is_short.then_some(()).ok_or_else(|| std::io::ErrorKind::FileTooLarge.into())
            })
            .map_err(|source| RegistryError::Body { url: url.clone(), source })?;
        let actual = sha256(&bytes);
        if let Some(expected) = Digest::parse(reference).ok().or(stated) {
            if !matches!(expected, Digest::Sha256(_)) {
                return Err(RegistryError::Algorithm { digest: expected });
            }
            if expected != actual {
                return Err(RegistryError::Digest { url, expected, actual });
            }
        }
        let media_type = media_type.split(';').next().unwrap_or_default().trim().to_owned();
        Ok(Manifest { media_type, digest: actual, bytes })
    }

    /// Opens a blob. What is read is not yet verified; a broken connection is taken up where it
    /// broke.
    pub fn open_blob(
        &self,
        digest: &Digest,
        size_bytes: Option<u64>,
    ) -> Result<Box<dyn Read + Send>, RegistryError> {
        let download = Download::new(self.clone(), *digest, size_bytes);
        match &self.client.config.blobs {
            Some(cache) => cache.open(digest, download),
            None => Ok(Box::new(download.started(0)?)),
        }
    }

    /// Asks for a blob from `offset` on; gives the answer and the offset at which it starts.
    pub(crate) fn request_blob(
        &self,
        digest: &Digest,
        offset: u64,
    ) -> Result<(Response, u64), RegistryError> {
        let path = format!("blobs/{digest}");
        let (_, response) = self.fetch(&path, &|request| {
            if offset == 0 { request } else { request.header("range", format!("bytes={offset}-")) }
        })?;
        // A registry that does not know ranges sends all of it.
        let is_partial = response.status() == StatusCode::PARTIAL_CONTENT;
        Ok((response, if is_partial { offset } else { 0 }))
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Gets a path of the repository from the first endpoint that has it.
    pub(crate) fn fetch(
        &self,
        path: &str,
        with: &dyn Fn(RequestBuilder) -> RequestBuilder,
    ) -> Result<(String, Response), RegistryError> {
        let mut last = None;
        for endpoint in self.endpoints.iter() {
            match self.ask(endpoint, path, &|url| with(self.client.get(url, &endpoint.host))) {
                Ok(found) => return Ok(found),
                Err(err) => {
                    if endpoint.host != self.host {
                        let error: &dyn std::error::Error = &err;
                        tracing::info!(host = endpoint.host, error, "not from this endpoint");
                    }
                    last = Some(err);
                }
            }
        }
        Err(last.unwrap_or_else(|| self.not_found()))
    }

    pub(crate) fn not_found(&self) -> RegistryError {
        RegistryError::NotFound { host: self.host.clone(), name: self.name.clone() }
    }

    /// Sends what `with` makes of the URL of a path to one endpoint, with the login that it
    /// asks for.
    pub(crate) fn ask(
        &self,
        endpoint: &Endpoint,
        path: &str,
        with: &dyn Fn(&str) -> RequestBuilder,
    ) -> Result<(String, Response), RegistryError> {
        let learned = endpoint.learned.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let schemes = match &learned.scheme {
            Some(scheme) => std::slice::from_ref(scheme),
            None => self.client.schemes(&endpoint.host),
        };
        let mut last = None;
        for scheme in schemes {
            let url = format!("{scheme}://{}/v2/{}/{path}", endpoint.host, self.name);
            let request = |authorization: Option<&String>| {
                let request = with(&url);
                match authorization {
                    Some(header) => request.header("authorization", header),
                    None => request,
                }
            };
            let response = match send(&url, &|| request(learned.authorization.as_ref())) {
                Ok(response) => response,
                Err(err) => {
                    let (source, url) = match err {
                        RegistryError::Request { url, source } => (source, url),
                        err => return Err(err),
                    };
                    // Who has a certificate has TLS: there is nothing else to try.
                    if is_untrusted(&source) {
                        let host = endpoint.host.clone();
                        return Err(RegistryError::Untrusted { host, source });
                    }
                    // A host without TLS refuses the handshake; the next scheme may do.
                    last = Some(RegistryError::Request { url, source });
                    continue;
                }
            };
            let remember = |authorization: Option<String>| {
                let mut learned = endpoint.learned.lock().unwrap_or_else(PoisonError::into_inner);
                *learned = Learned { scheme: Some(scheme), authorization };
            };
            if response.status() != StatusCode::UNAUTHORIZED {
                remember(learned.authorization.clone());
                return self.checked(url, response);
            }
            let stated = header(&response, "www-authenticate");
            let challenge = Challenge::parse(&stated).ok_or_else(|| RegistryError::Challenge {
                host: endpoint.host.clone(),
                challenge: stated,
            })?;
            let host =
                if endpoint.host == "registry-1.docker.io" { "docker.io" } else { &endpoint.host };
            let Some(authorization) = answer(&self.client, host, &self.name, &challenge)? else {
                return Err(self.unauthorized());
            };
            remember(Some(authorization.clone()));
            let response = send(&url, &|| request(Some(&authorization)))?;
            return self.checked(url, response);
        }
        Err(last.unwrap_or_else(|| self.not_found()))
    }

    /// The header that the endpoint was last content with.
    pub(crate) fn authorization(endpoint: &Endpoint) -> Option<String> {
        let learned = endpoint.learned.lock().unwrap_or_else(PoisonError::into_inner);
        learned.authorization.clone()
    }

    fn unauthorized(&self) -> RegistryError {
        RegistryError::Unauthorized { host: self.host.clone(), name: self.name.clone() }
    }

    pub(crate) fn checked(
        &self,
        url: String,
        response: Response,
    ) -> Result<(String, Response), RegistryError> {
        match response.status() {
            status if status.is_success() => Ok((url, response)),
            StatusCode::NOT_FOUND => Err(self.not_found()),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(self.unauthorized()),
            status => {
                let (status, message) = (status.as_u16(), said(response));
                Err(RegistryError::Status { url, status, message })
            }
        }
    }
}

pub(crate) fn header(response: &Response, name: &str) -> String {
    let value = response.headers().get(name).and_then(|value| value.to_str().ok());
    value.unwrap_or_default().to_owned()
}

//! What goes to a registry: blobs in one request each, then the manifest that names them.
//!
//! # Source
//!
//! OCI Distribution Specification 1.1, "Pushing a blob monolithically", "Pushing Manifests".

use std::{io, time::Duration};

use reqwest::{StatusCode, blocking::Body};
use sekisho_archive::sha256;
use sekisho_types::Digest;

use crate::{
    RegistryError, Repository,
    client::send,
    repository::{Endpoint, header},
};

/// How long a request with a body may take, besides what its size needs.
const PUSH_TIMEOUT: Duration = Duration::from_mins(2);

/// The slowest connection on which a push is waited for.
const MIN_BYTES_PER_SECOND: u64 = 20_000;

impl Repository {
    /// Sends a blob, unless the registry has it. `open` opens its content from the start.
    ///
    /// Mirrors are passed over: they only have what the registry has.
    ///
    /// # Errors
    ///
    /// When the registry does not take it.
    pub fn push_blob(
        &self,
        digest: &Digest,
        size_bytes: u64,
        open: &dyn Fn() -> io::Result<std::fs::File>,
    ) -> Result<(), RegistryError> {
        let endpoint = self.own_endpoint()?;
        let http = self.client.http(&endpoint.host);
        let known = self.ask(endpoint, &format!("blobs/{digest}"), &|url| http.head(url));
        match known {
            Ok(_) => return Ok(()),
            Err(RegistryError::NotFound { .. }) => (),
            Err(err) => return Err(err),
        }
        let (url, begun) = self
            .ask(endpoint, "blobs/uploads/", &|url| http.post(url).header("content-length", "0"))?;
        let no_location = || RegistryError::NoLocation { url: url.clone() };
        let base = reqwest::Url::parse(&url).map_err(|_| no_location())?;
        let location = header(&begun, "location");
        let location = Some(location).filter(|location| !location.is_empty());
        let location = location.and_then(|location| base.join(&location).ok());
        let mut location = location.ok_or_else(no_location)?;
        let is_same_host = location.host_str() == base.host_str()
            && location.port_or_known_default() == base.port_or_known_default();
        let authorization = Self::authorization(endpoint).filter(|_| is_same_host);
        location.query_pairs_mut().append_pair("digest", &digest.to_string());
        // Opened once beforehand: an error inside the request would have no name.
        let content = |source| RegistryError::Content { digest: *digest, source };
        open().map_err(content)?;
        let timeout = PUSH_TIMEOUT + Duration::from_secs(size_bytes / MIN_BYTES_PER_SECOND);
        let response = send(location.as_str(), &|| {
            let request = http
                .put(location.clone())
                .timeout(timeout)
                .header("content-type", "application/octet-stream");
            let request = match open() {
                Ok(file) => request.body(Body::sized(file, size_bytes)),
                Err(_) => request,
            };
            match &authorization {
                Some(header) => request.header("authorization", header),
                None => request,
            }
        })?;
        self.checked(url, response).map(drop)
    }

    /// Sends a manifest under a tag; gives its digest.
    ///
    /// # Errors
    ///
    /// When the registry does not take it.
    pub fn push_manifest(
        &self,
        tag: &str,
        media_type: &str,
        bytes: &[u8],
    ) -> Result<Digest, RegistryError> {
        let endpoint = self.own_endpoint()?;
        let http = self.client.http(&endpoint.host);
        let (url, response) = self.ask(endpoint, &format!("manifests/{tag}"), &|url| {
            http.put(url).header("content-type", media_type).body(bytes.to_vec())
        })?;
        let expected = sha256(bytes);
        match Digest::parse(&header(&response, "docker-content-digest")) {
            Ok(actual) if actual != expected => {
                Err(RegistryError::Digest { url, expected, actual })
            }
            Ok(_) | Err(_) if response.status() == StatusCode::CREATED => Ok(expected),
            Ok(_) | Err(_) => {
                let (status, message) = (response.status().as_u16(), String::new());
                Err(RegistryError::Status { url, status, message })
            }
        }
    }

    /// The registry itself, which comes after its mirrors.
    fn own_endpoint(&self) -> Result<&Endpoint, RegistryError> {
        self.endpoints.last().ok_or_else(|| self.not_found())
    }
}

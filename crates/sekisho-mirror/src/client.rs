use std::{
    error::Error,
    io::Read,
    net::IpAddr,
    path::{Path, PathBuf},
    sync::Arc,
    thread::sleep,
    time::Duration,
};

use reqwest::{
    StatusCode, Url,
    blocking::{Client, RequestBuilder, Response},
    redirect::Policy,
};
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};

use crate::{FetchError, SetupError};

/// How long a server may take to accept a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(20);

/// How long a connection may be silent.
const READ_TIMEOUT: Duration = Duration::from_mins(1);

/// How often a request is sent before its failure counts.
const MAX_ATTEMPTS: u32 = 5;

/// Longest wait that a server may ask for.
const MAX_WAIT: Duration = Duration::from_secs(30);

/// Most redirects to follow: publishers send to a store, which may send on once.
const MAX_REDIRECTS: usize = 5;

/// Speaks to the servers of feeds.
#[derive(Debug)]
pub(crate) struct Http {
    proxied: Client,
    /// For hosts on loopback, which no proxy can reach.
    direct: Client,
    /// Before the second attempt; doubled for each further one.
    first_wait: Duration,
}

impl Http {
    /// Reads the authorities and sets up connections. Proxies are those of the environment:
    /// `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`.
    pub(crate) fn new(
        ca: &[PathBuf],
        user_agent: &str,
        first_wait: Duration,
    ) -> Result<Self, SetupError> {
        let tls = tls(ca)?;
        let build = |is_direct: bool| {
            let builder = Client::builder()
                .tls_backend_preconfigured(tls.clone())
                .user_agent(user_agent)
                .connect_timeout(CONNECT_TIMEOUT)
                // Of each read, not of the whole answer.
                .timeout(READ_TIMEOUT)
                .redirect(Policy::custom(|attempt| {
                    let was_https =
                        attempt.previous().last().is_some_and(|url| url.scheme() == "https");
                    if attempt.previous().len() > MAX_REDIRECTS {
                        attempt.error("too many redirects")
                    } else if was_https && attempt.url().scheme() != "https" {
                        attempt.error("a redirect from TLS to plain text")
                    } else {
                        attempt.follow()
                    }
                }));
            let builder = if is_direct { builder.no_proxy() } else { builder };
            builder.build().map_err(|err| SetupError::Tls { what: err.to_string() })
        };
        Ok(Self { proxied: build(false)?, direct: build(true)?, first_wait })
    }

    /// A request that `more` adds to, sent until the answer is not one of a passing trouble.
    pub(crate) fn get(
        &self,
        url: &str,
        more: &dyn Fn(RequestBuilder) -> RequestBuilder,
    ) -> Result<Response, FetchError> {
        let client = if is_loopback(url) { &self.direct } else { &self.proxied };
        let mut attempt = 1;
        loop {
            let result = more(client.get(url)).send();
            let (is_passing, asked) = match &result {
                Ok(response) => (is_passing(response.status()), retry_after(response)),
                // A host that is not there or has the wrong certificate stays so.
                Err(err) => (err.is_timeout() || (err.is_request() && !err.is_connect()), None),
            };
            if !is_passing || attempt == MAX_ATTEMPTS {
                return result.map_err(|source| FetchError::Request {
                    url: url.to_owned(),
                    source: source.without_url(),
                });
            }
            let wait = asked.unwrap_or(self.wait(attempt)).min(MAX_WAIT);
            tracing::info!(%url, attempt, wait_ms = wait.as_millis(), "asking the server again");
            sleep(wait);
            attempt += 1;
        }
    }

    /// How long to wait after an attempt, counted from 1.
    pub(crate) fn wait(&self, attempt: u32) -> Duration {
        self.first_wait * 2_u32.pow(attempt - 1)
    }

    /// The text at `url`, when it has up to `limit` bytes.
    pub(crate) fn text(&self, url: &str, limit: u64) -> Result<Vec<u8>, FetchError> {
        let response = self.get(url, &|request| request)?;
        if !response.status().is_success() {
            return Err(refused(url, response));
        }
        let mut bytes = Vec::new();
        response.take(limit + 1).read_to_end(&mut bytes).map_err(|source| FetchError::Broken {
            url: url.to_owned(),
            n_bytes: 0,
            source,
        })?;
        if bytes.len() as u64 > limit {
            return Err(FetchError::TooLarge { url: url.to_owned(), limit });
        }
        Ok(bytes)
    }
}

/// The system's authorities and those of the settings.
fn tls(ca: &[PathBuf]) -> Result<ClientConfig, SetupError> {
    let mut roots = RootCertStore::empty();
    let native = rustls_native_certs::load_native_certs();
    for err in &native.errors {
        tracing::debug!(error = err as &dyn Error, "a system certificate is unreadable");
    }
    roots.add_parsable_certificates(native.certs);
    for path in ca {
        roots.add_parsable_certificates(certificates(path)?);
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|err| SetupError::Tls { what: err.to_string() })?
        .with_root_certificates(roots)
        .with_no_client_auth())
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, SetupError> {
    let pem = fs_err::read(path)
        .map_err(|source| SetupError::Certificates { path: path.to_owned(), source })?;
    let none = || SetupError::NoCertificate { path: path.to_owned() };
    let certificates: Vec<CertificateDer<'_>> =
        CertificateDer::pem_slice_iter(&pem).collect::<Result<_, _>>().map_err(|_| none())?;
    if certificates.is_empty() { Err(none()) } else { Ok(certificates) }
}

fn is_loopback(url: &str) -> bool {
    let Ok(url) = Url::parse(url) else { return false };
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn is_passing(status: StatusCode) -> bool {
    status == StatusCode::TOO_MANY_REQUESTS
        || status == StatusCode::REQUEST_TIMEOUT
        || (status.is_server_error() && status != StatusCode::NOT_IMPLEMENTED)
}

fn retry_after(response: &Response) -> Option<Duration> {
    let value = response.headers().get("retry-after")?.to_str().ok()?;
    value.trim().parse().ok().map(Duration::from_secs)
}

/// What an answer that is no success is.
pub(crate) fn refused(url: &str, response: Response) -> FetchError {
    let (url, status) = (url.to_owned(), response.status());
    if matches!(status, StatusCode::NOT_FOUND | StatusCode::GONE) {
        return FetchError::NotFound { url };
    }
    let mut body = Vec::new();
    // An error without a readable body is still an error.
    drop(response.take(1000).read_to_end(&mut body));
    let text = String::from_utf8_lossy(&body);
    let text: Vec<&str> = text.split_whitespace().collect();
    let message = if text.is_empty() { String::new() } else { format!(": {:?}", text.join(" ")) };
    FetchError::Status { url, status: status.as_u16(), message }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_is_passed_by_for_loopback_only() {
        assert!(is_loopback("http://127.0.0.1:80/x"));
        assert!(is_loopback("http://[::1]/"));
        assert!(is_loopback("https://localhost/"));
        assert!(!is_loopback("https://localhost.example/"));
        assert!(!is_loopback("https://mirror.example/127.0.0.1"));
    }

    #[test]
    fn a_file_without_certificates_is_named() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("ca.pem");
        fs_err::write(&path, "no certificate\n").unwrap();
        let err = tls(&[path]).unwrap_err();
        assert!(err.to_string().ends_with("ca.pem\" holds no PEM certificate"), "{err}");
    }
}

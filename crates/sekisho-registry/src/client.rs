use std::{
    collections::BTreeMap,
    error::Error,
    io::{self, Read},
    net::IpAddr,
    path::PathBuf,
    sync::Arc,
    thread::sleep,
    time::Duration,
};

use reqwest::{
    StatusCode,
    blocking::{RequestBuilder, Response},
    redirect::Policy,
};
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};

use crate::{BlobCache, DockerConfig, RegistryError, Repository};

/// How long a registry may take to accept a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(20);

/// How long a connection may be silent.
const READ_TIMEOUT: Duration = Duration::from_mins(1);

/// How often a request is sent before its failure counts.
const MAX_ATTEMPTS: u32 = 5;

/// Wait before the second attempt; doubled for each further one.
const FIRST_WAIT: Duration = Duration::from_millis(500);

/// Longest wait that a registry may ask for.
const MAX_WAIT: Duration = Duration::from_secs(30);

/// Most redirects to follow: registries send to a store, which may send on once.
const MAX_REDIRECTS: usize = 5;

/// How registries are reached.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// Logins.
    pub docker: DockerConfig,
    /// Hosts asked before another, in order, by that other.
    pub mirrors: BTreeMap<String, Vec<String>>,
    /// PEM files of authorities trusted besides the system's.
    pub ca: Vec<PathBuf>,
    /// Hosts that may be spoken to without TLS. Loopback always may.
    pub insecure: Vec<String>,
    /// Where blobs are kept; none to keep none.
    pub blobs: Option<BlobCache>,
    /// Sent as `User-Agent`.
    pub user_agent: String,
}

/// Speaks to registries.
#[derive(Debug, Clone)]
pub struct Client {
    pub(crate) config: Arc<Config>,
    http: reqwest::blocking::Client,
    /// For hosts on loopback, which no proxy can reach.
    direct: reqwest::blocking::Client,
}

impl Client {
    /// Reads the authorities and sets up connections. Proxies are those of the environment:
    /// `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`.
    pub fn new(config: Config) -> Result<Self, RegistryError> {
        let tls = tls(&config.ca)?;
        let build = |is_direct: bool| {
            let builder = reqwest::blocking::Client::builder()
                .tls_backend_preconfigured(tls.clone())
                .user_agent(&config.user_agent)
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
            builder.build().map_err(|err| RegistryError::Tls { what: err.to_string() })
        };
        Ok(Self { http: build(false)?, direct: build(true)?, config: Arc::new(config) })
    }

    /// A repository of a registry: `docker.io` and `library/alpine`.
    pub fn repository(&self, host: &str, name: &str) -> Repository {
        Repository::new(self.clone(), host, name)
    }

    /// The connections on which a host is reached.
    pub(crate) fn http(&self, host: &str) -> &reqwest::blocking::Client {
        if is_loopback(host) { &self.direct } else { &self.http }
    }

    pub(crate) fn get(&self, url: &str, host: &str) -> RequestBuilder {
        self.http(host).get(url)
    }

    pub(crate) fn post(&self, url: &str, host: &str) -> RequestBuilder {
        self.http(host).post(url)
    }

    /// The schemes to try with a host, in order.
    pub(crate) fn schemes(&self, host: &str) -> &'static [&'static str] {
        if is_loopback(host) || self.config.insecure.iter().any(|insecure| insecure == host) {
            &["https", "http"]
        } else {
            &["https"]
        }
    }
}

/// The system's authorities and those of the settings.
fn tls(ca: &[PathBuf]) -> Result<ClientConfig, RegistryError> {
    let mut roots = RootCertStore::empty();
    let native = rustls_native_certs::load_native_certs();
    for err in &native.errors {
        tracing::debug!(error = err as &dyn Error, "a system certificate is unreadable");
    }
    roots.add_parsable_certificates(native.certs);
    for path in ca {
        let pem = fs_err::read(path)
            .map_err(|source| RegistryError::Certificates { path: path.clone(), source })?;
        let none = || RegistryError::NoCertificate { path: path.clone() };
        let certificates: Vec<CertificateDer<'_>> =
            CertificateDer::pem_slice_iter(&pem).collect::<Result<_, _>>().map_err(|_| none())?;
        let (n_added, _) = roots.add_parsable_certificates(certificates);
        if n_added == 0 {
            return Err(none());
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|err| RegistryError::Tls { what: err.to_string() })?
        .with_root_certificates(roots)
        .with_no_client_auth())
}

pub(crate) fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or(v6),
        None => host.split(':').next().unwrap_or(host),
    };
    name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Sends what `request` builds until the answer is not one of a passing trouble.
pub(crate) fn send(
    url: &str,
    request: &dyn Fn() -> RequestBuilder,
) -> Result<Response, RegistryError> {
    let mut attempt = 1;
    loop {
        let result = request().send();
        let asked_wait = match &result {
            Ok(response) if is_passing(response.status()) => retry_after(response),
            Ok(_) => None,
            Err(_) => None,
        };
        let is_passing_trouble = match &result {
            Ok(response) => is_passing(response.status()),
            // A host that is not there or has the wrong certificate stays so.
            Err(err) => err.is_timeout() || (err.is_request() && !err.is_connect()),
        };
        if !is_passing_trouble || attempt == MAX_ATTEMPTS {
            return result.map_err(|source| RegistryError::Request {
                url: url.to_owned(),
                source: source.without_url(),
            });
        }
        let wait = asked_wait.unwrap_or(FIRST_WAIT * 2_u32.pow(attempt - 1)).min(MAX_WAIT);
        tracing::info!(%url, attempt, wait_ms = wait.as_millis(), "asking the registry again");
        sleep(wait);
        attempt += 1;
    }
}

/// Whether a certificate was refused.
pub(crate) fn is_untrusted(err: &reqwest::Error) -> bool {
    let mut cause: Option<&(dyn Error + 'static)> = Some(err);
    while let Some(error) = cause {
        let tls = error.downcast_ref::<rustls::Error>();
        if matches!(tls, Some(rustls::Error::InvalidCertificate(_))) {
            return true;
        }
        // An I/O error passes over what it holds when it is asked for its source.
        let held = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        cause = match held {
            Some(held) => Some(held),
            None => error.source(),
        };
    }
    false
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

/// The start of an error's body, as one line.
pub(crate) fn said(response: Response) -> String {
    let mut body = Vec::new();
    // An error without a readable body is still an error.
    drop(response.take(1000).read_to_end(&mut body));
    let text = String::from_utf8_lossy(&body);
    let text: Vec<&str> = text.split_whitespace().collect();
    if text.is_empty() { String::new() } else { format!(": {:?}", text.join(" ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_needs_no_tls() {
        for (host, want) in [
            ("localhost:5000", true),
            ("127.0.0.9", true),
            ("[::1]:5000", true),
            ("registry.example", false),
            ("localhost.example", false),
            ("10.0.0.1:5000", false),
        ] {
            assert_eq!(is_loopback(host), want, "{host}");
        }
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

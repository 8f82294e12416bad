//! TLS with a daemon that listens on the network.

use std::{path::Path, sync::Arc};

use rustls::{
    ClientConfig, ConfigBuilder, RootCertStore, WantsVerifier,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};

use crate::EngineError;

/// Trusts the daemon's own authority alone, and shows it who we are.
pub(crate) fn tls(directory: &Path) -> Result<ClientConfig, EngineError> {
    let wrong = |what: String| EngineError::Certificates { path: directory.to_owned(), what };
    let read =
        |name: &str| fs_err::read(directory.join(name)).map_err(|err| wrong(err.to_string()));
    let certificates = |name: &str| -> Result<Vec<CertificateDer<'static>>, EngineError> {
        CertificateDer::pem_slice_iter(&read(name)?)
            .collect::<Result<_, _>>()
            .map_err(|_| wrong(format!("{name} holds no PEM certificate")))
    };
    let mut roots = RootCertStore::empty();
    let (n_added, _) = roots.add_parsable_certificates(certificates("ca.pem")?);
    if n_added == 0 {
        return Err(wrong("ca.pem holds no PEM certificate".to_owned()));
    }
    let key = PrivateKeyDer::from_pem_slice(&read("key.pem")?)
        .map_err(|_| wrong("key.pem holds no PEM private key".to_owned()))?;
    builder()
        .map_err(|err| wrong(err.to_string()))?
        .with_root_certificates(roots)
        .with_client_auth_cert(certificates("cert.pem")?, key)
        .map_err(|err| wrong(err.to_string()))
}

/// Trusts nobody: for connections that have no TLS, where a client needs it to be set up.
pub(crate) fn no_tls() -> Result<ClientConfig, EngineError> {
    let builder = builder().map_err(|source| EngineError::Tls { source })?;
    Ok(builder.with_root_certificates(RootCertStore::empty()).with_no_client_auth())
}

fn builder() -> Result<ConfigBuilder<ClientConfig, WantsVerifier>, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()
}

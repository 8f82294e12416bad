//! Certificates for servers on loopback.

use std::path::Path;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};

/// Writes `ca.pem`, the certificate of a new authority, and `cert.pem` and `key.pem`, a pair that
/// it signed: for a server on 127.0.0.1, or for whoever calls on one.
pub fn write_tls_pair(directory: &Path) {
    const MADE: &str = "sound parameters";
    let write = |name: &str, text: String| {
        fs_err::write(directory.join(name), text).expect("a directory to write to");
    };
    let authority_key = KeyPair::generate().expect(MADE);
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let certificate = authority.self_signed(&authority_key).expect(MADE);
    write("ca.pem", certificate.pem());
    let issuer = Issuer::new(authority, authority_key);
    let key = KeyPair::generate().expect(MADE);
    let names = vec!["127.0.0.1".to_owned(), "localhost".to_owned()];
    let server = CertificateParams::new(names).expect(MADE);
    let certificate = server.signed_by(&key, &issuer).expect(MADE);
    write("cert.pem", certificate.pem());
    write("key.pem", key.serialize_pem());
}

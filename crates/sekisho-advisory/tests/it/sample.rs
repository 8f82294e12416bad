//! A small database with a little of everything.

use sekisho_advisory::{
    Advisory, AdvisoryKind, Affected, DatabaseBuilder, Ecosystem, End, Epss, KnownExploited, Range,
    Rating, SigningKey, State, TrustedKeys,
};

pub(crate) fn key() -> SigningKey {
    SigningKey::from_seed(&[7; 32])
}

pub(crate) fn trust() -> TrustedKeys {
    TrustedKeys::new([key().public()])
}

pub(crate) fn ecosystem(text: &str) -> Ecosystem {
    Ecosystem::parse(text).unwrap()
}

/// An advisory on one package, fixed in a version.
pub(crate) fn advisory(id: &str, of: &str, package: &str, fixed: &str) -> Advisory {
    Advisory {
        id: id.to_owned(),
        aliases: vec!["CVE-2024-1234".to_owned()],
        upstream: Vec::new(),
        kind: AdvisoryKind::Vulnerability,
        ratings: vec![Rating {
            scheme: "CVSS_V3".to_owned(),
            value: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H".to_owned(),
        }],
        summary: format!("{package} is broken"),
        references: vec!["https://example.org/broken".to_owned()],
        published: "2024-01-02T03:04:05Z".to_owned(),
        modified: "2024-01-03T00:00:00.25Z".to_owned(),
        withdrawn: None,
        affected: vec![Affected {
            ecosystem: ecosystem(of),
            package: package.to_owned(),
            ranges: vec![Range { introduced: None, end: End::Fixed(fixed.to_owned()) }],
            versions: Vec::new(),
            state: State::Affected,
            urgency: None,
            module: None,
            fixed_on: None,
        }],
    }
}

pub(crate) fn builder() -> DatabaseBuilder {
    let known = KnownExploited {
        cve: "CVE-2024-1234".to_owned(),
        date_added: "2024-02-01".to_owned(),
        due_date: "2024-02-15".to_owned(),
        known_ransomware_campaign_use: "Known".to_owned(),
    };
    let epss = Epss { cve: "CVE-2024-1234".to_owned(), score: 0.5, percentile: 0.75 };
    let rating = Rating { scheme: "CVSS_V2".to_owned(), value: "AV:N/AC:L/Au:N/C:P".to_owned() };
    DatabaseBuilder::new()
        .built("2026-01-02T03:04:05Z".parse().unwrap())
        .add("osv/Debian", advisory("DSA-1-1", "Debian:12", "openssl", "3.0.1-1"))
        .add("osv/Debian", advisory("DSA-1-1", "Debian:11", "openssl", "1.1.1-1"))
        .add("osv/Debian", advisory("DSA-2-1", "Debian:12", "curl", "7.88.1-10"))
        .add("osv/npm", advisory("GHSA-aaaa", "npm", "left-pad", "1.3.1"))
        .known_exploited("kev", known)
        .epss("epss", epss)
        .severity("nvd", "CVE-2024-1234", vec![rating])
}

use std::fmt::Write as _;

use sekisho_advisory::{
    Advisory, AdvisoryKind, Affected, Database, DatabaseBuilder, Ecosystem, End, Range, Rating,
    SigningKey, State, TrustedKeys,
};
use sekisho_match::{Matched, Options, judge};
use sekisho_types::{InstalledPackage, OsRelease, Package, PackageKind};

pub(crate) fn advisory(id: &str, of: &str, package: &str, fixed: &str) -> Advisory {
    let end = if fixed.is_empty() { End::Open } else { End::Fixed(fixed.to_owned()) };
    Advisory {
        id: id.to_owned(),
        aliases: Vec::new(),
        upstream: Vec::new(),
        kind: if id.starts_with("MAL-") {
            AdvisoryKind::Malware
        } else {
            AdvisoryKind::Vulnerability
        },
        ratings: Vec::new(),
        summary: format!("{package} is weak"),
        references: vec![format!("https://feed.example/{id}")],
        published: "2024-05-01T00:00:00Z".to_owned(),
        modified: String::new(),
        withdrawn: None,
        affected: vec![Affected {
            ecosystem: Ecosystem::parse(of).unwrap(),
            package: package.to_owned(),
            ranges: vec![Range { introduced: None, end }],
            versions: Vec::new(),
            state: State::Affected,
            urgency: None,
            module: None,
            fixed_on: None,
        }],
    }
}

pub(crate) fn about(mut advisory: Advisory, upstream: &[&str]) -> Advisory {
    advisory.upstream = upstream.iter().map(|&id| id.to_owned()).collect();
    advisory
}

pub(crate) fn also(mut advisory: Advisory, aliases: &[&str]) -> Advisory {
    advisory.aliases = aliases.iter().map(|&id| id.to_owned()).collect();
    advisory
}

pub(crate) fn in_state(mut advisory: Advisory, state: State, urgency: &str) -> Advisory {
    for affected in &mut advisory.affected {
        affected.state = state;
        affected.urgency = Some(urgency.to_owned()).filter(|urgency| !urgency.is_empty());
        if state == State::NotAffected {
            affected.ranges.clear();
        }
    }
    advisory
}

pub(crate) fn rated(mut advisory: Advisory, scheme: &str, value: &str) -> Advisory {
    advisory.ratings.push(Rating { scheme: scheme.to_owned(), value: value.to_owned() });
    advisory
}

pub(crate) fn os(id: &str, version: &str) -> OsRelease {
    OsRelease { id: id.to_owned(), version: version.to_owned(), ..OsRelease::default() }
}

pub(crate) fn installed(kind: PackageKind, name: &str, version: &str) -> InstalledPackage {
    let path = match kind {
        PackageKind::Deb => "var/lib/dpkg/status".to_owned(),
        PackageKind::Apk => "lib/apk/db/installed".to_owned(),
        _ => format!("app/{name}"),
    };
    InstalledPackage::new(Package::new(kind, name, version), None, None, path)
}

pub(crate) fn of_source(name: &str, version: &str, source: (&str, &str)) -> InstalledPackage {
    let mut package = installed(PackageKind::Deb, name, version);
    package.source_name = Some(source.0.to_owned());
    package.source_version = Some(source.1.to_owned());
    package
}

/// Writes the database, opens it, and looks the packages up.
pub(crate) fn matched(
    builder: DatabaseBuilder,
    os: Option<&OsRelease>,
    packages: &[InstalledPackage],
) -> Matched {
    let directory = tempfile::tempdir().unwrap();
    let key = SigningKey::from_seed(&[7; 32]);
    builder.write(directory.path(), &key).unwrap();
    let trust = TrustedKeys::new([key.public()]);
    let database = Database::open(directory.path(), &trust).unwrap();
    judge(packages, os, &database, &Options::default()).unwrap()
}

/// The findings, a line each, then what nobody can tell, and what was not asked.
pub(crate) fn shown(matched: &Matched) -> String {
    let mut shown = String::new();
    for finding in &matched.findings {
        let package = finding.package.as_ref().unwrap();
        let facts = finding.vulnerability.as_ref().unwrap();
        let fixed = package.fixed_version.as_deref().unwrap_or("no fix");
        let aliases = finding.aliases.join(" ");
        let (severity, status) = (finding.severity.as_str(), facts.status.as_str());
        writeln!(
            shown,
            "{} [{aliases}] {} {}: {severity}, {status}, {fixed}",
            finding.check, package.name, package.version
        )
        .unwrap();
    }
    for unknown in &matched.unknowns {
        writeln!(shown, "{}: {}", unknown.path.to_str_lossy(), unknown.reason).unwrap();
    }
    for omitted in &matched.coverage.omitted {
        let by = omitted.supplier.as_deref().unwrap_or_default();
        writeln!(shown, "{:?} {by}: {}", omitted.because, omitted.packages.join(" ")).unwrap();
    }
    shown
}

//! Packages that come from somebody else than the distribution they are installed on.
//!
//! Their versions are numbered by their makers, so a distribution's advisories about packages of
//! the same name say nothing of them.
//!
//! # Source
//!
//! The `Maintainer` of the packages in the public apt repositories of each maker.

use sekisho_types::{InstalledPackage, PackageKind};

use crate::distribution::Distribution;

/// Parts of the `Maintainer` of deb packages, in lower case, and who that is.
const MAINTAINERS: &[(&str, &str)] = &[
    ("@docker.com", "Docker"),
    ("@nodesource.com", "NodeSource"),
    ("nodesource", "NodeSource"),
    ("@hashicorp.com", "HashiCorp"),
    ("hashicorp", "HashiCorp"),
    ("@microsoft.com", "Microsoft"),
    ("dotnetfoundation.org", "Microsoft"),
    ("google cloud cli", "Google"),
    ("cloud-sdk", "Google"),
    ("chrome linux team", "Google"),
    ("kubernetes authors", "Kubernetes"),
    ("nginx-packaging@", "NGINX"),
    ("mysql-build@", "Oracle"),
    ("@gitlab.com", "GitLab"),
    ("@grafana.com", "Grafana Labs"),
    ("@elastic.co", "Elastic"),
    ("@datadoghq.com", "Datadog"),
    ("@influxdata.com", "InfluxData"),
    ("@mongodb.com", "MongoDB"),
    ("redis@redis.io", "Redis"),
    ("yarn@dan.cx", "Yarn"),
    ("@github.com", "GitHub"),
    ("temurin-dev@eclipse.org", "Eclipse Adoptium"),
    ("@azul.com", "Azul"),
    ("corretto-team@amazon.com", "Amazon Corretto"),
    ("@nvidia.com", "NVIDIA"),
    ("@tailscale.com", "Tailscale"),
    ("@slack-corp.com", "Slack"),
    ("@percona.com", "Percona"),
    ("@rabbitmq.com", "RabbitMQ"),
    ("@confluent.io", "Confluent"),
    ("@sysdig.com", "Sysdig"),
    ("@phusion.nl", "Phusion"),
    ("openresty.org", "OpenResty"),
    ("@cloudflare.com", "Cloudflare"),
    ("@timescale.com", "Timescale"),
    ("@newrelic.com", "New Relic"),
    ("@pulumi.com", "Pulumi"),
    ("@clickhouse.com", "ClickHouse"),
    ("opensource@jfrog.com", "JFrog"),
];

/// Parts of versions that tell the repository a deb package was built for, where its maintainer
/// is the same as in the distribution.
const VERSIONS: &[(&str, &str)] = &[
    (".pgdg", "PostgreSQL"),
    ("+maria~", "MariaDB"),
    ("deb.sury.org", "deb.sury.org"),
    (".neodebian", "NeuroDebian"),
];

/// Ends of versions that were built anew by somebody who mends old releases. What their advisories
/// say is in feeds of their own; those of the ecosystem do not know these versions.
const REBUILDERS: &[(&str, &str)] = &[
    ("+sp", "Seal Security"),
    ("-sp", "Seal Security"),
    (".root.io.", "Root"),
    ("+root.io.", "Root"),
    ("-root.io.", "Root"),
    ("+echo.", "Echo"),
    ("-rapidfort", "RapidFort"),
    ("+rapidfort", "RapidFort"),
];

/// Who made the packages of this supplier, where that is not the distribution.
pub(crate) fn of_supplier<'a>(
    kind: PackageKind,
    supplier: &'a str,
    distribution: Option<&Distribution>,
) -> Option<&'a str> {
    let lower = supplier.to_lowercase();
    match kind {
        PackageKind::Deb => {
            let known = MAINTAINERS.iter().find(|(part, _)| lower.contains(part));
            known.map(|(_, maker)| *maker)
        }
        PackageKind::Rpm => {
            let own = distribution?.suppliers;
            // A package without a vendor was built by nobody in particular; it is asked about.
            let is_own = lower.is_empty() || own.iter().any(|name| lower.contains(name));
            (!is_own && !own.is_empty()).then_some(supplier)
        }
        PackageKind::Alpm
        | PackageKind::Apk
        | PackageKind::Cargo
        | PackageKind::Composer
        | PackageKind::Gem
        | PackageKind::Golang
        | PackageKind::Maven
        | PackageKind::Npm
        | PackageKind::Nuget
        | PackageKind::Pypi => None,
    }
}

/// Who made a deb package, where its version says that.
pub(crate) fn of_version(package: &InstalledPackage) -> Option<&'static str> {
    let is_deb = package.kind == PackageKind::Deb;
    let known = VERSIONS.iter().find(|(part, _)| is_deb && package.version.contains(part));
    known.map(|(_, maker)| *maker)
}

/// Who built this version anew: a mark, and a number behind it.
pub(crate) fn rebuilder(version: &str) -> Option<&'static str> {
    REBUILDERS
        .iter()
        .find(|(mark, _)| {
            version.rsplit_once(mark).is_some_and(|(before, number)| {
                !before.is_empty()
                    && (mark.contains("rapidfort")
                        || number.starts_with(|char: char| char.is_ascii_digit()))
            })
        })
        .map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use sekisho_types::{OsRelease, Package};

    use super::*;

    fn maker(kind: PackageKind, os: &str, supplier: &str, version: &str) -> String {
        let mut package = Package::new(kind, "p", version);
        package.supplier = Some(supplier.to_owned());
        let os = OsRelease { id: os.to_owned(), ..OsRelease::default() };
        let package = InstalledPackage::new(package, None, None, String::new());
        of_supplier(kind, supplier, Distribution::of(&os))
            .or_else(|| of_version(&package))
            .unwrap_or("the distribution")
            .to_owned()
    }

    #[test]
    fn packages_of_others_are_told_by_who_made_them() {
        let deb = |supplier, version| maker(PackageKind::Deb, "debian", supplier, version);
        assert_eq!(deb("Docker <support@docker.com>", "5:24.0.7-1~debian.12~bookworm"), "Docker");
        assert_eq!(
            deb("Debian PostgreSQL Maintainers <pkg@lists.debian.org>", "15.5-1.pgdg120+1"),
            "PostgreSQL"
        );
        assert_eq!(deb("Ubuntu Developers <u@lists.ubuntu.com>", "1.1.1f-1"), "the distribution");
        let rpm = |os, supplier| maker(PackageKind::Rpm, os, supplier, "1-1");
        assert_eq!(rpm("rhel", "Red Hat, Inc."), "the distribution");
        assert_eq!(rpm("rhel", "Fedora Project"), "Fedora Project");
        assert_eq!(rpm("rocky", ""), "the distribution");
        assert_eq!(rpm("amzn", "Amazon Linux"), "the distribution");
    }

    #[test]
    fn a_mark_and_a_number_tell_who_built_a_version_anew() {
        for (version, who) in [
            ("1.2.3-sp1", Some("Seal Security")),
            ("2.0.0+sp2", Some("Seal Security")),
            ("1.0-spam", None),
            ("4.2.1+root.io.3", Some("Root")),
            ("2.36-9.root.io.1", Some("Root")),
            ("3.1.0+echo.1", Some("Echo")),
            ("1.0", None),
        ] {
            assert_eq!(rebuilder(version), who, "{version}");
        }
    }
}

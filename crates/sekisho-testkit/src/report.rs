//! Reports as a scan would make them, to show each format what it has to write.

use sekisho_types::{
    AskedEcosystem, Confidence, Coverage, CvssScore, Digest, EpssScore, Executable,
    ExecutableFormat, FileCapabilities, FixAdvice, FixCommand, FixDate, FixStatus, ImagePath,
    InstalledPackage, Linkage, Omitted, OmittedBecause, OsRelease, Package, PackageFix,
    PackageKind, Relro, Severity, SeverityRating, Share, Unknown, VulnerabilityFacts,
    report::{
        BaseImage, CheckOutcome, CheckResult, Database, DatabaseSource, Finding, FindingKind,
        FindingPackage, Layer, LineageEvidence, Location, Note, Report, RunConfig, SCHEMA_VERSION,
        Source, Subject, SubjectKind, Suppression, Tool, Translation, Verdict, VerdictResult,
    },
};

/// What ends a command, a cell, a tag and a line, in one name: escape codes, bidirectional
/// controls, markup of HTML and Markdown, quotes and line ends.
pub const HOSTILE: &str = "\u{1b}[31mred\u{1b}]0;title\u{7}\u{202e}gpj\u{2066}.exe\r\n\
                           </td><script>alert('1')</script>|`*_[a](javascript:x)\"&<!--\u{9b}2J]]>";

/// A digest whose bytes are all `byte`.
pub fn digest(byte: u8) -> Digest {
    Digest::Sha256([byte; 32])
}

/// An image with a system, an application and one finding of most kinds.
pub fn image() -> Report {
    Report {
        schema_version: SCHEMA_VERSION,
        tool: Tool { name: "sekisho".to_owned(), version: "0.1.0".to_owned() },
        subject: subject(),
        packages: packages(),
        executables: executables(),
        findings: findings(),
        checks: vec![
            check("SEK-IMAGE-0002", CheckOutcome::Pass, ""),
            check("SEK-IMAGE-0003", CheckOutcome::NotApplicable, "the image has no health check"),
            check("SEK-IMAGE-0004", CheckOutcome::Unknown, "etc/passwd cannot be read"),
        ],
        unknowns: vec![Unknown {
            path: ImagePath::parse(b"var/lib/dpkg/status.d/odd").expect("a good path"),
            layer: Some(digest(1)),
            reason: "line 3: a package without a version".to_owned(),
        }],
        notes: vec![Note {
            message: "the rule jwt of the settings takes the place of a built-in one".to_owned(),
            japanese: Some("設定にあるルール jwt が組み込みのルールに代わる".to_owned()),
        }],
        verdict: Verdict {
            result: VerdictResult::Fail,
            policy: "default".to_owned(),
            reasons: vec!["2 findings are high or worse".to_owned()],
            japanese: vec!["深刻度「高」以上が 2 件".to_owned()],
        },
        database: Some(Database {
            revision: "2026-10-31".to_owned(),
            updated: "2026-10-31T06:00:00Z".to_owned(),
            sources: vec![DatabaseSource {
                name: "debian".to_owned(),
                updated: "2026-10-31T05:00:00Z".to_owned(),
                advisories: 41_234,
            }],
        }),
        coverage: Some(Coverage {
            asked: vec![AskedEcosystem {
                ecosystem: "Debian 12".to_owned(),
                n_packages: 2,
                fixed_only: false,
            }],
            omitted: vec![Omitted {
                because: OmittedBecause::ThirdParty,
                supplier: Some("Docker".to_owned()),
                n_packages: 1,
                packages: vec!["docker-ce-cli".to_owned()],
            }],
            withdrawn: Vec::new(),
        }),
        fixes: Some(FixAdvice {
            commands: vec![FixCommand {
                command: "apt-get update && apt-get install --only-upgrade -y libssl3".to_owned(),
                clears: 1,
                severity: Severity::Critical,
            }],
            packages: vec![PackageFix {
                name: "libssl3".to_owned(),
                kind: PackageKind::Deb,
                version: "3.0.11-1~deb12u2".to_owned(),
                fixed_version: "3.0.13-1~deb12u1".to_owned(),
                clears: 1,
                remains: 0,
                severity: Severity::Critical,
            }],
        }),
        lineage: None,
    }
}

/// A root file system of which nothing is known.
pub fn empty_directory() -> Report {
    Report {
        subject: Subject::of_files(SubjectKind::Directory, Source::Dir, "rootfs"),
        packages: Vec::new(),
        executables: Vec::new(),
        findings: Vec::new(),
        checks: Vec::new(),
        unknowns: Vec::new(),
        notes: Vec::new(),
        verdict: Verdict {
            result: VerdictResult::Pass,
            policy: "default".to_owned(),
            reasons: Vec::new(),
            japanese: Vec::new(),
        },
        database: None,
        coverage: None,
        fixes: None,
        lineage: None,
        ..image()
    }
}

/// [`image`] with [`HOSTILE`] in every text that an image or a feed decides.
pub fn hostile_image() -> Report {
    let mut report = image();
    let text = || HOSTILE.to_owned();
    let subject = &mut report.subject;
    subject.name = text();
    subject.created = Some(text());
    subject.platform = Some(text());
    subject.os = Some(OsRelease {
        id: text(),
        version: text(),
        codename: Some(text()),
        id_like: vec![text()],
        pretty_name: Some(text()),
    });
    if let Some(base) = &mut subject.base {
        base.name = Some(text());
    }
    for layer in &mut subject.layers {
        layer.created_by = text();
    }
    for package in &mut report.packages {
        package.name = text();
        package.version = text();
        package.arch = Some(text());
        package.source_name = Some(text());
        package.licenses = vec![text()];
        package.supplier = Some(text());
        package.paths = vec![text()];
    }
    for executable in &mut report.executables {
        executable.path = text();
        executable.interpreter = Some(text());
        executable.missing = vec![text()];
    }
    for finding in &mut report.findings {
        finding.check = text();
        finding.title = text();
        finding.message = text();
        finding.remediation = text();
        finding.references = vec![text(), "javascript:alert(1)".to_owned()];
        if let Some(package) = &mut finding.package {
            package.name = text();
            package.version = text();
            package.fixed_version = Some(text());
        }
        if let Some(facts) = &mut finding.vulnerability {
            facts.known_exploited = Some(text());
            facts.source = text();
            facts.range = text();
            facts.published = Some(text());
            facts.severity_reason = text();
            for rating in &mut facts.ratings {
                rating.source = text();
                rating.scheme = text();
                rating.value = text();
            }
        }
        if let Some(location) = &mut finding.location {
            location.path = text();
        }
        if let Some(suppressed) = &mut finding.suppressed {
            suppressed.reason = text();
            suppressed.by = text();
        }
        if let Some(japanese) = &mut finding.japanese {
            japanese.title = text();
            japanese.message = text();
            japanese.remediation = text();
        }
    }
    for unknown in &mut report.unknowns {
        unknown.path =
            ImagePath::parse(b"odd\x1b[2J\xff\n<b>name").expect("a path may hold any byte");
        unknown.reason = text();
    }
    if let Some(coverage) = &mut report.coverage {
        for omitted in &mut coverage.omitted {
            omitted.supplier = Some(text());
            omitted.packages = vec![text()];
        }
    }
    if let Some(fixes) = &mut report.fixes {
        for command in &mut fixes.commands {
            command.command = text();
        }
        for fix in &mut fixes.packages {
            fix.name = text();
            fix.version = text();
            fix.fixed_version = text();
        }
    }
    report.verdict.policy = text();
    report.verdict.reasons = vec![text()];
    report.verdict.japanese = vec![text()];
    report.notes = vec![Note { message: text(), japanese: Some(text()) }];
    report
}

fn check(check: &str, outcome: CheckOutcome, message: &str) -> CheckResult {
    CheckResult { check: check.to_owned(), outcome, message: message.to_owned(), japanese: None }
}

fn os() -> OsRelease {
    OsRelease {
        id: "debian".to_owned(),
        version: "12".to_owned(),
        codename: Some("bookworm".to_owned()),
        id_like: Vec::new(),
        pretty_name: Some("Debian GNU/Linux 12 (bookworm)".to_owned()),
    }
}

fn subject() -> Subject {
    let layer = |byte, created_by: &str, size_bytes, n_files| Layer {
        diff_id: digest(byte),
        created_by: created_by.to_owned(),
        size_bytes,
        n_files,
    };
    Subject {
        kind: SubjectKind::Image,
        name: "registry.example/team/shop:1.4".to_owned(),
        digest: Some(digest(0xab)),
        source: Source::Registry,
        os: Some(os()),
        created: Some("2024-05-01T12:30:15.123456789Z".to_owned()),
        platform: Some("linux/amd64".to_owned()),
        config: Some(RunConfig {
            user: String::new(),
            entrypoint: vec!["/usr/local/bin/shop".to_owned()],
            ..RunConfig::default()
        }),
        layers: vec![
            layer(1, "/bin/sh -c #(nop) ADD file:9cb0 in / ", 77_819_392, 6_842),
            layer(2, "RUN apt-get install -y openssl curl", 12_400_640, 310),
            layer(3, "COPY app /app", 35_651_584, 1_204),
        ],
        base: Some(BaseImage {
            name: Some("debian:bookworm-slim".to_owned()),
            digest: None,
            n_layers: Some(1),
            created: Some("2024-04-23T22:10:00Z".to_owned()),
            evidence: LineageEvidence::Label,
            confidence: Confidence::High,
        }),
        document: None,
    }
}

fn packages() -> Vec<InstalledPackage> {
    let installed = |package: Package, layer, path: &str| {
        InstalledPackage::new(package, Some(&os()), Some(digest(layer)), path.to_owned())
    };
    let status = "var/lib/dpkg/status";
    let mut bash = Package::new(PackageKind::Deb, "bash", "5.2.15-2+b7");
    bash.arch = Some("amd64".to_owned());
    bash.supplier = Some("Matthias Klose <doko@debian.org>".to_owned());
    bash.licenses = vec!["GPL-3.0-or-later".to_owned(), "custom, see copyright".to_owned()];
    bash.source_version = Some("5.2.15-2".to_owned());
    let mut ssl = Package::new(PackageKind::Deb, "libssl3", "3.0.11-1~deb12u2");
    ssl.arch = Some("amd64".to_owned());
    ssl.source_name = Some("openssl".to_owned());
    ssl.licenses = vec!["Apache-2.0".to_owned()];
    let mut express = Package::new(PackageKind::Npm, "express", "4.17.1");
    express.licenses = vec!["MIT OR Apache-2.0".to_owned()];
    let qs = Package::new(PackageKind::Npm, "qs", "6.7.0");
    let net = Package::new(PackageKind::Golang, "golang.org/x/net", "v0.7.0");
    let mut debconf = Package::new(PackageKind::Pypi, "debconf", "1.5.82");
    debconf.confidence = Confidence::Medium;
    let mut packages = vec![
        installed(bash, 1, status),
        installed(ssl, 2, status),
        installed(net, 3, "usr/local/bin/shop"),
        installed(express, 3, "app/node_modules/express/package.json"),
        installed(qs.clone(), 3, "app/node_modules/qs/package.json"),
        installed(qs, 3, "app/node_modules/express/node_modules/qs/package.json"),
    ];
    let mut owned = installed(debconf, 1, "usr/lib/python3/dist-packages/debconf.egg-info");
    owned.owned_by = packages.first().map(|bash| bash.purl.clone());
    packages.push(owned);
    packages
}

fn executables() -> Vec<Executable> {
    let elf = |path: &str, layer| Executable {
        path: path.to_owned(),
        format: ExecutableFormat::Elf,
        size_bytes: 1_048_576,
        sha256: digest(0x5e).to_hex(),
        mode: "0755".to_owned(),
        uid: 0,
        gid: 0,
        setuid: false,
        setgid: false,
        capabilities: None,
        linkage: Some(Linkage::Dynamic),
        interpreter: Some("/lib64/ld-linux-x86-64.so.2".to_owned()),
        needed: vec!["libc.so.6".to_owned()],
        missing: Vec::new(),
        pie: Some(true),
        relro: Some(Relro::Full),
        nx: Some(true),
        package: None,
        layer: Some(digest(layer)),
        unneeded: None,
    };
    let bash = "pkg:deb/debian/bash@5.2.15-2%2Bb7?arch=amd64&distro=debian-12";
    let owned = |path: &str| Executable { package: Some(bash.to_owned()), ..elf(path, 1) };
    let capabilities = FileCapabilities {
        permitted: vec!["cap_net_raw".to_owned()],
        inheritable: Vec::new(),
        effective: true,
        root_uid: None,
    };
    vec![
        Executable { mode: "4755".to_owned(), setuid: true, ..owned("usr/bin/su") },
        Executable { capabilities: Some(capabilities), ..owned("usr/bin/ping") },
        Executable { unneeded: Some(Confidence::High), ..owned("usr/bin/perl") },
        elf("usr/local/bin/shop", 3),
        Executable { missing: vec!["libfoo.so.1".to_owned()], ..elf("opt/tool/tool", 3) },
    ]
}

/// What is known of a weakness that is fixed and exploited.
fn facts(package: &FindingPackage) -> VulnerabilityFacts {
    let vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H";
    VulnerabilityFacts {
        status: FixStatus::Fixed,
        fixed_since: Some(FixDate {
            date: "2024-02-10".to_owned(),
            advisory: "DSA-5999-1".to_owned(),
        }),
        known_exploited: Some("2024-03-01".to_owned()),
        epss: Share::new(0.123)
            .zip(Share::new(0.95))
            .map(|(score, percentile)| EpssScore { score, percentile }),
        source: "debian".to_owned(),
        range: "< 3.0.13-1~deb12u1".to_owned(),
        malware: false,
        published: Some("2024-01-26".to_owned()),
        severity_reason: "debian says critical".to_owned(),
        ratings: vec![
            SeverityRating {
                source: "debian".to_owned(),
                scheme: "word".to_owned(),
                value: "critical".to_owned(),
                score: None,
                severity: Severity::Critical,
            },
            SeverityRating {
                source: "nvd".to_owned(),
                scheme: "CVSS 3.1".to_owned(),
                value: vector.to_owned(),
                score: CvssScore::new(7.5),
                severity: Severity::High,
            },
        ],
        packages: vec![package.purl.clone()],
    }
}

fn findings() -> Vec<Finding> {
    let finding = |number: u8, kind, check: &str, severity, title: &str| Finding {
        id: digest(number).to_short_hex(),
        kind,
        check: check.to_owned(),
        aliases: Vec::new(),
        severity,
        confidence: Confidence::High,
        title: title.to_owned(),
        message: String::new(),
        remediation: String::new(),
        references: Vec::new(),
        package: None,
        location: None,
        vulnerability: None,
        suppressed: None,
        origin: None,
        japanese: None,
    };
    let at = |layer, path: &str, line| {
        Some(Location {
            layer: Some(digest(layer)),
            path: path.to_owned(),
            line,
            column: None,
            end_line: None,
            end_column: None,
            subject: None,
        })
    };
    let ssl = FindingPackage {
        name: "libssl3".to_owned(),
        version: "3.0.11-1~deb12u2".to_owned(),
        purl: packages().get(1).map(|package| package.purl.clone()).unwrap_or_default(),
        fixed_version: Some("3.0.13-1~deb12u1".to_owned()),
    };
    vec![
        Finding {
            message: "A crafted PKCS12 file makes OpenSSL read through a null pointer.".to_owned(),
            remediation: "Upgrade libssl3 to 3.0.13-1~deb12u1.".to_owned(),
            references: vec!["https://security.example/CVE-2024-0727".to_owned()],
            package: Some(ssl.clone()),
            vulnerability: Some(facts(&ssl)),
            location: at(2, "var/lib/dpkg/status", None),
            ..finding(
                0x11,
                FindingKind::Vulnerability,
                "CVE-2024-0727",
                Severity::Critical,
                "OpenSSL: a PKCS12 file can crash the reader",
            )
        },
        Finding {
            package: Some(FindingPackage { fixed_version: None, ..ssl }),
            suppressed: Some(Suppression {
                reason: "the service reads no DSA keys".to_owned(),
                until: Some("2027-01-31".to_owned()),
                by: "security@team.example".to_owned(),
                japanese: None,
            }),
            ..finding(
                0x12,
                FindingKind::Vulnerability,
                "CVE-2024-4603",
                Severity::Medium,
                "OpenSSL: checking long DSA keys is slow",
            )
        },
        Finding {
            message:
                "AKIA**************** is an access key of AWS; a later layer deletes the file."
                    .to_owned(),
            remediation: "Revoke the key, then build the image without it.".to_owned(),
            location: at(2, "app/.env", Some(3)),
            ..finding(
                0x13,
                FindingKind::Secret,
                "SEK-SECRET-0001",
                Severity::High,
                "An AWS access key lies in the image",
            )
        },
        Finding {
            message: "The configuration names no user.".to_owned(),
            remediation: "Add USER with a number above 0 to the Dockerfile.".to_owned(),
            references: vec!["https://bench.example/docker/4.1".to_owned()],
            japanese: Some(Translation {
                title: "イメージが root で動く".to_owned(),
                message: "設定にユーザーの指定がありません。".to_owned(),
                remediation: "Dockerfile に 0 より大きい番号の USER を書いてください。".to_owned(),
            }),
            ..finding(
                0x14,
                FindingKind::Configuration,
                "SEK-IMAGE-0001",
                Severity::Medium,
                "The image runs as root",
            )
        },
        Finding {
            location: at(3, "opt/tool/tool", None),
            message: "libfoo.so.1 is nowhere in the library path.".to_owned(),
            ..finding(
                0x15,
                FindingKind::Executable,
                "SEK-EXEC-0002",
                Severity::Low,
                "A program lacks a library",
            )
        },
    ]
}

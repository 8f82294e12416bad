use sekisho_advisory::{DatabaseBuilder, Epss, KnownExploited, Rating, State};
use sekisho_types::{
    Confidence,
    PackageKind::{Deb, Golang, Maven, Npm, Pypi},
};

use crate::sample::{
    about, advisory, also, in_state, installed, matched, of_source, os, rated, shown,
};

fn debian(id: &str, package: &str, fixed: &str) -> sekisho_advisory::Advisory {
    advisory(id, "Debian:12", package, fixed)
}

#[test]
fn a_source_package_is_one_finding_whatever_was_built_of_it() {
    let builder = DatabaseBuilder::new()
        .add("osv/Debian", about(debian("DSA-1-1", "gcc-12", "12.2.0-14+deb12u1"), &["CVE-2024-1"]))
        .add(
            "debian",
            in_state(debian("CVE-2024-1", "gcc-12", "12.2.0-14+deb12u1"), State::Affected, "low"),
        )
        .add(
            "debian",
            in_state(debian("CVE-2024-2", "gcc-12", ""), State::WillNotFix, "unimportant"),
        )
        .add("debian", in_state(debian("CVE-2024-3", "gcc-12", ""), State::NotAffected, ""));
    let matched = matched(
        builder,
        Some(&os("debian", "12")),
        &[
            of_source("libgcc-s1", "12.2.0-14", ("gcc-12", "12.2.0-14")),
            of_source("libstdc++6", "12.2.0-14", ("gcc-12", "12.2.0-14")),
            installed(Deb, "gcc-12-base", "99"),
        ],
    );
    insta::assert_snapshot!(shown(&matched), @"
    CVE-2024-1 [DSA-1-1] gcc-12 12.2.0-14: low, fixed, 12.2.0-14+deb12u1
    CVE-2024-2 [] gcc-12 12.2.0-14: info, will_not_fix, no fix
    ");
    let first = &matched.findings[0];
    insta::assert_snapshot!(first.message, @"gcc-12 12.2.0-14 is among the affected versions, < 12.2.0-14+deb12u1 (CVE-2024-1 of debian). Installed of it: libgcc-s1 libstdc++6");
    insta::assert_snapshot!(first.remediation, @"Upgrade gcc-12 to 12.2.0-14+deb12u1 or later: apt-get update && apt-get install --only-upgrade -y libgcc-s1 libstdc++6");
    let japanese = first.japanese.as_ref().unwrap();
    insta::assert_snapshot!(japanese.message, @"gcc-12 12.2.0-14 は影響を受けるバージョン < 12.2.0-14+deb12u1 に含まれる（debian の CVE-2024-1）。インストール済み: libgcc-s1 libstdc++6");
    insta::assert_snapshot!(japanese.remediation, @"gcc-12 を 12.2.0-14+deb12u1 以降に上げる: apt-get update && apt-get install --only-upgrade -y libgcc-s1 libstdc++6");
    let facts = first.vulnerability.as_ref().unwrap();
    assert_eq!(facts.packages.len(), 2);
    assert_eq!(facts.fixed_since.as_ref().unwrap().date, "2024-05-01");
    assert_eq!(facts.severity_reason, "Debian says low");
}

#[test]
fn what_is_exploited_and_how_likely_that_is_stays_with_its_cve() {
    let vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H";
    let builder = DatabaseBuilder::new()
        .add("osv/PyPI", also(advisory("PYSEC-1", "PyPI", "zope-interface", "5.0"), &["GHSA-a"]))
        .add("osv/PyPI", also(advisory("GHSA-a", "PyPI", "zope-interface", "5.0"), &["CVE-2024-1"]))
        .severity(
            "nvd",
            "CVE-2024-1",
            vec![Rating { scheme: "CVSS_V31".to_owned(), value: vector.to_owned() }],
        )
        .epss("epss", Epss { cve: "CVE-2024-1".to_owned(), score: 0.944, percentile: 0.999 })
        .known_exploited(
            "kev",
            KnownExploited {
                cve: "CVE-2024-1".to_owned(),
                date_added: "2024-06-01".to_owned(),
                due_date: String::new(),
                known_ransomware_campaign_use: String::new(),
            },
        );
    let matched = matched(builder, None, &[installed(Pypi, "Zope.Interface", "4.9")]);
    insta::assert_snapshot!(shown(&matched), @"CVE-2024-1 [GHSA-a PYSEC-1] Zope.Interface 4.9: critical, fixed, 5.0");
    let finding = &matched.findings[0];
    insta::assert_snapshot!(finding.message, @"Zope.Interface 4.9 is among the affected versions, < 5.0 (GHSA-a of osv/PyPI). It is known to be exploited since 2024-06-01");
    let facts = finding.vulnerability.as_ref().unwrap();
    assert_eq!(facts.known_exploited.as_deref(), Some("2024-06-01"));
    assert_eq!(facts.epss.unwrap().score.to_string(), "0.944");
    assert_eq!(facts.severity_reason, "CVSS 3.1 base score 10.0 of nvd");
    assert_eq!(finding.references[0], "https://nvd.nist.gov/vuln/detail/CVE-2024-1");
}

#[test]
fn malware_says_what_it_is() {
    let builder = DatabaseBuilder::new()
        .add("osv/npm", rated(advisory("MAL-2024-1", "npm", "evil", ""), "CVSS_V3", "wrong"));
    let matched = matched(builder, None, &[installed(Npm, "evil", "1.0.0")]);
    insta::assert_snapshot!(shown(&matched), @"MAL-2024-1 [] evil 1.0.0: critical, affected, no fix");
    let finding = &matched.findings[0];
    assert_eq!(finding.title, "evil is malicious");
    insta::assert_snapshot!(finding.remediation, @"Remove evil, and replace every secret that was within its reach: it has run, or may have, wherever it was installed.");
}

#[test]
fn what_was_taken_back_matches_nothing_and_is_listed() {
    let mut withdrawn = advisory("GHSA-a", "npm", "p", "2.0.0");
    withdrawn.withdrawn = Some("2024-07-01T00:00:00Z".to_owned());
    let builder = DatabaseBuilder::new().add("osv/npm", withdrawn);
    let matched = matched(builder, None, &[installed(Npm, "p", "1.0.0")]);
    assert_eq!(shown(&matched), "");
    let listed = &matched.coverage.withdrawn;
    assert_eq!((listed.len(), listed[0].id.as_str()), (1, "GHSA-a"));
}

#[test]
fn a_question_without_an_answer_is_an_unknown() {
    let builder = || {
        DatabaseBuilder::new()
            .add("osv/Go", advisory("GO-1", "Go", "example.org/app", "1.2.3"))
            .add("osv/Debian", debian("DSA-1-1", "bash", "5.2-2"))
    };
    let packages = [
        installed(Golang, "example.org/app", "(devel)"),
        installed(Golang, "example.org/other", "(devel)"),
        installed(Npm, "a", "1.0.0"),
        installed(Npm, "b", "1.0.0"),
        installed(Deb, "bash", "5.2-1"),
    ];
    insta::assert_snapshot!(shown(&matched(builder(), Some(&os("debian", "12")), &packages)), @r#"
    DSA-1-1 [] bash 5.2-1: unknown, fixed, 5.2-2
    app/a: the database has no advisories for npm: 2 packages not judged
    app/example.org/app: nobody can tell whether "example.org/app" "(devel)" has GO-1: its version and those of the advisory cannot be compared
    "#);
    for (id, version, name) in
        [("debian", "9", "Debian 9"), ("raspbian", "12", "raspbian 12"), ("ol", "8", "ol 8")]
    {
        let matched = matched(builder(), Some(&os(id, version)), &packages);
        let says = format!("the database has no advisories for {name}: 1 package not judged");
        assert!(matched.unknowns.iter().any(|it| it.reason == says), "{:?}", matched.unknowns);
    }
}

#[test]
fn what_is_not_sure_to_be_there_is_found_with_less_confidence() {
    let builder = DatabaseBuilder::new()
        .add("osv/Maven", advisory("GHSA-a", "Maven", "org.example:lib", "2.0"))
        .add("osv/npm", advisory("GHSA-b", "npm", "mended", "2.0.0"));
    let mut guessed = installed(Maven, "org.example:lib", "1.0");
    guessed.confidence = Confidence::Low;
    let packages = [guessed, installed(Npm, "mended", "1.0.0-sp1")];
    let matched = matched(builder, None, &packages);
    let confidence: Vec<Confidence> = matched.findings.iter().map(|it| it.confidence).collect();
    assert_eq!(confidence, [Confidence::Low, Confidence::Low]);
    insta::assert_snapshot!(matched.findings[1].message, @"mended 1.0.0-sp1 is among the affected versions, < 2.0.0 (GHSA-b of osv/npm). Seal Security built this version anew and may have mended it");
}

#[test]
fn packages_of_others_are_left_out_and_said_so() {
    let builder = DatabaseBuilder::new()
        .add("osv/Debian", debian("DSA-1-1", "docker-ce", "9:1"))
        .add("osv/Debian", debian("DSA-2-1", "linux", "99-1"));
    let mut docker = installed(Deb, "docker-ce", "5:24.0.7-1");
    docker.supplier = Some("Docker <support@docker.com>".to_owned());
    let headers = of_source("linux-libc-dev", "6.1.55-1", ("linux", "6.1.55-1"));
    let matched = matched(builder, Some(&os("debian", "12")), &[docker, headers]);
    insta::assert_snapshot!(shown(&matched), @"
    ThirdParty Docker: docker-ce
    KernelHeaders : linux-libc-dev
    ");
}

#[test]
fn the_same_finding_has_the_same_identity_after_an_update_that_mends_nothing() {
    let builder = || {
        DatabaseBuilder::new()
            .add("osv/Debian", debian("CVE-2024-1", "bash", ""))
            .add("osv/npm", advisory("GHSA-a", "npm", "p", "3.0.0"))
    };
    let ids = |packages: &[sekisho_types::InstalledPackage]| -> Vec<String> {
        let matched = matched(builder(), Some(&os("debian", "12")), packages);
        matched.findings.into_iter().map(|finding| finding.id).collect()
    };
    assert_eq!(ids(&[installed(Deb, "bash", "5.2-1")]), ids(&[installed(Deb, "bash", "5.2-2")]));
    let several = ids(&[
        installed(Deb, "bash", "5.2-1"),
        installed(Deb, "bash", "5.2-2"),
        installed(Npm, "p", "1.0.0"),
        installed(Npm, "p", "2.0.0"),
    ]);
    let distinct: std::collections::BTreeSet<&String> = several.iter().collect();
    assert_eq!(distinct.len(), 4);
}

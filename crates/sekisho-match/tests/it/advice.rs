use std::fmt::Write as _;

use sekisho_advisory::DatabaseBuilder;
use sekisho_match::advise;
use sekisho_types::{
    PackageKind::{Deb, Npm},
    report::{Source, Subject, SubjectKind, Suppression},
};

use crate::sample::{advisory, installed, matched, os};

#[test]
fn what_clears_most_is_told_first() {
    let builder = DatabaseBuilder::new()
        .add("osv/Debian", advisory("CVE-2024-1", "Debian:12", "openssl", "3.0.2-1"))
        .add("osv/Debian", advisory("CVE-2024-2", "Debian:12", "openssl", "3.0.3-1"))
        .add("osv/Debian", advisory("CVE-2024-3", "Debian:12", "openssl", ""))
        .add("osv/Debian", advisory("CVE-2024-4", "Debian:12", "bash", "5.2-2"))
        .add("osv/npm", advisory("GHSA-a", "npm", "qs", "6.7.3"));
    let packages = [
        installed(Deb, "openssl", "3.0.1-1"),
        installed(Deb, "bash", "5.2-1"),
        installed(Npm, "qs", "6.7.0"),
    ];
    let mut matched = matched(builder, Some(&os("debian", "12")), &packages);
    let subject = Subject::of_files(SubjectKind::Image, Source::OciDir, "shop");
    let shown = |matched: &sekisho_match::Matched| {
        let Some(advice) = advise(&subject, &matched.upgrades, &matched.findings) else {
            return "nothing helps".to_owned();
        };
        let mut shown = String::new();
        for fix in advice.packages {
            let (name, to, n) = (&fix.name, &fix.fixed_version, fix.clears);
            writeln!(shown, "{name} to {to} clears {n}, {} stay", fix.remains).unwrap();
        }
        for command in advice.commands {
            writeln!(shown, "{}: {}", command.clears, command.command).unwrap();
        }
        shown
    };
    insta::assert_snapshot!(shown(&matched), @"
    openssl to 3.0.3-1 clears 2, 1 stay
    bash to 5.2-2 clears 1, 0 stay
    qs to 6.7.3 clears 1, 0 stay
    3: apt-get update && apt-get install --only-upgrade -y bash openssl
    1: npm install qs@6.7.3
    ");
    for finding in &mut matched.findings {
        let (reason, by) = ("accepted".to_owned(), "team".to_owned());
        finding.suppressed = Some(Suppression { reason, until: None, by, japanese: None });
    }
    assert_eq!(shown(&matched), "nothing helps");
}

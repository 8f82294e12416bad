//! No standard has a schema; the one of Jenkins is what most readers rely on.

use std::{collections::BTreeMap, process::Command};

use quick_xml::{Reader, events::Event};
use sekisho_testkit::{report, schema};

use super::document;

/// The elements with what they may hold, by the schema of Jenkins' xUnit plugin.
const CHILDREN: &[(&str, &[&str])] = &[
    ("", &["testsuites"]),
    ("testsuites", &["testsuite"]),
    ("testsuite", &["testcase"]),
    ("testcase", &["failure", "error", "skipped"]),
];

/// Reads a document with a parser of others, and gives the count of each element.
fn elements(xml: &str) -> BTreeMap<String, usize> {
    let mut reader = Reader::from_str(xml);
    let mut path = vec![String::new()];
    let mut counts = BTreeMap::new();
    loop {
        let (start, is_empty) = match reader.read_event().unwrap() {
            Event::Eof => break,
            Event::Start(start) => (start, false),
            Event::Empty(start) => (start, true),
            Event::End(_) => {
                path.pop();
                continue;
            }
            _ => continue,
        };
        let name = start.name().as_ref().to_owned();
        let parent = path.last().unwrap();
        let allowed = CHILDREN.iter().find(|(element, _)| element == parent).unwrap().1;
        assert!(allowed.contains(&name.as_str()), "{name} in {parent}");
        for attribute in start.attributes() {
            quick_xml::escape::unescape(&attribute.unwrap().value).unwrap();
        }
        *counts.entry(name.clone()).or_default() += 1;
        if !is_empty {
            path.push(name);
        }
    }
    assert_eq!(path, [""]);
    counts
}

#[test]
fn findings_are_failed_tests() {
    insta::assert_snapshot!(document(&report::image()), @r#"
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="sekisho registry.example/team/shop:1.4" tests="9" failures="4" errors="2">
      <testsuite name="Vulnerabilities" tests="2" failures="1" errors="0" skipped="1">
        <testcase classname="sekisho.vulnerability" name="CVE-2024-0727 (libssl3 3.0.11-1~deb12u2, fixed in 3.0.13-1~deb12u1) (layer 2, var/lib/dpkg/status)">
          <failure type="critical" message="OpenSSL: a PKCS12 file can crash the reader">A crafted PKCS12 file makes OpenSSL read through a null pointer.&#10;Upgrade libssl3 to 3.0.13-1~deb12u1.&#10;https://security.example/CVE-2024-0727</failure>
        </testcase>
        <testcase classname="sekisho.vulnerability" name="CVE-2024-4603 (libssl3 3.0.11-1~deb12u2, no fix yet)">
          <skipped>excepted by security@team.example: the service reads no DSA keys</skipped>
        </testcase>
      </testsuite>
      <testsuite name="Secrets" tests="1" failures="1" errors="0" skipped="0">
        <testcase classname="sekisho.secret" name="SEK-SECRET-0001 (layer 2, app/.env:3)">
          <failure type="high" message="An AWS access key lies in the image">AKIA**************** is an access key of AWS; a later layer deletes the file.&#10;Revoke the key, then build the image without it.</failure>
        </testcase>
      </testsuite>
      <testsuite name="Configuration" tests="1" failures="1" errors="0" skipped="0">
        <testcase classname="sekisho.configuration" name="SEK-IMAGE-0001">
          <failure type="medium" message="The image runs as root">The configuration names no user.&#10;Add USER with a number above 0 to the Dockerfile.&#10;https://bench.example/docker/4.1</failure>
        </testcase>
      </testsuite>
      <testsuite name="Executables" tests="1" failures="1" errors="0" skipped="0">
        <testcase classname="sekisho.executable" name="SEK-EXEC-0002 (layer 3, opt/tool/tool)">
          <failure type="low" message="A program lacks a library">libfoo.so.1 is nowhere in the library path.</failure>
        </testcase>
      </testsuite>
      <testsuite name="Checks" tests="3" failures="0" errors="1" skipped="1">
        <testcase classname="sekisho.check" name="SEK-IMAGE-0002"/>
        <testcase classname="sekisho.check" name="SEK-IMAGE-0003">
          <skipped>the image has no health check</skipped>
        </testcase>
        <testcase classname="sekisho.check" name="SEK-IMAGE-0004">
          <error type="unknown" message="etc/passwd cannot be read"/>
        </testcase>
      </testsuite>
      <testsuite name="Not readable" tests="1" failures="0" errors="1" skipped="0">
        <testcase classname="sekisho.unread" name="var/lib/dpkg/status.d/odd">
          <error type="unknown" message="line 3: a package without a version"/>
        </testcase>
      </testsuite>
    </testsuites>
    "#);
}

#[test]
fn documents_are_well_formed_and_count_what_they_hold() {
    for report in [report::image(), report::hostile_image(), report::empty_directory()] {
        let xml = document(&report);
        let counts = elements(&xml);
        let n = |name| counts.get(name).copied().unwrap_or(0);
        let total = format!(
            "tests=\"{}\" failures=\"{}\" errors=\"{}\">\n  <testsuite ",
            n("testcase"),
            n("failure"),
            n("error")
        );
        assert!(xml.contains(&total), "{total}\n{xml}");
    }
}

#[test]
fn a_clean_run_is_a_passed_test_and_not_an_empty_file() {
    let counts = elements(&document(&report::empty_directory()));
    assert_eq!(counts.get("testcase"), Some(&1));
    assert_eq!(counts.get("failure"), None);
}

#[test]
fn documents_are_valid_by_the_schema_of_jenkins() {
    let Some(directory) = schema::directory() else { return };
    let path = directory.join("junit-4.xsd");
    if !path.exists() {
        eprintln!("skipped: npm was missing when `cargo xtask schemas` ran");
        return;
    }
    for report in [report::image(), report::hostile_image(), report::empty_directory()] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("report.xml");
        fs_err::write(&file, document(&report)).unwrap();
        #[expect(clippy::disallowed_methods, reason = "a test asks another validator")]
        let validated = Command::new("xmllint")
            .args(["--noout", "--nonet", "--schema"])
            .arg(&path)
            .arg(&file)
            .output();
        let Ok(validated) = validated else {
            eprintln!("skipped: needs xmllint, of Debian's libxml2-utils");
            return;
        };
        let errors = String::from_utf8_lossy(&validated.stderr);
        assert!(validated.status.success(), "{errors}");
    }
}

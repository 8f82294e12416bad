use std::fmt::Write as _;

use sekisho_testkit::{report, schema};
use sekisho_types::report::Report;

use super::Bom;

fn bom(report: &Report) -> Bom {
    Bom::from(report)
}

#[test]
fn a_document_says_what_needs_what() {
    let mut shown = String::new();
    for dependency in bom(&report::image()).dependencies {
        writeln!(shown, "{}", dependency.reference).unwrap();
        for used in dependency.depends_on {
            writeln!(shown, "  {used}").unwrap();
        }
    }
    insta::assert_snapshot!(shown, @"
    pkg:deb/debian/bash@5.2.15-2%2Bb7?arch=amd64&distro=debian-12
    pkg:deb/debian/libssl3@3.0.11-1~deb12u2?arch=amd64&distro=debian-12
    pkg:golang/golang.org/x/net@v0.7.0
    pkg:npm/express@4.17.1
    pkg:npm/qs@6.7.0
    pkg:npm/qs@6.7.0#sekisho-2
    pkg:pypi/debconf@1.5.82
    sekisho:file:1
      pkg:golang/golang.org/x/net@v0.7.0
    sekisho:file:2
    sekisho:os
      pkg:deb/debian/bash@5.2.15-2%2Bb7?arch=amd64&distro=debian-12
      pkg:deb/debian/libssl3@3.0.11-1~deb12u2?arch=amd64&distro=debian-12
    sekisho:subject
      pkg:npm/express@4.17.1
      pkg:npm/qs@6.7.0
      pkg:npm/qs@6.7.0#sekisho-2
      pkg:pypi/debconf@1.5.82
      sekisho:file:1
      sekisho:file:2
      sekisho:os
    ");
}

#[test]
fn a_package_carries_where_it_was_found_and_what_it_is() {
    let bom = bom(&report::image());
    let package = bom.components.iter().find(|component| component.name == "bash").unwrap();
    insta::assert_snapshot!(serde_json::to_string_pretty(package).unwrap(), @r#"
    {
      "type": "library",
      "bom-ref": "pkg:deb/debian/bash@5.2.15-2%2Bb7?arch=amd64&distro=debian-12",
      "supplier": {
        "name": "Matthias Klose <doko@debian.org>"
      },
      "name": "bash",
      "version": "5.2.15-2+b7",
      "licenses": [
        {
          "license": {
            "id": "GPL-3.0-or-later"
          }
        },
        {
          "license": {
            "name": "custom, see copyright"
          }
        }
      ],
      "purl": "pkg:deb/debian/bash@5.2.15-2%2Bb7?arch=amd64&distro=debian-12",
      "evidence": {
        "identity": [
          {
            "field": "purl",
            "confidence": 1.0,
            "methods": [
              {
                "technique": "manifest-analysis",
                "confidence": 1.0
              }
            ]
          }
        ],
        "occurrences": [
          {
            "location": "var/lib/dpkg/status"
          }
        ]
      },
      "properties": [
        {
          "name": "sekisho:package_kind",
          "value": "deb"
        },
        {
          "name": "sekisho:source_version",
          "value": "5.2.15-2"
        },
        {
          "name": "sekisho:arch",
          "value": "amd64"
        },
        {
          "name": "sekisho:layer",
          "value": "sha256:0101010101010101010101010101010101010101010101010101010101010101"
        }
      ]
    }
    "#);
}

#[test]
fn a_program_that_no_package_owns_is_a_file() {
    let bom = bom(&report::image());
    let file = bom.components.iter().find(|part| part.name == "usr/local/bin/shop").unwrap();
    insta::assert_snapshot!(serde_json::to_string(file).unwrap(), @r#"{"type":"file","bom-ref":"sekisho:file:1","name":"usr/local/bin/shop","hashes":[{"alg":"SHA-256","content":"5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e"}],"properties":[{"name":"sekisho:mode","value":"0755"},{"name":"sekisho:layer","value":"sha256:0303030303030303030303030303030303030303030303030303030303030303"}]}"#);
    assert!(bom.components.iter().all(|component| component.name != "usr/bin/perl"));
}

#[test]
fn what_could_not_be_read_makes_the_document_incomplete() {
    let bom = bom(&report::image());
    assert_eq!(bom.compositions[0].aggregate, "incomplete");
    assert_eq!(
        bom.metadata.properties[0].value,
        "var/lib/dpkg/status.d/odd: line 3: a package without a version"
    );
    assert!(Bom::from(&report::empty_directory()).compositions.is_empty());
}

#[test]
fn the_same_report_gives_the_same_document_and_another_another() {
    let serial = |report: &Report| Bom::from(report).serial_number.unwrap();
    let mut other = report::image();
    assert_eq!(bom(&report::image()), bom(&other));
    other.packages.pop();
    assert_ne!(serial(&report::image()), serial(&other));
}

#[test]
fn a_document_reads_as_it_is_written() {
    for report in [report::image(), report::hostile_image(), report::empty_directory()] {
        let bom = bom(&report);
        let text = serde_json::to_string(&bom).unwrap();
        assert_eq!(serde_json::from_str::<Bom>(&text).unwrap(), bom);
    }
}

#[test]
fn documents_are_valid_by_the_published_schema() {
    let Some(directory) = schema::directory() else { return };
    let read = |name| schema::read(&directory, name);
    let resource = |name| jsonschema::Resource::from_contents(schema::read(&directory, name));
    let base = "http://cyclonedx.org/schema";
    let registry = jsonschema::Registry::new()
        .add(format!("{base}/spdx.SNAPSHOT.schema.json"), resource("spdx.schema.json"))
        .unwrap()
        .add(format!("{base}/jsf-0.82.SNAPSHOT.schema.json"), resource("jsf-0.82.schema.json"))
        .unwrap()
        .prepare()
        .unwrap();
    let validator = jsonschema::options()
        .with_registry(&registry)
        .should_validate_formats(true)
        .build(&read("bom-1.6.schema.json"))
        .unwrap();
    for report in [report::image(), report::hostile_image(), report::empty_directory()] {
        let document = serde_json::to_value(bom(&report)).unwrap();
        let mistakes: Vec<String> = validator
            .iter_errors(&document)
            .map(|mistake| format!("{}: {mistake}", mistake.instance_path()))
            .collect();
        assert!(mistakes.is_empty(), "{mistakes:#?}");
    }
}

use std::collections::BTreeSet;

use sekisho_testkit::{report, schema};

use super::Document;

#[test]
fn a_package_carries_its_origin_and_its_licences() {
    let document = Document::from(&report::image());
    let package = document.packages.iter().find(|package| package.name == "bash").unwrap();
    insta::assert_snapshot!(serde_json::to_string_pretty(package).unwrap(), @r#"
    {
      "SPDXID": "SPDXRef-Package-deb-bash-1d0921aca0de",
      "name": "bash",
      "versionInfo": "5.2.15-2+b7",
      "supplier": "Organization: Matthias Klose (doko@debian.org)",
      "downloadLocation": "NOASSERTION",
      "filesAnalyzed": false,
      "sourceInfo": "found in var/lib/dpkg/status; layer sha256:0101010101010101010101010101010101010101010101010101010101010101; built from source package bash 5.2.15-2",
      "licenseConcluded": "NOASSERTION",
      "licenseDeclared": "GPL-3.0-or-later AND LicenseRef-669b9c2bd7bc",
      "copyrightText": "NOASSERTION",
      "externalRefs": [
        {
          "referenceCategory": "PACKAGE-MANAGER",
          "referenceType": "purl",
          "referenceLocator": "pkg:deb/debian/bash@5.2.15-2%2Bb7?arch=amd64&distro=debian-12"
        }
      ]
    }
    "#);
    insta::assert_snapshot!(
        serde_json::to_string(&document.has_extracted_licensing_infos).unwrap(),
        @r#"[{"licenseId":"LicenseRef-669b9c2bd7bc","name":"custom, see copyright","extractedText":"custom, see copyright"}]"#
    );
}

#[test]
fn the_subject_contains_what_was_found_in_it() {
    let document = Document::from(&report::image());
    let shown: Vec<String> = document
        .relationships
        .iter()
        .map(|edge| {
            let (from, to) = (&edge.spdx_element_id, &edge.related_spdx_element);
            format!("{from} {} {to}", edge.relationship_type)
        })
        .collect();
    insta::assert_snapshot!(shown.join("\n"), @"
    SPDXRef-DOCUMENT DESCRIBES SPDXRef-Image
    SPDXRef-Image CONTAINS SPDXRef-OperatingSystem
    SPDXRef-Image CONTAINS SPDXRef-File-shop-dbcb79bc08f6
    SPDXRef-Image CONTAINS SPDXRef-File-tool-bfdb1ec42e92
    SPDXRef-Image CONTAINS SPDXRef-Package-deb-bash-1d0921aca0de
    SPDXRef-Image CONTAINS SPDXRef-Package-deb-libssl3-f6a9f4e44989
    SPDXRef-File-shop-dbcb79bc08f6 CONTAINS SPDXRef-Package-golang-golang.org-x-net-a35325fbcce0
    SPDXRef-Image CONTAINS SPDXRef-Package-npm-express-6743e3a16fe6
    SPDXRef-Image CONTAINS SPDXRef-Package-npm-qs-308835827e2b
    SPDXRef-Image CONTAINS SPDXRef-Package-npm-qs-0a5292bf28a9
    SPDXRef-Package-deb-bash-1d0921aca0de CONTAINS SPDXRef-Package-pypi-debconf-34eef2853d92
    ");
}

#[test]
fn every_identifier_is_there_once_and_every_edge_leads_to_one() {
    for report in [report::image(), report::hostile_image(), report::empty_directory()] {
        let document = Document::from(&report);
        let ids: BTreeSet<&str> =
            document.packages.iter().map(|package| package.id.as_str()).collect();
        assert_eq!(ids.len(), document.packages.len());
        for edge in &document.relationships {
            assert!(ids.contains(edge.related_spdx_element.as_str()), "{edge:?}");
        }
        for id in ids {
            let rest = id.strip_prefix("SPDXRef-").unwrap();
            assert!(rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte)));
        }
    }
}

#[test]
fn a_document_reads_as_it_is_written() {
    for report in [report::image(), report::hostile_image(), report::empty_directory()] {
        let document = Document::from(&report);
        let text = serde_json::to_string(&document).unwrap();
        assert_eq!(serde_json::from_str::<Document>(&text).unwrap(), document);
    }
}

#[test]
fn documents_are_valid_by_the_published_schema() {
    let Some(directory) = schema::directory() else { return };
    let validator = jsonschema::options()
        .should_validate_formats(true)
        .build(&schema::read(&directory, "spdx-2.3.schema.json"))
        .unwrap();
    for report in [report::image(), report::hostile_image(), report::empty_directory()] {
        let document = serde_json::to_value(Document::from(&report)).unwrap();
        let mistakes: Vec<String> = validator
            .iter_errors(&document)
            .map(|mistake| format!("{}: {mistake}", mistake.instance_path()))
            .collect();
        assert!(mistakes.is_empty(), "{mistakes:#?}");
    }
}

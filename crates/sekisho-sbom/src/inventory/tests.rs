//! Documents of three tools, in the shapes that they have.

use std::fmt::Write as _;

use sekisho_testkit::report;

use super::*;
use crate::{cyclonedx::Bom, spdx};

const DIFF_ID: &str = "sha256:aa4121bdcac152f6011a2b3af0eaa11da69b49c0745763a1a05c98d388e16702";

/// The system, and a line a package with what else is known of it; then what is not.
fn shown(text: &str) -> String {
    let inventory = Inventory::read(text.as_bytes()).unwrap();
    let os = inventory.os.map(|os| format!("{} {} {:?}", os.id, os.version, os.codename));
    let mut shown = format!(
        "{} by {:?} on {:?}, {:?}, {} layers\n",
        inventory.format,
        inventory.tool,
        inventory.name,
        os,
        inventory.layers.len()
    );
    for package in inventory.packages {
        write!(shown, "{} {} {}", package.kind, package.name, package.version).unwrap();
        let source = package.source_name.iter().chain(&package.source_version);
        for part in source.chain(&package.module).chain(&package.supplier).chain(&package.licenses)
        {
            write!(shown, " | {part}").unwrap();
        }
        let layer = package.layer.map(|layer| layer.to_short_hex());
        for part in layer.iter().chain(&package.paths).chain(&package.owned_by) {
            write!(shown, " | {part}").unwrap();
        }
        shown.push('\n');
    }
    for unknown in inventory.unknowns {
        writeln!(shown, "? {unknown}").unwrap();
    }
    shown
}

#[test]
fn our_own_documents_give_back_what_was_written() {
    let report = report::image();
    let cyclonedx = serde_json::to_vec(&Bom::from(&report)).unwrap();
    let read = Inventory::read(&cyclonedx).unwrap();
    let mut wanted = report.packages.clone();
    wanted
        .sort_by_cached_key(|it| (it.kind, it.name.clone(), it.version.clone(), it.paths.clone()));
    assert_eq!(read.packages, wanted);
    let os = report.subject.os.as_ref().unwrap();
    assert_eq!(read.os.map(|os| (os.id, os.version)), Some((os.id.clone(), os.version.clone())));
    let layers: Vec<Digest> = report.subject.layers.iter().map(|layer| layer.diff_id).collect();
    assert_eq!(read.layers, layers);
    assert_eq!(read.unknowns.len(), report.unknowns.len());

    let spdx = serde_json::to_vec(&spdx::Document::from(&report)).unwrap();
    let read = Inventory::read(&spdx).unwrap();
    let identity = |packages: &[InstalledPackage]| -> Vec<_> {
        packages
            .iter()
            .map(|it| {
                (it.purl.clone(), it.source_name.clone(), it.source_version.clone(), it.layer)
            })
            .collect()
    };
    assert_eq!(identity(&read.packages), identity(&wanted));
    assert_eq!(read.unknowns.len(), report.unknowns.len());
}

#[test]
fn syft_says_sources_and_places_in_qualifiers_and_properties() {
    let document = format!(
        r#"{{"bomFormat":"CycloneDX","specVersion":"1.6","metadata":{{
          "tools":{{"components":[{{"type":"application","name":"syft","version":"1.18.1"}}]}},
          "component":{{"type":"container","name":"shop","version":"{DIFF_ID}"}}}},
        "components":[
          {{"type":"library","name":"libssl3","version":"3.0.9-1","publisher":"Debian <d@example.org>",
            "purl":"pkg:deb/debian/libssl3@3.0.9-1?arch=amd64&upstream=openssl&distro=debian-12",
            "licenses":[{{"license":{{"id":"Apache-2.0"}}}},{{"license":{{"name":"Artistic"}}}}],
            "properties":[{{"name":"syft:location:1:path","value":"/var/lib/dpkg/status"}},
              {{"name":"syft:location:0:layerID","value":"{DIFF_ID}"}},
              {{"name":"syft:location:0:path","value":"/var/lib/dpkg/info/libssl3.list"}}]}},
          {{"type":"library","name":"openssl-libs","version":"1:3.0.7-18.el9",
            "purl":"pkg:rpm/redhat/openssl-libs@3.0.7-18.el9?arch=x86_64&epoch=1&upstream=openssl-3.0.7-18.el9.src.rpm&distro=rhel-9.2",
            "properties":[{{"name":"syft:metadata:modularityLabel","value":"a:1:2:3"}}]}},
          {{"type":"library","name":"busybox","version":"1.36.1-r5",
            "purl":"pkg:apk/alpine/busybox-binsh@1.36.1-r5?arch=x86_64&upstream=busybox&distro=alpine-3.18.4"}},
          {{"type":"application","name":"node","version":"20","purl":"pkg:generic/node@20"}},
          {{"type":"file","name":"/etc/passwd"}},
          {{"type":"operating-system","name":"debian","version":"12","description":"Debian GNU/Linux 12 (bookworm)",
            "properties":[{{"name":"syft:distro:versionCodename","value":"bookworm"}}]}}]}}"#
    );
    insta::assert_snapshot!(shown(&document), @r#"
    CycloneDX 1.6 by "syft 1.18.1" on "shop", Some("debian 12 Some(\"bookworm\")"), 0 layers
    apk busybox-binsh 1.36.1-r5 | busybox
    deb libssl3 3.0.9-1 | openssl | Debian <d@example.org> | Apache-2.0 | Artistic | aa4121bdcac1 | var/lib/dpkg/info/libssl3.list | var/lib/dpkg/status
    rpm openssl-libs 1:3.0.7-18.el9 | openssl | 3.0.7-18.el9 | a:1:2:3
    "#);
}

#[test]
fn trivy_says_sources_and_places_in_properties() {
    let document = format!(
        r#"{{"bomFormat":"CycloneDX","specVersion":"1.7","metadata":{{
          "tools":{{"components":[{{"type":"application","name":"trivy","version":"0.76.0"}}]}},
          "component":{{"type":"container","name":"shop","properties":[
            {{"name":"aquasecurity:trivy:DiffID","value":"{DIFF_ID}"}}]}}}},
        "components":[
          {{"type":"operating-system","name":"redhat","version":"9.2"}},
          {{"type":"library","supplier":{{"name":"Red Hat"}},"name":"openssl-libs","version":"3.0.7-18.el9",
            "purl":"pkg:rpm/redhat/openssl-libs@3.0.7-18.el9?arch=x86_64&distro=redhat-9.2&epoch=1",
            "properties":[{{"name":"aquasecurity:trivy:SrcName","value":"openssl"}},
              {{"name":"aquasecurity:trivy:SrcVersion","value":"3.0.7"}},
              {{"name":"aquasecurity:trivy:SrcRelease","value":"18.el9"}},
              {{"name":"aquasecurity:trivy:SrcEpoch","value":"1"}},
              {{"name":"aquasecurity:trivy:LayerDiffID","value":"{DIFF_ID}"}}]}},
          {{"type":"application","name":"usr/local/bin/gateway"}},
          {{"type":"library","name":"example.org/gateway","purl":"pkg:golang/example.org/gateway"}},
          {{"type":"library","name":"stdlib","version":"v1.18.1","purl":"pkg:golang/stdlib@v1.18.1"}},
          {{"type":"library","group":"@babel","name":"traverse","version":"7.22.8","purl":"pkg:npm/%40babel/traverse@7.22.8",
            "properties":[{{"name":"aquasecurity:trivy:FilePath","value":"srv/traverse/package.json"}}]}}]}}"#
    );
    insta::assert_snapshot!(shown(&document), @r#"
    CycloneDX 1.7 by "trivy 0.76.0" on "shop", Some("rhel 9.2 None"), 1 layers
    rpm openssl-libs 1:3.0.7-18.el9 | openssl | Red Hat | aa4121bdcac1
    golang example.org/gateway (devel)
    golang stdlib 1.18.1
    npm @babel/traverse 7.22.8 | srv/traverse/package.json
    "#);
}

#[test]
fn spdx_says_sources_and_places_in_sentences() {
    let document = format!(
        r#"{{"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT","name":"shop",
        "creationInfo":{{"created":"2026-11-25T03:40:23Z","creators":["Organization: Anchore, Inc","Tool: syft-1.18.1"]}},
        "packages":[
          {{"name":"shop","SPDXID":"R","versionInfo":"{DIFF_ID}","primaryPackagePurpose":"CONTAINER",
            "externalRefs":[{{"referenceCategory":"PACKAGE-MANAGER","referenceType":"purl","referenceLocator":"pkg:oci/shop@{DIFF_ID}?arch="}}]}},
          {{"name":"python3-yaml","SPDXID":"A","versionInfo":"6.0-3","supplier":"Person: Debian (d@example.org)",
            "sourceInfo":"acquired package info from DPKG DB: /var/lib/dpkg/status, /usr/share/doc/a","licenseDeclared":"LicenseRef-1",
            "externalRefs":[{{"referenceCategory":"PACKAGE-MANAGER","referenceType":"purl","referenceLocator":"pkg:deb/debian/python3-yaml@6.0-3?arch=amd64&distro=debian-12&upstream=pyyaml"}}]}},
          {{"name":"PyYAML","SPDXID":"B","versionInfo":"6.0","licenseDeclared":"NOASSERTION",
            "externalRefs":[{{"referenceCategory":"PACKAGE-MANAGER","referenceType":"purl","referenceLocator":"pkg:pypi/pyyaml@6.0"}}]}},
          {{"name":"apt","SPDXID":"C","versionInfo":"2.6.1","sourceInfo":"built package from: apt-source 2.6.1-1","primaryPackagePurpose":"LIBRARY",
            "annotations":[{{"annotator":"Tool: trivy","comment":"LayerDiffID: {DIFF_ID}"}}],
            "externalRefs":[{{"referenceCategory":"PACKAGE_MANAGER","referenceType":"purl","referenceLocator":"pkg:deb/debian/apt@2.6.1?distro=debian-12"}}]}}],
        "hasExtractedLicensingInfos":[{{"licenseId":"LicenseRef-1","name":"Expat","extractedText":"x"}}],
        "relationships":[
          {{"spdxElementId":"SPDXRef-DOCUMENT","relationshipType":"DESCRIBES","relatedSpdxElement":"R"}},
          {{"spdxElementId":"A","relationshipType":"OTHER","relatedSpdxElement":"B","comment":"ownership-by-file-overlap: x"}}]}}"#
    );
    insta::assert_snapshot!(shown(&document), @r#"
    SPDX 2.3 by "syft 1.18.1" on "shop", Some("debian 12 None"), 0 layers
    deb apt 2.6.1 | apt-source | 2.6.1-1 | aa4121bdcac1
    deb python3-yaml 6.0-3 | pyyaml | Debian (d@example.org) | Expat | var/lib/dpkg/status | usr/share/doc/a
    pypi PyYAML 6.0 | pkg:deb/debian/python3-yaml@6.0-3?arch=amd64&distro=debian-12
    "#);
}

#[test]
fn what_cannot_be_known_is_named() {
    let document = r#"{"bomFormat":"CycloneDX","specVersion":"1.4","metadata":{"tools":[{"name":"odd","version":"1"}]},
      "compositions":[{"aggregate":"incomplete"}],
      "components":[
        {"type":"library","name":"a","version":"1"},
        {"type":"library","name":"b"},
        {"type":"library","name":"c","version":"1","purl":"pkg:hex/c@1"},
        {"type":"library","name":"d","purl":"pkg:npm/d"},
        {"type":"library","name":"e","version":"1","purl":"npm/e"}]}"#;
    insta::assert_snapshot!(shown(document), @r#"
    CycloneDX 1.4 by "odd 1" on "", None, 0 layers
    ? the document says that it is incomplete
    ? a package URL is wrong, it does not start with pkg:: "npm/e"
    ? no package URL says what this is: a 1, b
    ? no version is stated: d
    ? packages of the type "hex" are not known: c 1
    "#);
}

#[test]
fn what_is_no_bill_of_materials_is_refused() {
    let mistake = |text: &str| Inventory::read(text.as_bytes()).unwrap_err().to_string();
    assert_eq!(mistake("{}"), "it is neither CycloneDX nor SPDX in JSON");
    assert_eq!(mistake("<bom/>"), "it is no JSON of the expected shape");
    assert_eq!(
        mistake(r#"{"bomFormat":"CycloneDX","specVersion":"2.0"}"#),
        "it is CycloneDX 2.0, which is not supported: 1.2 to 1.7 are read"
    );
    assert_eq!(
        mistake(r#"{"spdxVersion":"SPDX-3.0"}"#),
        "it is SPDX 3.0, which is not supported: 2.2 and 2.3 are read"
    );
}

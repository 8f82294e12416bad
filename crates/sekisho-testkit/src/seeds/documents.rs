//! Documents of other tools: VEX and bills of materials.

/// Each with a product, a component and a reason.
pub(super) const OPENVEX: &[&str] = &[
    r#"{"@context":"https://openvex.dev/ns/v0.2.0","@id":"https://a.example/1","author":"a","timestamp":"2026-05-01T00:00:00Z","version":1,"statements":[{"vulnerability":{"name":"CVE-2026-0001","aliases":["GHSA-0"]},"products":[{"@id":"pkg:oci/a@sha256:00?repository_url=a.example/a","hashes":{"sha-256":"00"},"subcomponents":[{"@id":"pkg:deb/debian/b@1:2.3?arch=source"}]}],"status":"not_affected","justification":"component_not_present","impact_statement":"c"}]}"#,
    r#"{"payloadType":"application/vnd.in-toto+json","payload":"eyJwcmVkaWNhdGVUeXBlIjoiaHR0cHM6Ly9vcGVudmV4LmRldi9ucyIsInN1YmplY3QiOltdLCJwcmVkaWNhdGUiOnt9fQ==","signatures":[]}"#,
];

pub(super) const CSAF: &[&str] = &[
    r#"{"document":{"category":"csaf_vex","csaf_version":"2.0","publisher":{"name":"a"},"tracking":{"id":"b","current_release_date":"2026-05-01T00:00:00Z"}},"product_tree":{"branches":[{"branches":[{"product":{"product_id":"P","name":"p","product_identification_helper":{"purl":"pkg:rpm/redhat/c@1:2-3?arch=src","cpe":"cpe:/o:redhat:enterprise_linux:9"}}}]}],"full_product_names":[{"product_id":"Q","name":"q"}],"relationships":[{"category":"default_component_of","product_reference":"P","relates_to_product_reference":"Q","full_product_name":{"product_id":"Q:P","name":"r"}}],"product_groups":[{"group_id":"G","product_ids":["Q:P"]}]},"vulnerabilities":[{"cve":"CVE-2026-0001","ids":[{"text":"x"}],"product_status":{"known_not_affected":["Q:P"],"fixed":["P"]},"flags":[{"label":"component_not_present","group_ids":["G"]}],"threats":[{"category":"impact","details":"y","product_ids":["P"]}]}]}"#,
];

pub(super) const CYCLONEDX_VEX: &[&str] = &[
    r#"{"bomFormat":"CycloneDX","specVersion":"1.5","serialNumber":"urn:uuid:1","version":1,"metadata":{"timestamp":"2026-05-01T00:00:00Z","component":{"type":"container","bom-ref":"s","purl":"pkg:oci/a@sha256:00"},"authors":[{"name":"a"}]},"components":[{"type":"library","bom-ref":"7","purl":"pkg:npm/%40b/c@1","components":[{"type":"file","bom-ref":"8","hashes":[{"alg":"SHA-256","content":"00"}]}]}],"vulnerabilities":[{"id":"GHSA-0","references":[{"id":"CVE-2026-0001"}],"analysis":{"state":"not_affected","justification":"code_not_reachable","detail":"d"},"affects":[{"ref":"urn:cdx:1/1#7","versions":[{"version":"1"},{"range":"vers:npm/<2"}]}]}]}"#,
];

/// As the three tools write them.
pub(super) const CYCLONEDX: &[&str] = &[
    r#"{"bomFormat":"CycloneDX","specVersion":"1.6","metadata":{"tools":{"components":[{"name":"syft","version":"1"}]},"component":{"type":"container","name":"a","version":"sha256:00"}},"components":[{"type":"library","name":"b","version":"1:2-3","publisher":"c","purl":"pkg:rpm/redhat/b@2-3?epoch=1&upstream=d-2-3.src.rpm&distro=rhel-9","licenses":[{"license":{"id":"MIT"}},{"expression":"MIT"}],"properties":[{"name":"syft:location:0:path","value":"/e"},{"name":"aquasecurity:trivy:SrcVersion","value":"2"}],"evidence":{"identity":[{"confidence":0.5}],"occurrences":[{"location":"f"}]},"components":[{"type":"application","name":"g","purl":"pkg:golang/g"}]},{"type":"operating-system","name":"redhat","version":"9 (x)"}],"compositions":[{"aggregate":"incomplete"}]}"#,
];

pub(super) const SPDX: &[&str] = &[
    r#"{"spdxVersion":"SPDX-2.3","name":"a","comment":"Not read: b: c","creationInfo":{"creators":["Tool: syft-1"]},"packages":[{"SPDXID":"P","name":"d","versionInfo":"1","supplier":"Organization: e","sourceInfo":"found in f; layer sha256:00; built from source package g 1","licenseDeclared":"LicenseRef-1","externalRefs":[{"referenceType":"purl","referenceLocator":"pkg:deb/debian/d@1?distro=debian-12"}],"annotations":[{"comment":"LayerDiffID: sha256:00"}]},{"SPDXID":"R","name":"h","primaryPackagePurpose":"CONTAINER","checksums":[{"algorithm":"SHA256","checksumValue":"00"}]}],"hasExtractedLicensingInfos":[{"licenseId":"LicenseRef-1","name":"i"}],"relationships":[{"spdxElementId":"SPDXRef-DOCUMENT","relationshipType":"DESCRIBES","relatedSpdxElement":"R"},{"spdxElementId":"P","relationshipType":"CONTAINS","relatedSpdxElement":"R"}]}"#,
];

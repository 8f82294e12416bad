use sekisho_testkit::LayerBuilder;

use crate::shown::shown;

/// A document on `id` about RHEL 8 and 9 with these fields of its weakness.
fn document(id: &str, weakness: &str) -> String {
    let product = |id: &str, helper: &str| {
        format!(
            r#"{{"category":"product_version","name":"x","product":{{"name":"x","product_id":"{id}","product_identification_helper":{{{helper}}}}}}}"#
        )
    };
    let rpm = |id: &str, purl: &str| product(id, &format!(r#""purl":"pkg:{purl}""#));
    let cpe = |id: &str, cpe: &str| product(id, &format!(r#""cpe":"{cpe}""#));
    let products = [
        cpe("AppStream-9", "cpe:/a:redhat:enterprise_linux:9::appstream"),
        cpe("RHEL-8", "cpe:/o:redhat:enterprise_linux:8"),
        rpm("node.x86_64", "rpm/redhat/nodejs@18.18.2-2.module%2Bel9?arch=x86_64&epoch=1&rpmmod=nodejs:18:9030:rhel9"),
        rpm("node.s390x", "rpm/redhat/nodejs@18.18.2-2.module%2Bel9?arch=s390x&epoch=1&rpmmod=nodejs:18:9030:rhel9"),
        rpm("npm.x86_64", "rpm/redhat/npm@1-1.el9?arch=x86_64"),
        rpm("nodejs:20", "rpmmod/redhat/nodejs@20:9030:a75119d5"),
        rpm("nss", "rpm/redhat/nss?arch=src"),
        product("ubi", r#""purl":"pkg:oci/ubi@sha256:0""#),
        product("bare", ""),
    ]
    .join(",");
    let relation = |part: &str, of: &str| {
        format!(
            r#"{{"category":"default_component_of","full_product_name":{{"name":"x","product_id":"{of}:{part}"}},"product_reference":"{part}","relates_to_product_reference":"{of}"}}"#
        )
    };
    let relationships = [
        relation("node.x86_64", "AppStream-9"),
        relation("node.s390x", "AppStream-9"),
        relation("nodejs:20", "AppStream-9"),
        relation("npm.x86_64", "AppStream-9:nodejs:20"),
        relation("nss", "AppStream-9"),
        relation("nss", "RHEL-8"),
        relation("ubi", "RHEL-8"),
        relation("bare", "RHEL-8"),
        relation("loop", "RHEL-8:loop"),
    ]
    .join(",");
    format!(
        r#"{{"document":{{"title":"nodejs: a loop","aggregate_severity":{{"text":"Important"}},
        "tracking":{{"id":"{id}","status":"final","initial_release_date":"2024-03-05T00:00:00+00:00","current_release_date":"2025-08-13T15:14:45+00:00"}}}},
        "product_tree":{{"branches":[{{"category":"vendor","name":"Red Hat","branches":[{products}]}}],"relationships":[{relationships}]}},
        "vulnerabilities":[{{"cve":"{id}",{weakness}}}]}}"#
    )
}

/// What an archive with these documents gives, with these files beside it.
fn read(documents: &[(&str, String)], beside: &[(&str, &str)]) -> String {
    let mut tar = LayerBuilder::new();
    for (path, json) in documents {
        tar.file(path, json);
    }
    let packed = zstd::encode_all(tar.finish().tar.as_slice(), 1).unwrap();
    let mut files = vec![("redhat/csaf_vex.tar.zst", packed.as_slice())];
    files.extend(beside.iter().map(|(path, content)| (*path, content.as_bytes())));
    shown("redhat", &files)
}

fn read_one(weakness: &str) -> String {
    read(&[("2024/cve-2024-1.json", document("CVE-2024-1", weakness))], &[])
}

#[test]
fn a_fix_is_told_once_for_all_architectures_with_its_module_and_day() {
    insta::assert_snapshot!(read_one(
        r#""product_status":{"fixed":["AppStream-9:node.x86_64","AppStream-9:node.s390x","AppStream-9:nodejs:20:npm.x86_64","RHEL-8:ubi"]},
        "remediations":[{"category":"vendor_fix","date":"2024-04-01T10:00:00+00:00","details":"Update","product_ids":["AppStream-9:node.x86_64"],"url":"https://access.redhat.com/errata/RHSA-2024:1"}],
        "threats":[{"category":"impact","details":"Moderate","product_ids":["AppStream-9:node.x86_64"]}],
        "scores":[{"cvss_v3":{"baseScore":5.9,"vectorString":"CVSS:3.1/AV:N/AC:H","version":"3.1"},"products":[]}],
        "references":[{"category":"external","summary":"x","url":"https://example.org/"}]"#
    ), @"
    CVE-2024-1 [Red Hat Important] [CVSS_V3 CVSS:3.1/AV:N/AC:H]
      Red Hat:enterprise_linux:9::appstream nodejs (nodejs:18) [..1:18.18.2-2.module+el9) urgency moderate fixed on 2024-04-01T10:00:00+00:00
      Red Hat:enterprise_linux:9::appstream npm (nodejs:20) [..1-1.el9)
    1 of 1, 0 in part
    ");
}

#[test]
fn what_stays_open_says_why() {
    let open = |category: &str, details: &str| {
        read_one(&format!(
            r#""product_status":{{"known_affected":["AppStream-9:nss"],"known_not_affected":["RHEL-8:nss"]}},
            "remediations":[{{"category":"{category}","details":"{details}","product_ids":["AppStream-9:nss"]}}]"#
        ))
    };
    insta::assert_snapshot!(open("none_available", "Affected"), @"
    CVE-2024-1 [Red Hat Important]
      Red Hat:enterprise_linux:8 nss NotAffected
      Red Hat:enterprise_linux:9::appstream nss [..]
    1 of 1, 0 in part
    ");
    insta::assert_snapshot!(open("none_available", "Fix deferred"), @"
    CVE-2024-1 [Red Hat Important]
      Red Hat:enterprise_linux:8 nss NotAffected
      Red Hat:enterprise_linux:9::appstream nss [..] Deferred
    1 of 1, 0 in part
    ");
    insta::assert_snapshot!(open("no_fix_planned", "Will not fix"), @"
    CVE-2024-1 [Red Hat Important]
      Red Hat:enterprise_linux:8 nss NotAffected
      Red Hat:enterprise_linux:9::appstream nss [..] WillNotFix
    1 of 1, 0 in part
    ");
    insta::assert_snapshot!(open("no_fix_planned", "Out of support scope"), @"
    CVE-2024-1 [Red Hat Important]
      Red Hat:enterprise_linux:8 nss NotAffected
      Red Hat:enterprise_linux:9::appstream nss [..] EndOfLife
    1 of 1, 0 in part
    ");
    insta::assert_snapshot!(open("workaround", "Turn it off"), @"
    CVE-2024-1 [Red Hat Important]
      Red Hat:enterprise_linux:8 nss NotAffected
      Red Hat:enterprise_linux:9::appstream nss [..]
    1 of 1, 0 in part
    ");
    insta::assert_snapshot!(read_one(r#""product_status":{"under_investigation":["AppStream-9:nss"],"known_not_affected":["AppStream-9:nss"]}"#), @"
    CVE-2024-1 [Red Hat Important]
      Red Hat:enterprise_linux:9::appstream nss [..] UnderInvestigation
    1 of 1, 0 in part
    ");
}

#[test]
fn what_names_no_rpm_is_left_out_with_a_reason() {
    insta::assert_snapshot!(read_one(r#""product_status":{"known_affected":["RHEL-8:ubi","RHEL-8:bare","RHEL-8:loop","RHEL-8:loop:loop","nothing"]}"#), @"
    skipped 2024/cve-2024-1.json: the document names no rpm of a product
    0 of 1, 0 in part
    ");
    insta::assert_snapshot!(read_one(r#""product_status":{"fixed":["AppStream-9:nss"],"known_affected":["RHEL-8:nss"]}"#), @r#"
    CVE-2024-1 [Red Hat Important]
      Red Hat:enterprise_linux:8 nss [..]
    skipped 2024/cve-2024-1.json: a fix of "nss" names no version
    1 of 1, 1 in part
    "#);
}

#[test]
fn newer_documents_and_deletions_lie_beside_the_archive() {
    let affected = r#""product_status":{"known_affected":["AppStream-9:nss"]}"#;
    let newer =
        document("CVE-2024-1", r#""product_status":{"known_not_affected":["AppStream-9:nss"]}"#);
    let archived: Vec<(&str, String)> = vec![
        ("2024/cve-2024-1.json", document("CVE-2024-1", affected)),
        ("2024/cve-2024-2.json", document("CVE-2024-2", affected)),
        ("2024/cve-2024-3.json", document("CVE-2024-3", affected)),
    ];
    insta::assert_snapshot!(read(&archived, &[
        ("redhat/changed/2024/cve-2024-1.json", &newer),
        ("redhat/deletions.csv", "\"2024/cve-2024-2.json\",\"2024-05-01T00:00:00+00:00\"\n"),
    ]), @"
    CVE-2024-1 [Red Hat Important]
      Red Hat:enterprise_linux:9::appstream nss NotAffected
    skipped 2024/cve-2024-1.json: a newer document lies beside the archive
    skipped 2024/cve-2024-2.json: the document was taken back
    CVE-2024-3 [Red Hat Important]
      Red Hat:enterprise_linux:9::appstream nss [..]
    2 of 4, 0 in part
    ");
}

#[test]
fn damage_costs_its_document() {
    let deep = format!("{{\"document\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000));
    let deleted = document("CVE-2024-3", r#""threats":[]"#).replace("final", "deleted");
    insta::assert_snapshot!(read(&[
        ("2024/cve-2024-1.json", "{".to_owned()),
        ("2024/cve-2024-2.json", deep),
        ("2024/cve-2024-3.json", deleted),
        ("../../etc/passwd.json", document("CVE 4", r#""threats":[]"#)),
        ("README", "text".to_owned()),
    ], &[]), @"
    skipped 2024/cve-2024-1.json: no document of CSAF: EOF while parsing an object at line 1 column 1
    skipped 2024/cve-2024-2.json: no document of CSAF: invalid type: sequence, expected a string at line 1 column 13
    skipped 2024/cve-2024-3.json: the document was taken back
    skipped ../../etc/passwd.json: the document has no id that can be one
    0 of 4, 0 in part
    ");
}

#[test]
fn an_archive_that_was_cut_off_is_no_feed() {
    let mut tar = LayerBuilder::new();
    tar.file("2024/cve-2024-1.json", document("CVE-2024-1", r#""threats":[]"#));
    let tar = tar.finish().tar;
    let packed = zstd::encode_all(tar.as_slice(), 1).unwrap();
    let (cut, _) = packed.split_at(packed.len() - 8);
    insta::assert_snapshot!(shown("redhat", &[("redhat/csaf_vex.tar.zst", cut)]), @"error: the feed file ROOT/redhat/csaf_vex.tar.zst is no sound archive: failed to read the tar at byte 0: incomplete frame");
    insta::assert_snapshot!(shown("redhat", &[("redhat/csaf_vex.tar.zst", b"<html>")]), @"error: the feed file ROOT/redhat/csaf_vex.tar.zst is no sound archive: the tar ends inside a header at byte 6");
}

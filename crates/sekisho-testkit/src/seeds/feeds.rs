//! Feeds of advisories, each with what its format can say.

/// Target and its seeds.
pub(super) const FEEDS: &[(&str, &[&str])] = &[
    (
        "feed_amazon",
        &[
            r#"<?xml version="1.0"?><updates><update type="security"><id>ALAS2-2021-1</id><title>a &amp; b</title><issued date="2021-09-02 22:56"/><updated date="2021-09-08 01:12"/><severity>medium</severity><description><![CDATA[x]]></description><references><reference href="https://a.example/" id="CVE-2021-1" type="cve"/></references><pkglist><collection short="a"><package arch="x86_64" epoch="1" name="curl" release="1.amzn2" version="7.76.1"><filename>a.rpm</filename></package></collection></pkglist></update></updates>"#,
        ],
    ),
    (
        "feed_debian",
        &[
            r#"{"openssl":{"CVE-2024-1":{"description":"a","scope":"remote","debianbug":1,"releases":{"bullseye":{"status":"open","repositories":{"bullseye":"1-1"},"urgency":"low**","nodsa":"a","nodsa_reason":"postponed"},"bookworm":{"status":"resolved","fixed_version":"1-2","urgency":"not yet assigned"},"sid":{"status":"undetermined","urgency":"unimportant"},"trixie":{"status":"resolved","fixed_version":"0","urgency":"end-of-life"}}}}}"#,
        ],
    ),
    (
        "feed_epss",
        &[
            "#model_version:v2025.03.14,score_date:2026-11-24T12:55:00Z\ncve,epss,percentile\nCVE-2021-44228,0.94358,0.99\n",
        ],
    ),
    (
        "feed_kev",
        &[
            r#"{"title":"a","dateReleased":"2025-08-25T17:04:19.9796Z","count":1,"vulnerabilities":[{"cveID":"CVE-2021-1","dateAdded":"2021-11-03","dueDate":"2021-11-17","knownRansomwareCampaignUse":"Known","cwes":[]}]}"#,
        ],
    ),
    (
        "feed_nvd",
        &[
            r#"{"timestamp":"2024-01-01T00:00:00.000","vulnerabilities":[{"cve":{"id":"CVE-2024-1","lastModified":"2024-05-01T10:15:08.190","metrics":{"cvssMetricV40":[{"cvssData":{"vectorString":"CVSS:4.0/AV:N"}}],"cvssMetricV31":[{"cvssData":{"vectorString":"CVSS:3.1/AV:N"}}],"cvssMetricV30":[],"cvssMetricV2":[{"cvssData":{"vectorString":"AV:N"}}]}}}]}"#,
        ],
    ),
    (
        "feed_osv",
        &[
            r#"{"schema_version":"1.7.0","id":"GHSA-1","aliases":["CVE-1"],"upstream":["CVE-2"],"related":["CVE-3"],"summary":"a","details":"b","published":"2024-01-01T00:00:00Z","modified":"2024-01-02T00:00:00Z","withdrawn":"2024-01-03T00:00:00Z","severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N"}],"references":[{"type":"WEB","url":"https://a.example/"}],"affected":[{"package":{"ecosystem":"npm","name":"a"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.0.0"},{"introduced":"2.0.0"},{"last_affected":"2.1.0"},{"limit":"*"}]},{"type":"GIT","events":[]}],"versions":["0.9.0"],"severity":[{"type":"Ubuntu","score":"low"}],"ecosystem_specific":{"urgency":"low"},"database_specific":{"informational":"notice"}}],"database_specific":{"severity":"HIGH"}}"#,
            r#"{"id":"MAL-1","affected":[{"package":{"ecosystem":"Debian:12","name":"a"},"versions":["1:1.0~rc1-1"],"ranges":[{"type":"ECOSYSTEM","events":[{"fixed":"2"},{"introduced":"1"}]}]}]}"#,
        ],
    ),
    (
        "feed_redhat",
        &[
            r#"{"document":{"title":"a","aggregate_severity":{"text":"Important"},"tracking":{"id":"CVE-2024-1","status":"final","initial_release_date":"2024-03-05T00:00:00+00:00","current_release_date":"2025-08-13T15:14:45+00:00"}},"product_tree":{"branches":[{"branches":[{"product":{"product_id":"r","product_identification_helper":{"cpe":"cpe:/a:redhat:enterprise_linux:9::appstream"}}},{"product":{"product_id":"p","product_identification_helper":{"purl":"pkg:rpm/redhat/nodejs@18-2.module%2Bel9?arch=x86_64&epoch=1&rpmmod=nodejs:18:9030:rhel9"}}},{"product":{"product_id":"m","product_identification_helper":{"purl":"pkg:rpmmod/redhat/nodejs@20:9030:a"}}}]}],"relationships":[{"category":"default_component_of","full_product_name":{"product_id":"r:p"},"product_reference":"p","relates_to_product_reference":"r"},{"full_product_name":{"product_id":"r:m"},"product_reference":"m","relates_to_product_reference":"r"},{"full_product_name":{"product_id":"r:m:p"},"product_reference":"p","relates_to_product_reference":"r:m"}]},"vulnerabilities":[{"cve":"CVE-2024-1","product_status":{"fixed":["r:p"],"known_affected":["r:m:p"],"known_not_affected":["r:p"],"under_investigation":["r:m"]},"remediations":[{"category":"vendor_fix","date":"2024-04-01T10:00:00+00:00","details":"a","product_ids":["r:p"],"url":"https://access.redhat.com/errata/RHSA-2024:1"},{"category":"no_fix_planned","details":"Out of support scope","product_ids":["r:m:p"]}],"threats":[{"category":"impact","details":"Low","product_ids":["r:p"]}],"scores":[{"cvss_v3":{"vectorString":"CVSS:3.1/AV:N"}}],"references":[{"url":"https://a.example/"}]}]}"#,
        ],
    ),
    (
        "feed_secdb",
        &[
            r#"{"distroversion":"v3.20","packages":[{"pkg":{"name":"curl","secfixes":{"8.0.0-r1":["CVE-2024-1 GHSA-1 (note)","XSA-1"],"0":["CVE_2024-3","CVE 2024-4"]}}},{"pkg":{"name":"a","secfixes":null}}]}"#,
        ],
    ),
];

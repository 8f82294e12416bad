//! No package ships GitLab's schemas, so what they demand is checked here by hand.

use sekisho_testkit::report;
use serde_json::Value;

use super::{container_scanning, secret_detection};

fn now() -> jiff::Timestamp {
    "2026-11-01T06:00:00Z".parse().unwrap()
}

/// Asserts what both schemas demand of a report.
fn assert_follows_the_schema(report: &Value, scan_type: &str) {
    let text = |value: &Value| value.as_str().is_some_and(|text| !text.is_empty());
    assert_eq!(report["version"], "15.0.6");
    let scan = &report["scan"];
    assert_eq!((&scan["type"], &scan["status"]), (&scan_type.into(), &"success".into()));
    for time in ["start_time", "end_time"] {
        let shape: String = scan[time]
            .as_str()
            .unwrap()
            .chars()
            .map(|char| if char.is_ascii_digit() { '0' } else { char })
            .collect();
        assert_eq!(shape, "0000-00-00T00:00:00");
    }
    for tool in ["analyzer", "scanner"] {
        let tool = &scan[tool];
        assert!(["id", "name", "version"].iter().all(|key| text(&tool[key])), "{tool}");
        assert!(text(&tool["vendor"]["name"]));
    }
    for message in scan["messages"].as_array().unwrap() {
        assert!(["info", "warn", "fatal"].iter().any(|level| message["level"] == *level));
        assert!(text(&message["value"]));
    }
    for vulnerability in report["vulnerabilities"].as_array().unwrap() {
        let n_chars = |key: &str| vulnerability[key].as_str().unwrap_or_default().chars().count();
        assert!(text(&vulnerability["id"]));
        assert!(n_chars("name") <= 255 && n_chars("solution") <= 7000);
        let severities = ["Critical", "High", "Medium", "Low", "Info", "Unknown"];
        assert!(severities.iter().any(|severity| vulnerability["severity"] == *severity));
        let identifiers = vulnerability["identifiers"].as_array().unwrap();
        assert!(!identifiers.is_empty());
        for identifier in identifiers {
            assert!(["type", "name", "value"].iter().all(|key| text(&identifier[key])));
        }
        for link in vulnerability["links"].as_array().unwrap() {
            assert!(link["url"].as_str().unwrap().starts_with("http"));
        }
        let location = &vulnerability["location"];
        if scan_type == "container_scanning" {
            assert!(location["dependency"]["package"]["name"].is_string());
            assert!(location["dependency"]["version"].is_string());
            assert!(text(&location["operating_system"]) && text(&location["image"]));
        } else {
            assert!(text(&location["commit"]["sha"]));
        }
    }
}

#[test]
fn a_vulnerability_names_its_package_and_image() {
    let report = report::image();
    let scanned = serde_json::to_value(container_scanning(&report, Some(now()))).unwrap();
    assert_eq!(scanned["vulnerabilities"].as_array().unwrap().len(), 1);
    insta::assert_snapshot!(serde_json::to_string_pretty(&scanned["vulnerabilities"][0]).unwrap(), @r#"
    {
      "description": "A crafted PKCS12 file makes OpenSSL read through a null pointer.",
      "id": "111111111111",
      "identifiers": [
        {
          "name": "CVE-2024-0727",
          "type": "cve",
          "value": "CVE-2024-0727"
        }
      ],
      "links": [
        {
          "url": "https://security.example/CVE-2024-0727"
        }
      ],
      "location": {
        "dependency": {
          "package": {
            "name": "libssl3"
          },
          "version": "3.0.11-1~deb12u2"
        },
        "image": "registry.example/team/shop:1.4",
        "operating_system": "debian:12"
      },
      "name": "OpenSSL: a PKCS12 file can crash the reader",
      "severity": "Critical",
      "solution": "Upgrade libssl3 to 3.0.13-1~deb12u1."
    }
    "#);
    insta::assert_snapshot!(serde_json::to_string_pretty(&scanned["scan"]).unwrap(), @r#"
    {
      "analyzer": {
        "id": "sekisho",
        "name": "Sekisho",
        "vendor": {
          "name": "Sekisho"
        },
        "version": "0.1.0"
      },
      "end_time": "2026-11-01T06:00:00",
      "messages": [
        {
          "level": "info",
          "value": "1 findings are covered by exceptions and left out"
        },
        {
          "level": "info",
          "value": "3 findings of other kinds are not in this report"
        },
        {
          "level": "warn",
          "value": "1 places could not be read"
        }
      ],
      "scanner": {
        "id": "sekisho",
        "name": "Sekisho",
        "vendor": {
          "name": "Sekisho"
        },
        "version": "0.1.0"
      },
      "start_time": "2026-11-01T06:00:00",
      "status": "success",
      "type": "container_scanning"
    }
    "#);
}

#[test]
fn a_secret_names_its_file_and_line() {
    let report = report::image();
    let detected = serde_json::to_value(secret_detection(&report, Some(now()))).unwrap();
    let location = &detected["vulnerabilities"][0]["location"];
    insta::assert_snapshot!(location, @r#"{"commit":{"sha":"0000000"},"end_line":3,"file":"app/.env","start_line":3}"#);
}

#[test]
fn reports_have_what_the_schemas_demand() {
    let mut long = report::image();
    for finding in &mut long.findings {
        finding.title = "長".repeat(10_000);
        finding.remediation = "長".repeat(10_000);
        finding.id = String::new();
    }
    for report in [report::image(), report::hostile_image(), report::empty_directory(), long] {
        for now in [None, Some(now())] {
            let scanned = serde_json::to_value(container_scanning(&report, now)).unwrap();
            assert_follows_the_schema(&scanned, "container_scanning");
            let detected = serde_json::to_value(secret_detection(&report, now)).unwrap();
            assert_follows_the_schema(&detected, "secret_detection");
        }
    }
}

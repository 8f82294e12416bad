use sekisho_testkit::{report, schema};
use serde_json::Value;

use super::Log;

fn run(report: &sekisho_types::report::Report) -> Value {
    serde_json::to_value(Log::from(report)).unwrap()["runs"][0].take()
}

#[test]
fn a_finding_says_rule_place_and_fingerprint() {
    let run = run(&report::image());
    let secret = &run["results"][2];
    insta::assert_snapshot!(serde_json::to_string_pretty(secret).unwrap(), @r#"
    {
      "level": "error",
      "locations": [
        {
          "logicalLocations": [
            {
              "fullyQualifiedName": "sha256:0202020202020202020202020202020202020202020202020202020202020202",
              "kind": "module"
            }
          ],
          "physicalLocation": {
            "artifactLocation": {
              "uri": "app/.env"
            },
            "region": {
              "startLine": 3
            }
          }
        }
      ],
      "message": {
        "text": "An AWS access key lies in the image: AKIA**************** is an access key of AWS; a later layer deletes the file."
      },
      "partialFingerprints": {
        "sekishoFinding/v1": "131313131313"
      },
      "properties": {
        "confidence": "high",
        "severity": "high"
      },
      "ruleId": "SEK-SECRET-0001",
      "ruleIndex": 4,
      "suppressions": []
    }
    "#);
    let index = usize::try_from(secret["ruleIndex"].as_u64().unwrap()).unwrap();
    let rule = &run["tool"]["driver"]["rules"][index];
    assert_eq!(rule["id"], secret["ruleId"]);
    insta::assert_snapshot!(serde_json::to_string_pretty(rule).unwrap(), @r#"
    {
      "defaultConfiguration": {
        "level": "error"
      },
      "help": {
        "text": "Revoke the key, then build the image without it."
      },
      "id": "SEK-SECRET-0001",
      "properties": {
        "precision": "high",
        "security-severity": "8.0",
        "tags": [
          "security",
          "secret"
        ]
      },
      "shortDescription": {
        "text": "An AWS access key lies in the image"
      }
    }
    "#);
}

#[test]
fn an_exception_is_a_suppression_and_nothing_else_is() {
    let run = run(&report::image());
    let n_suppressed: Vec<usize> = run["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|result| result["suppressions"].as_array().unwrap().len())
        .collect();
    assert_eq!(n_suppressed, [0, 1, 0, 0, 0]);
    assert_eq!(
        run["results"][1]["suppressions"][0]["justification"],
        "the service reads no DSA keys"
    );
}

#[test]
fn what_was_not_read_is_a_notification() {
    let run = run(&report::image());
    let notification = &run["invocations"][0]["toolExecutionNotifications"][0];
    assert_eq!(notification["message"]["text"], "not read: line 3: a package without a version");
}

#[test]
fn logs_are_valid_by_the_published_schema() {
    let Some(directory) = schema::directory() else { return };
    let mut schema = schema::read(&directory, "sarif-2.1.0.schema.json");
    // The pattern of this field, which is not written here, is no valid regular expression.
    for definition in ["run", "toolComponent"] {
        let language = &mut schema["definitions"][definition]["properties"]["language"];
        language.as_object_mut().unwrap().remove("pattern");
    }
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    for report in [report::image(), report::hostile_image(), report::empty_directory()] {
        let log = serde_json::to_value(Log::from(&report)).unwrap();
        let mistakes: Vec<String> = validator
            .iter_errors(&log)
            .map(|mistake| format!("{}: {mistake}", mistake.instance_path()))
            .collect();
        assert!(mistakes.is_empty(), "{mistakes:#?}");
    }
}

//! A task definition as a template.

use serde_json::{Map, Value, json};

use super::{PART, UNKNOWN};

/// Members whose keys the user gives.
const NAMES: &[&str] = &["options", "dockerLabels", "driverOpts", "labels"];

pub(super) fn json(task: &Value) -> String {
    let template = json!({
        "Parameters": {"Later": {"Type": "String"}},
        "Resources": {
            "Task": {"Type": "AWS::ECS::TaskDefinition", "Properties": translated(task)},
        },
    });
    serde_json::to_string_pretty(&template).unwrap()
}

/// The value in the words of the other notation.
fn translated(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let members = members.iter().map(|(key, value)| {
                let value =
                    if NAMES.contains(&key.as_str()) { filled(value) } else { translated(value) };
                (name(key), value)
            });
            Value::Object(members.collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(translated).collect()),
        Value::String(text) if text == UNKNOWN => json!({"Ref": "Later"}),
        Value::String(text) if text.contains(PART) => {
            json!({"Fn::Sub": text.replace(PART, "${Later}")})
        }
        value => value.clone(),
    }
}

/// The same with keys left as they are.
fn filled(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let members: Map<String, Value> =
                members.iter().map(|(key, value)| (key.clone(), filled(value))).collect();
            Value::Object(members)
        }
        value => translated(value),
    }
}

fn name(key: &str) -> String {
    match key {
        "efsVolumeConfiguration" => "EFSVolumeConfiguration".to_owned(),
        "fileSystemId" => "FilesystemId".to_owned(),
        "iam" => "IAM".to_owned(),
        key => {
            let (first, rest) = key.split_at(1);
            first.to_uppercase() + rest
        }
    }
}

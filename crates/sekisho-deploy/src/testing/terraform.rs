//! A task definition as a resource of Terraform.

use std::fmt::Write as _;

use serde_json::Value;

use super::{PART, UNKNOWN};

/// Members that are maps there, not blocks.
const MAPS: &[&str] = &["driverOpts", "labels"];

pub(super) fn resource(task: &Value) -> String {
    let mut text =
        "variable \"later\" {}\n\nresource \"aws_ecs_task_definition\" \"task\" {\n".to_owned();
    for (key, value) in task.as_object().unwrap() {
        match (key.as_str(), value) {
            ("containerDefinitions", value) => {
                writeln!(text, "  container_definitions = jsonencode({})", expression(value))
                    .unwrap();
            }
            ("tags", Value::Array(tags)) => {
                text.push_str("  tags = {\n");
                for tag in tags {
                    writeln!(text, "    {} = {}", tag["key"], expression(&tag["value"])).unwrap();
                }
                text.push_str("  }\n");
            }
            ("volumes", Value::Array(volumes)) => {
                for volume in volumes {
                    block("volume", volume, 2, &mut text);
                }
            }
            (key, value) => member(key, value, 2, &mut text),
        }
    }
    text.push_str("}\n");
    text
}

fn block(name: &str, members: &Value, indent: usize, text: &mut String) {
    writeln!(text, "{:indent$}{name} {{", "").unwrap();
    for (key, value) in members.as_object().unwrap() {
        match (key.as_str(), value) {
            ("host", Value::Object(host)) => {
                if let Some(path) = host.get("sourcePath") {
                    member("hostPath", path, indent + 2, text);
                }
            }
            (key, value) => member(key, value, indent + 2, text),
        }
    }
    writeln!(text, "{:indent$}}}", "").unwrap();
}

fn member(key: &str, value: &Value, indent: usize, text: &mut String) {
    let name = snake(key);
    if value.is_object() && !MAPS.contains(&key) {
        block(&name, value, indent, text);
    } else {
        writeln!(text, "{:indent$}{name} = {}", "", expression(value)).unwrap();
    }
}

fn expression(value: &Value) -> String {
    let text = serde_json::to_string_pretty(value).unwrap();
    text.replace(&format!("\"{UNKNOWN}\""), "var.later").replace(PART, "${var.later}")
}

fn snake(key: &str) -> String {
    let mut made = String::new();
    for char in key.chars() {
        if char.is_ascii_uppercase() {
            made.push('_');
        }
        made.push(char.to_ascii_lowercase());
    }
    made
}

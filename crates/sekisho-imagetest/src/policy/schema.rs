//! The JSON Schema for editors, and the tables of the reference page.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::shape::{self, Field, Kind};

/// The schema of `sekisho/1` as JSON Schema, for editors.
pub fn json_schema() -> Value {
    let mut schema = object(shape::POLICY);
    if let Some(schema) = schema.as_object_mut() {
        let text = |text: &str| Value::String(text.to_owned());
        schema.insert("$schema".to_owned(), text("https://json-schema.org/draft/2020-12/schema"));
        schema.insert("title".to_owned(), text("Image policy of Sekisho"));
        schema.insert("required".to_owned(), json!(["schemaVersion"]));
        if let Some(version) =
            schema.get_mut("properties").and_then(|it| it.get_mut("schemaVersion"))
        {
            *version = json!({"const": super::VERSION});
        }
    }
    schema
}

fn object(fields: &[Field]) -> Value {
    let mut properties = Map::new();
    for field in fields {
        let mut value = of(field.kind);
        if let Some(value) = value.as_object_mut() {
            value.insert("description".to_owned(), Value::String(field.about.to_owned()));
        }
        properties.insert(field.name.to_owned(), value);
    }
    json!({"type": "object", "additionalProperties": false, "properties": properties})
}

fn of(kind: Kind) -> Value {
    // YAML writes many texts without quotes: numbers, words of truth.
    let scalar = || json!({"type": ["string", "number", "boolean", "null"]});
    match kind {
        Kind::Text => scalar(),
        Kind::Flag => json!({"type": "boolean"}),
        Kind::Number | Kind::Seconds => json!({"type": "integer", "minimum": 0}),
        Kind::Size => json!({"type": ["integer", "string"]}),
        Kind::Word(words) => json!({"enum": words}),
        Kind::Texts => json!({"type": "array", "items": scalar()}),
        Kind::Words(words) => json!({"type": "array", "items": {"enum": words}}),
        Kind::Map => json!({"type": "object", "additionalProperties": scalar()}),
        Kind::Commands => {
            json!({"type": "array", "items": {"type": "array", "items": scalar(), "minItems": 1}})
        }
        Kind::Object(fields) => object(fields),
        Kind::List(fields) => json!({"type": "array", "items": object(fields)}),
    }
}

/// Every field with what it holds and means, as tables of Markdown.
pub fn reference() -> String {
    let mut text = String::new();
    table(&mut text, "", shape::POLICY);
    text
}

fn table(text: &mut String, name: &str, fields: &'static [Field]) {
    const TO_MEMORY: &str = "a String takes everything";
    if name.is_empty() {
        text.push_str("## The file\n\n");
    } else {
        writeln!(text, "\n## {name}\n").expect(TO_MEMORY);
    }
    text.push_str("| field | holds | meaning |\n|---|---|---|\n");
    for field in fields {
        let holds = match field.kind {
            Kind::Text => "text".to_owned(),
            Kind::Flag => "true or false".to_owned(),
            Kind::Number => "a number".to_owned(),
            Kind::Size => "bytes, or `500MiB`".to_owned(),
            Kind::Seconds => "seconds".to_owned(),
            Kind::Word(words) => one_of(words),
            Kind::Words(words) => format!("a list of {}", one_of(words)),
            Kind::Texts => "a list of texts".to_owned(),
            Kind::Map => "names with texts".to_owned(),
            Kind::Commands => "a list of commands".to_owned(),
            Kind::Object(_) => "[fields](#".to_owned() + field.name + ")",
            Kind::List(_) => "a list of [fields](#".to_owned() + field.name + ")",
        };
        writeln!(text, "| `{}` | {holds} | {} |", field.name, field.about).expect(TO_MEMORY);
    }
    for field in fields {
        match field.kind {
            // Both streams of a command have the same fields.
            Kind::Object(_) if field.name == "stderr" => (),
            Kind::Object(fields) | Kind::List(fields) => table(text, field.name, fields),
            _ => (),
        }
    }
}

fn one_of(words: &[&str]) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    words.join(", ")
}

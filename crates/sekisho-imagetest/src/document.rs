//! A suite as it was written: every value with its place in the file.
//!
//! Suites are read strictly and their mistakes are shown on their own lines, all of them, so the
//! text becomes a tree with places first, and what it means is asked of the tree.

mod json;
mod scalar;
mod yaml;

use std::fmt;

pub(crate) use scalar::{Resolved, resolve};

/// Largest suite that is read. A thousand tests take about 100 kB.
pub const MAX_DOCUMENT_BYTES: usize = 8 << 20;

/// Most values of a suite, aliases expanded.
const MAX_NODES: usize = 400_000;

/// Deepest nesting of a suite.
const MAX_DEPTH: usize = 100;

/// Where something stands in a file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// In characters, on that line.
    pub length: usize,
}

/// The language a suite is written in; it decides what is left out means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notation {
    Yaml,
    Json,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) value: Value,
    pub(crate) place: Place,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    Scalar(Scalar),
    Sequence(Vec<Node>),
    /// In the order of the file.
    Mapping(Vec<(Node, Node)>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scalar {
    pub(crate) text: String,
    pub(crate) kind: ScalarKind,
}

/// How a scalar is to be understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ScalarKind {
    /// By its text, as YAML 1.1 does.
    Plain,
    /// As text: it was quoted, or has the tag of text.
    Text,
    /// A number, `true`, `false` or `null` of JSON.
    JsonLiteral,
}

/// Why a text is no document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {}: {what}", place.line)]
pub(crate) struct DocumentError {
    pub(crate) place: Place,
    pub(crate) what: String,
}

impl Notation {
    /// By the name of a file: JSON for `.json`, YAML for `.yaml` and `.yml`.
    pub fn of_name(name: &str) -> Option<Self> {
        let ends = |suffix| name.ends_with(suffix);
        match () {
            () if ends(".json") => Some(Self::Json),
            () if ends(".yaml") || ends(".yml") => Some(Self::Yaml),
            () => None,
        }
    }

    pub(crate) fn parse(self, text: &str) -> Result<Node, DocumentError> {
        if text.len() > MAX_DOCUMENT_BYTES {
            let what = format!("more than the {MAX_DOCUMENT_BYTES} bytes that are read");
            return Err(DocumentError { place: Place::default(), what });
        }
        match self {
            Self::Yaml => yaml::parse(text),
            Self::Json => json::parse(text),
        }
    }
}

impl Node {
    /// What it is, for messages.
    pub(crate) fn kind(&self) -> &'static str {
        match &self.value {
            Value::Sequence(_) => "a list",
            Value::Mapping(_) => "a mapping",
            Value::Scalar(scalar) => match resolve(scalar) {
                Resolved::Null => "nothing",
                Resolved::Bool(_) => "a truth value",
                Resolved::Integer(_) | Resolved::Float(_) => "a number",
                Resolved::Text => "text",
            },
        }
    }

    pub(crate) fn is_null(&self) -> bool {
        matches!(&self.value, Value::Scalar(scalar) if resolve(scalar) == Resolved::Null)
    }

    /// The text of a scalar as it stands in the file, unquoted.
    pub(crate) fn scalar(&self) -> Option<&Scalar> {
        match &self.value {
            Value::Scalar(scalar) => Some(scalar),
            Value::Sequence(_) | Value::Mapping(_) => None,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(node: &Node) -> String {
        match &node.value {
            Value::Scalar(scalar) => format!("{:?}", scalar.text),
            Value::Sequence(items) => {
                format!("[{}]", items.iter().map(shown).collect::<Vec<_>>().join(", "))
            }
            Value::Mapping(pairs) => {
                let pairs: Vec<String> =
                    pairs.iter().map(|(key, value)| shown(key) + ": " + &shown(value)).collect();
                format!("{{{}}}", pairs.join(", "))
            }
        }
    }

    fn parsed(notation: Notation, text: &str) -> String {
        notation.parse(text).map_or_else(|err| err.to_string(), |node| shown(&node))
    }

    #[test]
    fn anchors_and_merges_are_expanded() {
        let yaml = "\
base: &base {a: 1, b: 2}
more: &more {c: 3}
one: {<<: *base, b: 4}
two:
  <<: [*base, *more, {a: 5}]
";
        insta::assert_snapshot!(parsed(Notation::Yaml, yaml), @r#"{"base": {"a": "1", "b": "2"}, "more": {"c": "3"}, "one": {"b": "4", "a": "1"}, "two": {"a": "1", "b": "2", "c": "3"}}"#);
    }

    #[test]
    fn the_first_document_counts_and_places_are_kept() {
        let node = Notation::Yaml.parse("a: 1\nbc: 'x'\n---\nd: 2\n").unwrap();
        let Value::Mapping(pairs) = &node.value else { panic!("{node:?}") };
        assert_eq!(pairs[1].0.place, Place { line: 2, column: 1, length: 2 });
        assert_eq!(pairs[1].1.place, Place { line: 2, column: 5, length: 3 });
        assert_eq!(pairs.len(), 2);
    }

    #[test]
    fn hostile_documents_are_bounded() {
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..9 {
            let alias = format!("*a{}", level - 1);
            bomb.push_str(&["a", &level.to_string(), ": &a", &level.to_string(), " ["].concat());
            bomb.push_str(&[alias.as_str(); 10].join(", "));
            bomb.push_str("]\n");
        }
        assert!(parsed(Notation::Yaml, &bomb).contains("more than 400000 values"));
        let deep = "[".repeat(5000);
        assert!(parsed(Notation::Yaml, &deep).contains("line 1"));
        assert!(parsed(Notation::Json, &deep).contains("nested more than 100 deep"));
        assert!(parsed(Notation::Yaml, "a: *b\n").contains("line 1"));
    }

    #[test]
    fn json_is_read_with_places() {
        let text = "{\n \"a\": [1, -2.5e3, true, null],\n \"b\\n\": \"\\u0041\\ud83d\\ude00\"\n}";
        insta::assert_snapshot!(parsed(Notation::Json, text), @r#"{"a": ["1", "-2.5e3", "true", "null"], "b\n": "A😀"}"#);
        for (wrong, want) in [
            ("{\"a\": 1,}", "line 1: a name in quotes is expected"),
            ("[1 2]", "line 1: , or ] is expected"),
            ("[01]", "line 1: , or ] is expected"),
            ("\"a\nb\"", "line 1: a control character in a text"),
            ("[1]\nx", "line 2: nothing is expected here"),
            ("", "line 1: a value is expected"),
            ("\"\\ud800\"", "line 1: an unknown escape in a text"),
        ] {
            assert_eq!(parsed(Notation::Json, wrong), want, "{wrong:?}");
        }
    }
}

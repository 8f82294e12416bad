//! What a file says, whatever its notation: values with their places.

use crate::source::Place;

/// Stands in a text for a part that is known only at deployment. It has no other use in the
/// files that are read here.
pub(crate) const HOLE: char = '\u{FFFC}';

/// Deepest nesting of any notation.
pub(crate) const MAX_DEPTH: usize = 64;

/// Most values of one file, aliases counted as often as they are used.
pub(crate) const MAX_NODES: usize = 500_000;

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) value: Value,
    pub(crate) place: Place,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    /// As it is written.
    Number(String),
    /// With [`HOLE`] for what is not known.
    Text(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
    /// Known only at deployment.
    Unknown,
}

/// A key with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) key_place: Place,
    pub(crate) value: Node,
}

impl Node {
    pub(crate) fn new(value: Value, place: Place) -> Self {
        Self { value, place }
    }

    pub(crate) fn unknown(place: Place) -> Self {
        Self::new(Value::Unknown, place)
    }

    pub(crate) fn text(text: impl Into<String>, place: Place) -> Self {
        Self::new(Value::Text(text.into()), place)
    }

    pub(crate) fn map(entries: Vec<Entry>, place: Place) -> Self {
        Self::new(Value::Map(entries), place)
    }

    /// The value of a key, spelled in any notation: `taskRoleArn`, `TaskRoleArn`,
    /// `task_role_arn`.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        self.entry(key).map(|entry| &entry.value)
    }

    pub(crate) fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().find(|entry| is_same_key(&entry.key, key))
    }

    /// The value of a key that is spelled like this.
    pub(crate) fn exact(&self, key: &str) -> Option<&Self> {
        self.entries().iter().find(|entry| entry.key == key).map(|entry| &entry.value)
    }

    /// Of a map; none of anything else.
    pub(crate) fn entries(&self) -> &[Entry] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    /// Of a map; none of anything else.
    pub(crate) fn entries_mut(&mut self) -> &mut [Entry] {
        match &mut self.value {
            Value::Map(entries) => entries,
            _ => &mut [],
        }
    }

    /// Of a list; none of anything else.
    pub(crate) fn items_mut(&mut self) -> &mut [Self] {
        match &mut self.value {
            Value::List(items) => items,
            _ => &mut [],
        }
    }

    /// Of a list; none of anything else.
    pub(crate) fn items(&self) -> &[Self] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    /// A list, or the one value that stands for a list of itself.
    pub(crate) fn one_or_more(&self) -> &[Self] {
        match &self.value {
            Value::List(items) => items,
            _ => std::slice::from_ref(self),
        }
    }

    /// A text, a number or a flag, as a text.
    pub(crate) fn as_text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) | Value::Number(text) => Some(text),
            Value::Bool(true) => Some("true"),
            Value::Bool(false) => Some("false"),
            _ => None,
        }
    }

    /// A text without any hole.
    pub(crate) fn whole_text(&self) -> Option<&str> {
        self.as_text().filter(|text| is_whole(text))
    }

    pub(crate) fn is_map(&self) -> bool {
        matches!(self.value, Value::Map(_))
    }

    pub(crate) fn is_unknown(&self) -> bool {
        match &self.value {
            Value::Unknown => true,
            Value::Text(text) => text.chars().all(|char| char == HOLE) && !text.is_empty(),
            _ => false,
        }
    }
}

/// Whether all of a text is known.
pub(crate) fn is_whole(text: &str) -> bool {
    !text.contains(HOLE)
}

/// A text for people: what is not known is an ellipsis.
pub(crate) fn shown(text: &str) -> String {
    text.replace(HOLE, "…")
}

/// Whether two notations of a key mean the same: case and underscores aside.
pub(crate) fn is_same_key(a: &str, b: &str) -> bool {
    let fold = |text: &str| {
        text.chars().filter(|char| *char != '_').map(|char| char.to_ascii_lowercase()).collect()
    };
    let (a, b): (String, String) = (fold(a), fold(b));
    a == b
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_the_same_in_every_notation() {
        assert!(is_same_key("taskRoleArn", "TaskRoleArn"));
        assert!(is_same_key("task_role_arn", "taskRoleArn"));
        assert!(!is_same_key("taskRole", "taskRoleArn"));
    }

    #[test]
    fn a_text_of_holes_is_not_known() {
        let node = |text: &str| Node::text(text, Place::default());
        assert!(node("\u{FFFC}").is_unknown());
        assert!(!node("").is_unknown());
        assert_eq!(node("\u{FFFC}/app:latest").whole_text(), None);
        assert_eq!(shown("\u{FFFC}/app"), "…/app");
    }
}

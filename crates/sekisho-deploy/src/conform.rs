//! Brings a value into the members of a structure, and finds what the API would refuse.

use crate::{
    node::{Entry, Node, Value, is_same_key},
    schema::{self, Shape, Type},
    task::{Mistake, MistakeKind, Notation},
};

/// The value with the names of the API; of members that do not exist, nothing stays.
pub(crate) fn conform(
    node: &Node,
    shape: &'static Shape,
    notation: Notation,
    mistakes: &mut Vec<Mistake>,
) -> Node {
    Conformer { notation, mistakes, container: None }.structure(node, shape)
}

struct Conformer<'a> {
    notation: Notation,
    mistakes: &'a mut Vec<Mistake>,
    container: Option<String>,
}

impl Conformer<'_> {
    fn mistake(&mut self, node: &Node, key: &str, kind: MistakeKind) {
        let (place, container) = (node.place, self.container.clone());
        self.mistakes.push(Mistake { place, container, key: key.to_owned(), kind });
    }

    fn structure(&mut self, node: &Node, shape: &'static Shape) -> Node {
        if node.is_unknown() {
            return Node::unknown(node.place);
        }
        let mut entries: Vec<Entry> = Vec::new();
        for entry in node.entries() {
            let name = self.api_name(&entry.key);
            let found = shape.members.iter().find(|(member, _)| is_same_key(member, name));
            let Some(&(member, kind)) = found else {
                self.unknown_member(entry, shape);
                continue;
            };
            if !self.is_spelled(&entry.key, member) {
                let key = Node::unknown(entry.key_place);
                self.mistake(&key, &entry.key, MistakeKind::UnknownMember(Some(member)));
            }
            let value = self.value(&entry.value, kind, &entry.key);
            entries.push(Entry { key: member.to_owned(), key_place: entry.key_place, value });
        }
        for member in shape.required {
            if !entries.iter().any(|entry| entry.key == *member) {
                self.mistake(node, member, MistakeKind::Missing);
            }
        }
        Node::map(entries, node.place)
    }

    fn unknown_member(&mut self, entry: &Entry, shape: &'static Shape) {
        let is_top = std::ptr::eq(shape, &raw const schema::TASK_DEFINITION);
        if is_top && schema::DESCRIBED.contains(&entry.key.as_str()) {
            return;
        }
        let here = shape.members.iter().map(|(member, _)| *member);
        let meant =
            closest(&entry.key, here).or_else(|| closest(&entry.key, schema::all_members()));
        let key = Node::unknown(entry.key_place);
        self.mistake(&key, &entry.key, MistakeKind::UnknownMember(meant));
    }

    /// The name in the API of what CloudFormation calls otherwise.
    fn api_name<'k>(&self, key: &'k str) -> &'k str {
        let other = schema::CLOUDFORMATION_NAMES.iter().find(|(theirs, _)| {
            self.notation == Notation::CloudFormation && is_same_key(theirs, key)
        });
        other.map_or(key, |(_, ours)| ours)
    }

    /// Whether the key is spelled as the notation demands.
    fn is_spelled(&self, key: &str, member: &str) -> bool {
        match self.notation {
            Notation::TaskDefinition | Notation::Terraform => key == member,
            // Some abbreviations are in capitals there.
            Notation::CloudFormation => {
                key.starts_with(|char: char| char.is_ascii_uppercase())
                    && (key.get(1..) == member.get(1..)
                        || ["EFS", "FSx", "S3", "IAM", "Filesystem", "ProxyConfiguration"]
                            .iter()
                            .any(|it| key.starts_with(it)))
            }
        }
    }

    fn value(&mut self, node: &Node, kind: Type, key: &str) -> Node {
        if node.is_unknown() || node.value == Value::Null {
            return node.clone();
        }
        let is_strict = self.notation == Notation::TaskDefinition;
        let wrong = match (kind, &node.value) {
            (Type::Text, Value::Number(_) | Value::Bool(_)) if is_strict => Some("a text"),
            (Type::Text, Value::List(_) | Value::Map(_)) => Some("a text"),
            (Type::Number, Value::Text(text)) if is_strict || !is_number(text) => Some("a number"),
            (Type::Number, Value::Bool(_) | Value::List(_) | Value::Map(_)) => Some("a number"),
            (Type::Number, Value::Number(number)) if number.parse::<i64>().is_err() => {
                Some("a whole number")
            }
            (Type::Flag, Value::Text(text))
                if is_strict || !matches!(text.as_str(), "true" | "false") =>
            {
                Some("true or false")
            }
            (Type::Flag, Value::Number(_) | Value::List(_) | Value::Map(_)) => {
                Some("true or false")
            }
            (Type::Texts | Type::Many(_), value) if !matches!(value, Value::List(_)) => {
                Some("a list")
            }
            (Type::Names | Type::One(_), value) if !matches!(value, Value::Map(_)) => Some("a map"),
            _ => None,
        };
        if let Some(wanted) = wrong {
            self.mistake(node, key, MistakeKind::WrongType(wanted));
            return node.clone();
        }
        match kind {
            Type::One(shape) => self.structure(node, shape),
            Type::Many(shape) => {
                let is_containers = key.to_ascii_lowercase().starts_with("container");
                let mut items = Vec::new();
                for item in node.items() {
                    if is_containers {
                        self.container =
                            item.get("name").and_then(Node::as_text).map(str::to_owned);
                    }
                    if item.is_map() || item.is_unknown() {
                        items.push(self.structure(item, shape));
                    } else {
                        self.mistake(item, key, MistakeKind::WrongType("a list of maps"));
                    }
                }
                if is_containers {
                    self.container = None;
                }
                Node::new(Value::List(items), node.place)
            }
            Type::Texts if is_strict => {
                for item in node.items() {
                    if matches!(item.value, Value::List(_) | Value::Map(_)) {
                        self.mistake(item, key, MistakeKind::WrongType("a list of texts"));
                    }
                }
                node.clone()
            }
            Type::Text | Type::Number | Type::Flag | Type::Texts | Type::Names => node.clone(),
        }
    }
}

/// Whether all of it is digits, apart from what is not known.
fn is_number(text: &str) -> bool {
    !crate::node::is_whole(text) || text.trim().parse::<i64>().is_ok()
}

/// The member that was likely meant.
fn closest(key: &str, members: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    let key = key.to_ascii_lowercase().replace('_', "");
    let limit = (key.len() / 4).clamp(1, 3);
    let near = members.filter_map(|member| {
        let distance = distance(&key, &member.to_ascii_lowercase());
        (distance <= limit).then_some((distance, member))
    });
    near.min().map(|(_, member)| member)
}

/// Longest word whose distance is asked.
const MAX_WORD: usize = 64;

/// Levenshtein's distance; far for long words.
fn distance(a: &str, b: &str) -> usize {
    if a.len() > MAX_WORD || b.len() > MAX_WORD {
        return usize::MAX;
    }
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        if let Some(first) = row.first_mut() {
            *first = left;
        }
        for (cell, y) in row.iter_mut().skip(1).zip(b.chars()) {
            let cost = diagonal + usize::from(x != y);
            diagonal = *cell;
            left = cost.min(*cell + 1).min(left + 1);
            *cell = left;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_with_a_slip_is_recognised() {
        let find = |key: &str| closest(key, schema::all_members());
        assert_eq!(find("privilege"), Some("privileged"));
        assert_eq!(find("readOnlyRootFileSystem"), Some("readonlyRootFilesystem"));
        assert_eq!(find("memoryReservaton"), Some("memoryReservation"));
        assert_eq!(find("banana"), None);
        assert_eq!(find(&"a".repeat(1000)), None);
    }
}

//! Values that may be absent or unknown, and how they are taken from a file.

use crate::{
    node::{HOLE, Node, Value},
    source::Place,
};

/// What a file says of one setting.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Field<T> {
    #[default]
    Absent,
    /// It is set, to something that is known only at deployment.
    Unknown(Place),
    Known(T, Place),
}

impl<T> Field<T> {
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value, _) => Some(value),
            Self::Absent | Self::Unknown(_) => None,
        }
    }

    pub fn place(&self) -> Option<Place> {
        match self {
            Self::Known(_, place) | Self::Unknown(place) => Some(*place),
            Self::Absent => None,
        }
    }

    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown(_))
    }
}

impl<T: PartialEq> Field<T> {
    pub fn is(&self, value: &T) -> bool {
        self.known() == Some(value)
    }
}

impl Field<String> {
    pub fn text(&self) -> Option<&str> {
        self.known().map(String::as_str)
    }

    /// A text without any hole.
    pub fn whole(&self) -> Option<&str> {
        self.text().filter(|text| !text.contains(HOLE))
    }
}

/// Several values, of which some may not be known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List<T> {
    pub items: Vec<T>,
    /// Whether more may be there at deployment.
    pub is_open: bool,
    pub place: Option<Place>,
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self { items: Vec::new(), is_open: false, place: None }
    }
}

impl<T> List<T> {
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.items.iter()
    }

    /// Whether nothing is there for sure.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty() && !self.is_open
    }
}

impl<'a, T> IntoIterator for &'a List<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.iter()
    }
}

/// A value with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot<T> {
    pub value: T,
    pub place: Place,
}

/// A name and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    pub name: String,
    pub value: Field<String>,
    pub place: Place,
}

/// The members of a value, by name.
impl Node {
    pub(crate) fn text_field(&self, key: &str) -> Field<String> {
        self.field(key, |node| node.as_text().map(str::to_owned))
    }

    pub(crate) fn number_field(&self, key: &str) -> Field<i64> {
        self.field(key, |node| node.as_text()?.trim().parse().ok())
    }

    pub(crate) fn flag_field(&self, key: &str) -> Field<bool> {
        self.field(key, |node| match node.as_text()? {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        })
    }

    /// A member that `read` makes something of; a value of the wrong type says nothing.
    pub(crate) fn field<T>(&self, key: &str, read: impl Fn(&Self) -> Option<T>) -> Field<T> {
        let Some(node) = self.get(key) else { return Field::Absent };
        if node.value == Value::Null {
            return Field::Absent;
        }
        match read(node) {
            _ if node.is_unknown() => Field::Unknown(node.place),
            Some(value) => Field::Known(value, node.place),
            None if node.as_text().is_some_and(|text| text.contains(HOLE)) => {
                Field::Unknown(node.place)
            }
            None => Field::Absent,
        }
    }

    pub(crate) fn list_field<T>(&self, key: &str, read: impl Fn(&Self) -> Option<T>) -> List<T> {
        let Some(node) = self.get(key) else { return List::default() };
        let mut list = List { place: Some(node.place), ..List::default() };
        match &node.value {
            Value::Null => return List::default(),
            Value::Unknown => list.is_open = true,
            Value::Text(_) if node.is_unknown() => list.is_open = true,
            _ => {
                for item in node.one_or_more() {
                    if item.is_unknown() {
                        list.is_open = true;
                    } else {
                        list.items.extend(read(item));
                    }
                }
            }
        }
        list
    }

    pub(crate) fn texts_field(&self, key: &str) -> List<Spot<String>> {
        self.list_field(key, |node| {
            Some(Spot { value: node.as_text()?.to_owned(), place: node.place })
        })
    }

    /// Members that the user named, each with a text.
    pub(crate) fn names_field(&self, key: &str) -> List<Pair> {
        let Some(node) = self.get(key) else { return List::default() };
        let items = node.entries().iter().map(|entry| {
            let value = match entry.value.as_text() {
                Some(text) if !entry.value.is_unknown() => {
                    Field::Known(text.to_owned(), entry.value.place)
                }
                _ => Field::Unknown(entry.value.place),
            };
            Pair { name: entry.key.clone(), value, place: entry.key_place }
        });
        List { items: items.collect(), is_open: node.is_unknown(), place: Some(node.place) }
    }

    /// A list of maps of a name and a value.
    pub(crate) fn pairs_field(&self, key: &str, name: &str, value: &str) -> List<Pair> {
        self.list_field(key, |node| {
            Some(Pair {
                name: node.get(name)?.as_text()?.to_owned(),
                value: node.text_field(value),
                place: node.get(name)?.place,
            })
        })
    }
}

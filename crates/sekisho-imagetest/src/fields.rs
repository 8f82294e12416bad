//! Asks a tree for the fields that a schema knows, and names every mistake with its line.

use crate::{
    Mistake, Notation, Place,
    document::{Node, Resolved, Value, resolve},
};

/// A value and where it stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Located<T> {
    pub value: T,
    pub place: Place,
}

/// How a suite is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Manner {
    pub(crate) notation: Notation,
    /// Whether JSON and explicit nulls are read as the peer reads them: unknown names of JSON are
    /// let pass, and what is left out there, or is null, is zero.
    pub(crate) is_compatible: bool,
}

/// Reads trees; what is wrong is collected on the way.
#[derive(Debug)]
pub(crate) struct Decoder {
    pub(crate) manner: Manner,
    pub(crate) mistakes: Vec<Mistake>,
    pub(crate) lints: Vec<Mistake>,
}

/// A mapping whose names have been checked.
#[derive(Debug)]
pub(crate) struct Fields<'n> {
    pairs: Vec<(&'static str, &'n Node)>,
    pub(crate) place: Place,
}

/// Names that people write for what has another name.
const OTHER_NAMES: [(&str, &str); 9] = [
    ("env", "envVars"),
    ("environment", "envVars"),
    ("envVariableTests", "globalEnvVars"),
    ("envVars", "globalEnvVars"),
    ("metadataTests", "metadataTest"),
    ("workingDir", "workdir"),
    ("ports", "exposedPorts"),
    ("mode", "permissions"),
    ("output", "expectedOutput"),
];

impl Decoder {
    pub(crate) fn new(manner: Manner) -> Self {
        Self { manner, mistakes: Vec::new(), lints: Vec::new() }
    }

    fn is_lax_json(&self) -> bool {
        self.manner.is_compatible && self.manner.notation == Notation::Json
    }

    pub(crate) fn wrong(&mut self, place: Place, message: impl Into<String>) {
        self.mistakes.push(Mistake::new(place, message));
    }

    /// The fields of a mapping; none for nothing, and for what is no mapping.
    pub(crate) fn fields<'n>(
        &mut self,
        node: &'n Node,
        names: &[&'static str],
    ) -> Option<Fields<'n>> {
        let Value::Mapping(pairs) = &node.value else {
            if !node.is_null() {
                self.wrong(node.place, format!("a mapping is expected here, not {}", node.kind()));
            }
            return None;
        };
        let mut known: Vec<(&'static str, &Node)> = Vec::new();
        for (key, value) in pairs {
            let Some(scalar) = key.scalar() else {
                self.wrong(key.place, format!("a name is expected here, not {}", key.kind()));
                continue;
            };
            let is_meant = |name: &&&'static str| {
                **name == scalar.text
                    || (self.is_lax_json() && name.eq_ignore_ascii_case(&scalar.text))
            };
            let Some(name) = names.iter().find(is_meant).copied() else {
                let mut mistake =
                    Mistake::new(key.place, format!("there is no field {:?} here", scalar.text));
                if let Some(meant) = did_you_mean(&scalar.text, names) {
                    mistake = mistake.with_help(format!("did you mean {meant:?}?"));
                }
                if self.is_lax_json() { &mut self.lints } else { &mut self.mistakes }.push(mistake);
                continue;
            };
            match known.iter_mut().find(|(other, _)| *other == name) {
                Some((_, last)) if self.is_lax_json() => *last = value,
                Some(_) => self.wrong(key.place, format!("{name:?} is there already")),
                None => known.push((name, value)),
            }
        }
        Some(Fields { pairs: known, place: node.place })
    }

    /// The items of a list; none for nothing, and for what is no list.
    pub(crate) fn items<'n>(&mut self, node: &'n Node) -> Option<&'n [Node]> {
        match &node.value {
            Value::Sequence(items) => Some(items),
            Value::Mapping(_) | Value::Scalar(_) => {
                if !node.is_null() {
                    self.wrong(node.place, format!("a list is expected here, not {}", node.kind()));
                }
                None
            }
        }
    }

    pub(crate) fn text(&mut self, node: &Node) -> String {
        match node.scalar() {
            Some(_) if node.is_null() => String::new(),
            Some(scalar)
                if self.manner.notation == Notation::Yaml || resolve(scalar) == Resolved::Text =>
            {
                scalar.text.clone()
            }
            _ => {
                self.wrong(node.place, format!("text is expected here, not {}", node.kind()));
                String::new()
            }
        }
    }

    pub(crate) fn texts(&mut self, node: &Node) -> Option<Vec<Located<String>>> {
        let items = self.items(node)?;
        let read = |item| Located { value: self.text(item), place: item.place };
        Some(items.iter().map(read).collect())
    }

    fn flag(&mut self, node: &Node) -> bool {
        match node.scalar().map(resolve) {
            Some(Resolved::Bool(flag)) => flag,
            Some(Resolved::Null) => false,
            _ => {
                self.wrong(node.place, format!("true or false is expected, not {}", node.kind()));
                false
            }
        }
    }

    fn integer(&mut self, node: &Node) -> i64 {
        #[expect(clippy::cast_possible_truncation, reason = "the peer cuts off fractions as well")]
        match node.scalar().map(resolve) {
            Some(Resolved::Integer(integer)) => integer,
            Some(Resolved::Float(float))
                if self.manner.notation == Notation::Yaml && float.abs() < 9e15 =>
            {
                float as i64
            }
            Some(Resolved::Null) => 0,
            _ => {
                self.wrong(node.place, format!("a whole number is expected, not {}", node.kind()));
                0
            }
        }
    }

    /// What is meant where a field is null: zero for the peer, as if it were left out otherwise.
    fn present<'n>(&self, fields: &Fields<'n>, name: &str) -> Option<&'n Node> {
        let node = fields.get(name)?;
        // A null of JSON leaves a field of the peer as it was.
        let is_left_out = self.is_lax_json() || !self.manner.is_compatible;
        if node.is_null() && is_left_out { None } else { Some(node) }
    }

    pub(crate) fn text_field(&mut self, fields: &Fields<'_>, name: &str) -> String {
        self.present(fields, name).map(|node| self.text(node)).unwrap_or_default()
    }

    /// A text with its place; the place of all fields where it is left out.
    pub(crate) fn located_field(&mut self, fields: &Fields<'_>, name: &str) -> Located<String> {
        match self.present(fields, name) {
            Some(node) => Located { value: self.text(node), place: node.place },
            None => Located { value: String::new(), place: fields.place },
        }
    }

    pub(crate) fn texts_field(
        &mut self,
        fields: &Fields<'_>,
        name: &str,
    ) -> Option<Vec<Located<String>>> {
        let node = fields.get(name)?;
        self.texts(node)
    }

    /// `default` is what it means to leave it out in YAML.
    pub(crate) fn flag_field(&mut self, fields: &Fields<'_>, name: &str, default: bool) -> bool {
        let default = default && !self.is_lax_json();
        self.present(fields, name).map_or(default, |node| self.flag(node))
    }

    /// `default` is what it means to leave it out in YAML.
    pub(crate) fn integer_field(&mut self, fields: &Fields<'_>, name: &str, default: i64) -> i64 {
        let default = if self.is_lax_json() { 0 } else { default };
        self.present(fields, name).map_or(default, |node| self.integer(node))
    }

    /// Reads each item of a list that may be left out.
    pub(crate) fn list_field<T>(
        &mut self,
        fields: &Fields<'_>,
        name: &str,
        mut read: impl FnMut(&mut Self, &Node) -> T,
    ) -> Vec<T> {
        let Some(node) = fields.get(name) else { return Vec::new() };
        let items = self.items(node).unwrap_or_default();
        items.iter().map(|item| read(self, item)).collect()
    }
}

impl<'n> Fields<'n> {
    pub(crate) fn get(&self, name: &str) -> Option<&'n Node> {
        self.pairs.iter().find(|(known, _)| *known == name).map(|(_, node)| *node)
    }
}

/// The name that was most likely meant.
pub(crate) fn did_you_mean(text: &str, names: &[&'static str]) -> Option<&'static str> {
    let other = OTHER_NAMES.iter().find(|(wrong, name)| *wrong == text && names.contains(name));
    if let Some((_, name)) = other {
        return Some(name);
    }
    let lower = text.to_ascii_lowercase();
    let likeness =
        |name: &&str| strsim::normalized_damerau_levenshtein(&lower, &name.to_ascii_lowercase());
    let nearest = names.iter().copied().max_by(|a, b| likeness(a).total_cmp(&likeness(b)))?;
    (likeness(&nearest) >= 0.6).then_some(nearest)
}

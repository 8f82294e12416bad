//! Intrinsic functions.
//!
//! Source: the Intrinsic function reference of the `CloudFormation` user guide.

use std::collections::BTreeMap;

use crate::{
    node::{Entry, HOLE, MAX_DEPTH, Node, Value, is_whole},
    source::Place,
};

/// Longest text that joining and substituting may make.
const MAX_TEXT_BYTES: usize = 1 << 20;

/// What the parts of a template stand for.
pub(super) struct Template<'a> {
    parameters: BTreeMap<&'a str, &'a Node>,
    conditions: BTreeMap<&'a str, &'a Node>,
    mappings: Option<&'a Node>,
    resources: Option<&'a Node>,
}

impl<'a> Template<'a> {
    pub(super) fn new(document: &'a Node) -> Self {
        let section = |name: &str| document.exact(name).map(Node::entries).unwrap_or_default();
        let by_name =
            |entries: &'a [Entry]| entries.iter().map(|it| (it.key.as_str(), &it.value)).collect();
        Self {
            parameters: by_name(section("Parameters")),
            conditions: by_name(section("Conditions")),
            mappings: document.exact("Mappings"),
            resources: document.exact("Resources"),
        }
    }

    /// Whether a resource may be made: false where its condition is known not to hold.
    pub(super) fn is_made(&self, resource: &Node) -> bool {
        let condition = resource.exact("Condition").and_then(Node::as_text);
        condition.is_none_or(|name| self.holds_by_name(name, 0) != Some(false))
    }

    /// The value with its functions worked out; none for `AWS::NoValue`.
    pub(super) fn evaluate(&self, node: &Node) -> Option<Node> {
        self.value(node, 0)
    }

    fn value(&self, node: &Node, depth: usize) -> Option<Node> {
        if depth > MAX_DEPTH {
            return Some(Node::unknown(node.place));
        }
        let value = match &node.value {
            Value::Map(entries) => {
                if let [Entry { key, value, .. }] = entries.as_slice()
                    && (key == "Ref" || key.starts_with("Fn::") || key == "Condition")
                {
                    return self.function(key, value, node.place, depth);
                }
                let entries = entries.iter().filter_map(|entry| {
                    let value = self.value(&entry.value, depth + 1)?;
                    Some(Entry { value, ..entry.clone() })
                });
                Value::Map(entries.collect())
            }
            Value::List(items) => {
                Value::List(items.iter().filter_map(|it| self.value(it, depth + 1)).collect())
            }
            value => value.clone(),
        };
        Some(Node::new(value, node.place))
    }

    fn function(&self, name: &str, argument: &Node, place: Place, depth: usize) -> Option<Node> {
        let unknown = Node::unknown(place);
        let text = |text: Option<String>| match text {
            Some(text) if text.len() <= MAX_TEXT_BYTES => Node::text(text, place),
            _ => Node::unknown(place),
        };
        Some(match name {
            "Ref" => return self.reference(argument.as_text()?, place),
            "Fn::Sub" => text(self.substitute(argument, depth)),
            "Fn::Join" => text(self.join(argument, depth)),
            "Fn::If" => return self.choose(argument, place, depth),
            "Fn::Base64" => self.value(argument, depth + 1)?,
            "Fn::Select" => self.select(argument, depth).unwrap_or(unknown),
            "Fn::Split" => self.split(argument, place, depth).unwrap_or(unknown),
            "Fn::FindInMap" => self.find(argument, depth).unwrap_or(unknown),
            "Fn::GetAtt" => self.attribute(argument, place),
            _ => unknown,
        })
    }

    /// What a name stands for: a parameter by its default, a resource by its name.
    fn reference(&self, name: &str, place: Place) -> Option<Node> {
        if name == "AWS::NoValue" {
            return None;
        }
        if let Some(parameter) = self.parameters.get(name) {
            return Some(default(parameter, place));
        }
        if name == "AWS::Partition" {
            return Some(Node::text("aws", place));
        }
        Some(Node::unknown(place))
    }

    /// Of the resource's own attributes only the name in its ARN is known.
    fn attribute(&self, argument: &Node, place: Place) -> Node {
        let resource = argument.items().first().and_then(Node::as_text);
        let attribute = argument.items().get(1).and_then(Node::as_text);
        let is_there = resource
            .zip(self.resources)
            .is_some_and(|(name, resources)| resources.exact(name).is_some());
        match (resource, attribute) {
            // A role of the template is told from others by its logical name.
            (Some(name), Some("Arn")) if is_there => Node::text(format!("{HOLE}{name}"), place),
            _ => Node::unknown(place),
        }
    }

    fn substitute(&self, argument: &Node, depth: usize) -> Option<String> {
        let (template, variables) = match &argument.value {
            Value::List(items) => (items.first()?.as_text()?, items.get(1)),
            _ => (argument.as_text()?, None),
        };
        let mut made = String::new();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once("${") {
            made.push_str(before);
            let Some((name, after)) = after.split_once('}') else {
                made.push_str("${");
                rest = after;
                continue;
            };
            rest = after;
            if let Some(literal) = name.strip_prefix('!') {
                made.extend(["${", literal, "}"]);
                continue;
            }
            let variable = variables.and_then(|it| it.exact(name.trim()));
            let value = match variable {
                Some(value) => self.value(value, depth + 1),
                None => self.reference(name.trim(), argument.place),
            };
            match value.as_ref().and_then(Node::as_text) {
                Some(text) => made.push_str(text),
                None => made.push(HOLE),
            }
            if made.len() > MAX_TEXT_BYTES {
                return None;
            }
        }
        made.push_str(rest);
        Some(made)
    }

    fn join(&self, argument: &Node, depth: usize) -> Option<String> {
        let [delimiter, list] = argument.items() else { return None };
        let list = self.value(list, depth + 1)?;
        if list.is_unknown() {
            return None;
        }
        let hole = HOLE.to_string();
        let parts: Vec<&str> =
            list.items().iter().map(|item| item.as_text().unwrap_or(&hole)).collect();
        let length: usize = parts.iter().map(|part| part.len()).fold(0, usize::saturating_add);
        (length <= MAX_TEXT_BYTES).then(|| parts.join(delimiter.as_text().unwrap_or_default()))
    }

    fn choose(&self, argument: &Node, place: Place, depth: usize) -> Option<Node> {
        let [condition, yes, no] = argument.items() else { return Some(Node::unknown(place)) };
        match self.holds_by_name(condition.as_text()?, depth) {
            Some(true) => self.value(yes, depth + 1),
            Some(false) => self.value(no, depth + 1),
            None => Some(Node::unknown(place)),
        }
    }

    fn select(&self, argument: &Node, depth: usize) -> Option<Node> {
        let [index, list] = argument.items() else { return None };
        let index: usize = self.value(index, depth + 1)?.as_text()?.parse().ok()?;
        self.value(list, depth + 1)?.items().get(index).cloned()
    }

    fn split(&self, argument: &Node, place: Place, depth: usize) -> Option<Node> {
        let [delimiter, text] = argument.items() else { return None };
        let text = self.value(text, depth + 1)?;
        let text = text.whole_text()?;
        let delimiter = delimiter.as_text().filter(|it| !it.is_empty())?;
        let parts = text.split(delimiter).map(|part| Node::text(part, place)).collect();
        Some(Node::new(Value::List(parts), place))
    }

    fn find(&self, argument: &Node, depth: usize) -> Option<Node> {
        let mut node = self.mappings?;
        for key in argument.items().iter().take(3) {
            let key = self.value(key, depth + 1)?;
            node = node.exact(key.whole_text()?)?;
        }
        Some(node.clone())
    }

    fn holds_by_name(&self, name: &str, depth: usize) -> Option<bool> {
        if depth > MAX_DEPTH {
            return None;
        }
        self.holds(self.conditions.get(name)?, depth + 1)
    }

    fn holds(&self, condition: &Node, depth: usize) -> Option<bool> {
        if depth > MAX_DEPTH {
            return None;
        }
        let [Entry { key, value, .. }] = condition.entries() else { return None };
        let parts = || value.items().iter().map(|it| self.holds(it, depth + 1));
        match key.as_str() {
            "Condition" => self.holds_by_name(value.as_text()?, depth + 1),
            "Fn::Equals" => {
                let [a, b] = value.items() else { return None };
                let (a, b) = (self.value(a, depth + 1)?, self.value(b, depth + 1)?);
                Some(a.whole_text()? == b.whole_text()?)
            }
            "Fn::Not" => parts().next()?.map(|holds| !holds),
            "Fn::And" => {
                let parts: Vec<Option<bool>> = parts().collect();
                if parts.contains(&Some(false)) {
                    Some(false)
                } else {
                    parts.into_iter().collect::<Option<Vec<_>>>().map(|_| true)
                }
            }
            "Fn::Or" => {
                let parts: Vec<Option<bool>> = parts().collect();
                if parts.contains(&Some(true)) {
                    Some(true)
                } else {
                    parts.into_iter().collect::<Option<Vec<_>>>().map(|_| false)
                }
            }
            _ => None,
        }
    }
}

/// The default of a parameter, if it has one that says something.
fn default(parameter: &Node, place: Place) -> Node {
    let kind = parameter.exact("Type").and_then(Node::as_text).unwrap_or_default();
    // The default is then the name of what holds the value.
    if kind.starts_with("AWS::SSM::Parameter") {
        return Node::unknown(place);
    }
    let hidden = parameter.exact("NoEcho").and_then(Node::as_text) == Some("true");
    match parameter.exact("Default") {
        Some(default)
            if !hidden && default.as_text().is_some_and(|it| !it.is_empty() && is_whole(it)) =>
        {
            let text = default.as_text().unwrap_or_default();
            if kind.starts_with("List") || kind == "CommaDelimitedList" {
                let items = text.split(',').map(|item| Node::text(item.trim(), place)).collect();
                Node::new(Value::List(items), place)
            } else {
                Node::new(default.value.clone(), place)
            }
        }
        _ => Node::unknown(place),
    }
}

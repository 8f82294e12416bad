//! Expressions of HCL, worked out as far as the files alone allow.

use std::collections::BTreeMap;

use hcl_edit::{
    Span as _,
    expr::{
        BinaryOperator, Expression, FuncCall, ObjectKey, Traversal, TraversalOperator,
        UnaryOperator,
    },
    structure::{Block, Body},
    template::{Element, Template},
};

use super::place;
use crate::{
    json,
    node::{Entry, HOLE, MAX_DEPTH, Node, Value},
    source::{Place, Source},
};

/// Longest text that a template may make.
const MAX_TEXT_BYTES: usize = 1 << 20;

/// Most values that are worked out for one attribute: locals may double what they name.
const MAX_STEPS: usize = 200_000;

/// What the names of a directory stand for.
pub(super) struct Scope<'a> {
    locals: BTreeMap<&'a str, (usize, &'a Expression)>,
    variables: BTreeMap<&'a str, (usize, &'a Expression)>,
    sources: &'a [Source],
}

impl<'a> Scope<'a> {
    pub(super) fn new(files: &'a [(usize, Body)], sources: &'a [Source]) -> Self {
        let mut scope = Self { locals: BTreeMap::new(), variables: BTreeMap::new(), sources };
        for (file, body) in files {
            for block in body.blocks() {
                if block.has_ident("locals") {
                    for attribute in block.body.attributes() {
                        scope.locals.insert(attribute.key.as_str(), (*file, &attribute.value));
                    }
                }
                let label = block.labels.first().filter(|_| block.has_ident("variable"));
                let default = block.body.get_attribute("default");
                if let (Some(name), Some(default)) = (label, default) {
                    scope.variables.insert(name.as_str(), (*file, &default.value));
                }
            }
        }
        scope
    }

    /// Whether its count says so.
    pub(super) fn is_never_made(&self, file: usize, block: &Block) -> bool {
        let count = block.body.get_attribute("count");
        count.is_some_and(|count| self.evaluate(file, &count.value).as_text() == Some("0"))
    }

    pub(super) fn evaluate(&self, file: usize, expression: &Expression) -> Node {
        let mut steps = 0;
        Evaluation { scope: self, steps: &mut steps }.value(file, expression, 0)
    }
}

struct Evaluation<'a, 's> {
    scope: &'s Scope<'a>,
    steps: &'s mut usize,
}

impl Evaluation<'_, '_> {
    fn value(&mut self, file: usize, expression: &Expression, depth: usize) -> Node {
        let place = place(file, expression.span());
        *self.steps += 1;
        if depth > MAX_DEPTH || *self.steps > MAX_STEPS {
            return Node::unknown(place);
        }
        let value = match expression {
            Expression::Null(_) => Value::Null,
            Expression::Bool(flag) => Value::Bool(**flag),
            Expression::Number(number) => Value::Number(number.to_string()),
            Expression::String(text) => Value::Text(text.to_string()),
            Expression::Array(items) => {
                Value::List(items.iter().map(|item| self.value(file, item, depth + 1)).collect())
            }
            Expression::Object(object) => {
                let mut entries: Vec<Entry> = Vec::new();
                for (key, value) in object {
                    let (key, key_place) = match key {
                        ObjectKey::Ident(ident) => {
                            (Some(ident.as_str().to_owned()), super::place(file, ident.span()))
                        }
                        ObjectKey::Expression(key) => {
                            let node = self.value(file, key, depth + 1);
                            (node.whole_text().map(str::to_owned), node.place)
                        }
                    };
                    // Under a name that is not known, anything may be meant.
                    let Some(key) = key else { return Node::unknown(place) };
                    let value = self.value(file, value.expr(), depth + 1);
                    entries.retain(|entry| entry.key != key);
                    entries.push(Entry { key, key_place, value });
                }
                Value::Map(entries)
            }
            Expression::StringTemplate(template) => {
                Value::Text(self.template(file, template, depth))
            }
            Expression::HeredocTemplate(heredoc) => {
                return self.embedded(file, place).unwrap_or_else(|| {
                    Node::text(self.template(file, &heredoc.template, depth), place)
                });
            }
            Expression::Parenthesis(inner) => return self.value(file, inner.inner(), depth + 1),
            Expression::Conditional(it) => {
                return match self.value(file, &it.cond_expr, depth + 1).value {
                    Value::Bool(true) => self.value(file, &it.true_expr, depth + 1),
                    Value::Bool(false) => self.value(file, &it.false_expr, depth + 1),
                    _ => Node::unknown(place),
                };
            }
            Expression::FuncCall(call) => return self.call(file, call, place, depth),
            Expression::Traversal(traversal) => {
                return self.traversal(file, traversal, place, depth);
            }
            Expression::UnaryOp(operation) => {
                match (*operation.operator, self.value(file, &operation.expr, depth + 1).value) {
                    (UnaryOperator::Not, Value::Bool(flag)) => Value::Bool(!flag),
                    (UnaryOperator::Neg, Value::Number(number)) => {
                        Value::Number(format!("-{number}"))
                    }
                    _ => Value::Unknown,
                }
            }
            Expression::BinaryOp(operation) => {
                let left = self.value(file, &operation.lhs_expr, depth + 1);
                let right = self.value(file, &operation.rhs_expr, depth + 1);
                binary(*operation.operator, &left, &right)
            }
            Expression::Variable(_) | Expression::ForExpr(_) => Value::Unknown,
        };
        Node::new(value, place)
    }

    /// The JSON of a heredoc, at its own lines.
    fn embedded(&self, file: usize, place: Place) -> Option<Node> {
        let source = self.scope.sources.get(file)?;
        let text = source.text().get(place.span.start..place.span.end)?;
        let start = text.find('\n')? + 1;
        let body = text.get(start..)?;
        let end = body.trim_end().rfind(['}', ']'])? + 1;
        if !body.trim_start().starts_with(['{', '[']) {
            return None;
        }
        let start = place.span.start + start;
        json::read_part(file, source.text(), start, start + end).ok()
    }

    fn template(&mut self, file: usize, template: &Template, depth: usize) -> String {
        let mut made = String::new();
        for element in template {
            match element {
                Element::Literal(text) => made.push_str(text),
                Element::Interpolation(it) => {
                    match self.value(file, &it.expr, depth + 1).as_text() {
                        Some(text) => made.push_str(text),
                        None => made.push(HOLE),
                    }
                }
                Element::Directive(_) => made.push(HOLE),
            }
            if made.len() > MAX_TEXT_BYTES {
                return HOLE.to_string();
            }
        }
        made
    }

    fn traversal(&mut self, file: usize, it: &Traversal, place: Place, depth: usize) -> Node {
        let Expression::Variable(root) = &it.expr else { return Node::unknown(place) };
        let mut names = it.operators.iter();
        let first = match names.next().map(|it| &**it) {
            Some(TraversalOperator::GetAttr(name)) => name.as_str(),
            _ => return Node::unknown(place),
        };
        let found = match root.as_str() {
            "var" => self.scope.variables.get(first),
            "local" => self.scope.locals.get(first),
            // A role is told from others by its name.
            kind @ "aws_iam_role" => return Node::text(format!("{HOLE}{kind}.{first}"), place),
            _ => return Node::unknown(place),
        };
        let Some((there, expression)) = found else { return Node::unknown(place) };
        let mut node = self.value(*there, expression, depth + 1);
        for operator in names {
            let next = match &**operator {
                TraversalOperator::GetAttr(name) => node.exact(name.as_str()).cloned(),
                TraversalOperator::Index(index) => {
                    let index = self.value(file, index, depth + 1);
                    let number = index.as_text().and_then(|text| text.parse::<usize>().ok());
                    let item = number.and_then(|number| node.items().get(number));
                    item.or_else(|| node.exact(index.whole_text()?)).cloned()
                }
                _ => None,
            };
            let Some(next) = next else { return Node::unknown(place) };
            node = next;
        }
        // What is written at the resource is where people look for it, unless it has parts.
        match node.value {
            Value::List(_) | Value::Map(_) => node,
            value => Node::new(value, place),
        }
    }

    fn call(&mut self, file: usize, call: &FuncCall, place: Place, depth: usize) -> Node {
        if !call.name.namespace.is_empty() || call.args.expand_final() {
            return Node::unknown(place);
        }
        let arguments: Vec<Node> =
            call.args.iter().map(|it| self.value(file, it, depth + 1)).collect();
        apply(call.name.name.as_str(), &arguments).map_or_else(
            || Node::unknown(place),
            |mut node| {
                if !matches!(node.value, Value::List(_) | Value::Map(_)) {
                    node.place = place;
                }
                node
            },
        )
    }
}

/// What a function makes of its arguments, of those that need nothing else.
fn apply(name: &str, arguments: &[Node]) -> Option<Node> {
    let first = arguments.first()?;
    let text = |text: String| Some(Node::text(text, first.place));
    match name {
        // What encodes JSON is read as what it encodes.
        "jsonencode" | "jsondecode" | "tostring" | "tonumber" | "tobool" | "tolist" | "toset"
        | "tomap" | "nonsensitive" | "sensitive" | "try" => Some(first.clone()),
        "concat" => {
            if arguments.iter().any(|it| !matches!(it.value, Value::List(_))) {
                return None;
            }
            let items = arguments.iter().flat_map(|it| it.items().iter().cloned()).collect();
            Some(Node::new(Value::List(items), first.place))
        }
        "merge" => {
            if arguments.iter().any(|it| !it.is_map()) {
                return None;
            }
            let mut entries: Vec<Entry> = Vec::new();
            for entry in arguments.iter().flat_map(Node::entries) {
                entries.retain(|known| known.key != entry.key);
                entries.push(entry.clone());
            }
            Some(Node::map(entries, first.place))
        }
        "coalesce" => {
            let known =
                arguments.iter().find(|it| it.value != Value::Null && it.as_text() != Some(""))?;
            (!known.is_unknown()).then(|| known.clone())
        }
        "join" => {
            let list = arguments.get(1).filter(|list| matches!(list.value, Value::List(_)))?;
            let hole = HOLE.to_string();
            let parts: Vec<&str> =
                list.items().iter().map(|it| it.as_text().unwrap_or(&hole)).collect();
            let made = parts.join(first.as_text()?);
            if made.len() > MAX_TEXT_BYTES { None } else { text(made) }
        }
        "lookup" => {
            let key = arguments.get(1)?.whole_text()?;
            first.exact(key).or(arguments.get(2)).filter(|_| first.is_map()).cloned()
        }
        "lower" => text(first.whole_text()?.to_lowercase()),
        "upper" => text(first.whole_text()?.to_uppercase()),
        "trimspace" => text(first.as_text()?.trim().to_owned()),
        _ => None,
    }
}

fn binary(operator: BinaryOperator, left: &Node, right: &Node) -> Value {
    let flags = match (&left.value, &right.value) {
        (Value::Bool(left), Value::Bool(right)) => Some((*left, *right)),
        _ => None,
    };
    let equal = || Some(left.whole_text()? == right.whole_text()?);
    let value = match operator {
        BinaryOperator::And => flags.map(|(left, right)| left && right),
        BinaryOperator::Or => flags.map(|(left, right)| left || right),
        BinaryOperator::Eq => equal(),
        BinaryOperator::NotEq => equal().map(|equal| !equal),
        _ => None,
    };
    value.map_or(Value::Unknown, Value::Bool)
}

use std::collections::BTreeMap;

use granit_parser::{Event, Options, Parser, ScalarStyle, Span, Tag};

use super::{DocumentError, MAX_DEPTH, MAX_NODES, Node, Place, Scalar, ScalarKind, Value};

/// A collection that is open.
struct Open {
    anchor: usize,
    place: Place,
    is_mapping: bool,
    items: Vec<Node>,
}

struct Builder {
    open: Vec<Open>,
    anchors: BTreeMap<usize, (Node, usize)>,
    n_nodes: usize,
    root: Option<Node>,
}

/// Reads the first document of a stream; later ones are not looked at, as by the peer.
pub(super) fn parse(text: &str) -> Result<Node, DocumentError> {
    let mut options = Options::default();
    options.flow_nesting_limit = MAX_DEPTH;
    options.block_nesting_limit = MAX_DEPTH;
    let mut parser = Parser::new_from_str_with_options(text, options);
    let mut builder =
        Builder { open: Vec::new(), anchors: BTreeMap::new(), n_nodes: 0, root: None };
    while let Some(next) = parser.next_event() {
        let (event, span) = next.map_err(|err| {
            let place =
                Place { line: err.marker().line(), column: err.marker().col() + 1, length: 1 };
            DocumentError { place, what: err.info() }
        })?;
        if matches!(event, Event::DocumentEnd) {
            break;
        }
        builder.add(event, span)?;
    }
    let empty = Scalar { text: String::new(), kind: ScalarKind::Plain };
    let nothing =
        Node { value: Value::Scalar(empty), place: Place { line: 1, column: 1, length: 0 } };
    Ok(builder.root.unwrap_or(nothing))
}

fn place(span: &Span) -> Place {
    let (start, end) = (span.start, span.end);
    let length = if start.line() == end.line() { end.col().saturating_sub(start.col()) } else { 1 };
    Place { line: start.line(), column: start.col() + 1, length }
}

/// How a scalar with this tag is understood; none for a tag that means nothing here.
fn kind_of(style: ScalarStyle, tag: Option<&Tag>) -> Option<ScalarKind> {
    match tag {
        None if style == ScalarStyle::Plain => Some(ScalarKind::Plain),
        None => Some(ScalarKind::Text),
        Some(tag) => match tag.core_suffix() {
            Some("str") => Some(ScalarKind::Text),
            Some("bool" | "int" | "float" | "null") => Some(ScalarKind::Plain),
            _ => None,
        },
    }
}

impl Builder {
    fn add(&mut self, event: Event<'_>, span: Span) -> Result<(), DocumentError> {
        let at = place(&span);
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let Some(kind) = kind_of(style, tag.as_deref()) else {
                    return Err(DocumentError { place: at, what: "an unknown tag".to_owned() });
                };
                let scalar = Scalar { text: text.into_owned(), kind };
                self.finish(Node { value: Value::Scalar(scalar), place: at }, anchor)
            }
            Event::SequenceStart(_, anchor, _) => self.start(anchor, at, false),
            Event::MappingStart(_, anchor, _) => self.start(anchor, at, true),
            Event::SequenceEnd | Event::MappingEnd => self.end(),
            Event::Alias(id) => match self.anchors.get(&id) {
                Some((node, n_nodes)) => {
                    let (node, n_nodes) = (node.clone(), *n_nodes);
                    self.count(n_nodes, at)?;
                    self.attach(Node { place: at, ..node });
                    Ok(())
                }
                None => Err(DocumentError { place: at, what: "an unknown anchor".to_owned() }),
            },
            _ => Ok(()),
        }
    }

    fn count(&mut self, n_nodes: usize, place: Place) -> Result<(), DocumentError> {
        self.n_nodes += n_nodes;
        if self.n_nodes > MAX_NODES {
            return Err(DocumentError { place, what: format!("more than {MAX_NODES} values") });
        }
        Ok(())
    }

    fn start(
        &mut self,
        anchor: usize,
        place: Place,
        is_mapping: bool,
    ) -> Result<(), DocumentError> {
        if self.open.len() >= MAX_DEPTH {
            let what = format!("nested more than {MAX_DEPTH} deep");
            return Err(DocumentError { place, what });
        }
        self.open.push(Open { anchor, place, is_mapping, items: Vec::new() });
        Ok(())
    }

    fn end(&mut self) -> Result<(), DocumentError> {
        let Some(Open { anchor, place, is_mapping, items }) = self.open.pop() else {
            return Ok(());
        };
        let value =
            if is_mapping { Value::Mapping(Self::mapping(items)?) } else { Value::Sequence(items) };
        self.finish(Node { value, place }, anchor)
    }

    /// Pairs up keys and values, with what `<<` brings behind what stands there itself.
    fn mapping(items: Vec<Node>) -> Result<Vec<(Node, Node)>, DocumentError> {
        let (mut pairs, mut merged) = (Vec::new(), Vec::new());
        let mut items = items.into_iter();
        while let (Some(key), Some(value)) = (items.next(), items.next()) {
            let is_merge = key
                .scalar()
                .is_some_and(|scalar| scalar.text == "<<" && scalar.kind == ScalarKind::Plain);
            if is_merge { merged.push(value) } else { pairs.push((key, value)) }
        }
        for value in merged {
            let place = value.place;
            let wrong = || DocumentError {
                place,
                what: "only a mapping or a list of mappings can be merged".to_owned(),
            };
            let sources = match value.value {
                Value::Mapping(pairs) => vec![pairs],
                Value::Sequence(items) => {
                    let mapping = |item: Node| match item.value {
                        Value::Mapping(pairs) => Ok(pairs),
                        Value::Scalar(_) | Value::Sequence(_) => Err(wrong()),
                    };
                    items.into_iter().map(mapping).collect::<Result<_, _>>()?
                }
                Value::Scalar(_) => return Err(wrong()),
            };
            for (key, value) in sources.into_iter().flatten() {
                let is_new = pairs.iter().all(|(known, _)| known.value != key.value);
                if is_new {
                    pairs.push((key, value));
                }
            }
        }
        Ok(pairs)
    }

    fn finish(&mut self, node: Node, anchor: usize) -> Result<(), DocumentError> {
        self.count(1, node.place)?;
        if anchor != 0 {
            let n_nodes = size(&node);
            self.anchors.insert(anchor, (node.clone(), n_nodes));
        }
        self.attach(node);
        Ok(())
    }

    fn attach(&mut self, node: Node) {
        match self.open.last_mut() {
            Some(open) => open.items.push(node),
            None => self.root = Some(node),
        }
    }
}

/// How many values a node has; its depth is bounded.
fn size(node: &Node) -> usize {
    1 + match &node.value {
        Value::Scalar(_) => 0,
        Value::Sequence(items) => items.iter().map(size).sum(),
        Value::Mapping(pairs) => pairs.iter().map(|(key, value)| size(key) + size(value)).sum(),
    }
}

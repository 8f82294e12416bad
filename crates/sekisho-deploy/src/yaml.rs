//! YAML, with the short tags of CloudFormation written out: `!Ref a` is `{Ref: a}`.
//!
//! An alias is a copy of what it stands for, counted each time, so that a few lines cannot become
//! more values than a file of the largest size has.

use std::collections::BTreeMap;

use granit_parser::{Event, Parser, ScalarStyle, ScanError, Tag};

use crate::{
    node::{Entry, MAX_DEPTH, MAX_NODES, Node, Value},
    problem::Problem,
    source::Place,
};

/// Reads every document of the file with this index.
pub(crate) fn read(file: usize, text: &str) -> Result<Vec<Node>, Problem> {
    let mut reader = Reader { file, ..Reader::default() };
    let mut events = Parser::new_from_str_with_options(
        text,
        granit_parser::options! {
            flow_nesting_limit: MAX_DEPTH,
            block_nesting_limit: MAX_DEPTH,
        },
    );
    while let Some(event) = events.next_event() {
        match event {
            Ok((event, span)) => {
                let start = span.start.byte_offset().unwrap_or_default();
                let end = span.end.byte_offset().unwrap_or(start);
                reader.take(event, Place::new(file, start, end))?;
            }
            Err(err) => return Err(problem(file, &err)),
        }
    }
    Ok(reader.documents)
}

fn problem(file: usize, err: &ScanError) -> Problem {
    let at = err.marker().byte_offset().unwrap_or_default();
    Problem::new(
        Place::new(file, at, at),
        format!("YAML: {}", err.kind()),
        format!("YAML: {}", err.kind()),
    )
}

#[derive(Default)]
struct Reader {
    file: usize,
    documents: Vec<Node>,
    open: Vec<Open>,
    anchors: BTreeMap<usize, Anchored>,
    n_nodes: usize,
}

/// What an anchor names.
struct Anchored {
    node: Node,
    n_nodes: usize,
    height: usize,
}

/// A list or map that has not ended.
struct Open {
    anchor: usize,
    tag: Option<String>,
    place: Place,
    nodes_before: usize,
    content: Content,
}

enum Content {
    Items(Vec<Node>),
    Entries(Vec<Entry>, Option<Node>),
}

impl Reader {
    fn take(&mut self, event: Event<'_>, place: Place) -> Result<(), Problem> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let nodes_before = self.n_nodes;
                self.count(1, place)?;
                let node = Node::new(scalar(&text, style, tag.as_deref()), place);
                let node = tagged(tag.as_deref().and_then(short), node);
                self.keep(anchor, &node, nodes_before);
                self.add(node)
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.begin(Content::Items(Vec::new()), anchor, tag.as_deref(), place)
            }
            Event::MappingStart(_, anchor, tag) => {
                self.begin(Content::Entries(Vec::new(), None), anchor, tag.as_deref(), place)
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(place),
            Event::Alias(anchor) => {
                let Some(known) = self.anchors.get(&anchor) else {
                    let (en, ja) =
                        ("an alias stands inside of what it names", "エイリアスが自身を含む");
                    return Err(Problem::new(place, en, ja));
                };
                let depth = self.open.len();
                let (node, n_nodes, height) = (known.node.clone(), known.n_nodes, known.height);
                if depth + height > MAX_DEPTH {
                    return Err(too_deep(place));
                }
                self.count(n_nodes, place)?;
                self.add(node)
            }
            _ => Ok(()),
        }
    }

    fn count(&mut self, n_nodes: usize, place: Place) -> Result<(), Problem> {
        self.n_nodes += n_nodes;
        if self.n_nodes > MAX_NODES {
            return Err(Problem::new(place, "there are too many values", "値が多すぎる"));
        }
        Ok(())
    }

    fn begin(
        &mut self,
        content: Content,
        anchor: usize,
        tag: Option<&Tag>,
        place: Place,
    ) -> Result<(), Problem> {
        if self.open.len() >= MAX_DEPTH {
            return Err(too_deep(place));
        }
        let nodes_before = self.n_nodes;
        self.count(1, place)?;
        let tag = tag.and_then(short);
        self.open.push(Open { anchor, tag, place, nodes_before, content });
        Ok(())
    }

    fn end(&mut self, place: Place) -> Result<(), Problem> {
        let Some(open) = self.open.pop() else { return Ok(()) };
        let value = match open.content {
            Content::Items(items) => Value::List(items),
            Content::Entries(entries, _) => Value::Map(merged(entries)),
        };
        let whole = Place::new(self.file, open.place.span.start, place.span.end);
        let node = tagged(open.tag, Node::new(value, whole));
        self.keep(open.anchor, &node, open.nodes_before);
        self.add(node)
    }

    /// Keeps what an anchor names.
    fn keep(&mut self, anchor: usize, node: &Node, nodes_before: usize) {
        if anchor > 0 {
            let n_nodes = self.n_nodes - nodes_before;
            let known = Anchored { node: node.clone(), n_nodes, height: height(node) };
            // A copy for each anchor is paid for as one for each alias is.
            self.n_nodes += n_nodes;
            self.anchors.insert(anchor, known);
        }
    }

    fn add(&mut self, node: Node) -> Result<(), Problem> {
        let Some(open) = self.open.last_mut() else {
            self.documents.push(node);
            return Ok(());
        };
        match &mut open.content {
            Content::Items(items) => items.push(node),
            Content::Entries(entries, key) => match key.take() {
                None => *key = Some(node),
                Some(key) => {
                    let Some(text) = key.as_text() else {
                        let (en, ja) =
                            ("a name has to be a text", "名前は文字列でなければならない");
                        return Err(Problem::new(key.place, en, ja));
                    };
                    let entry = Entry { key: text.to_owned(), key_place: key.place, value: node };
                    entries.push(entry);
                }
            },
        }
        Ok(())
    }
}

fn too_deep(place: Place) -> Problem {
    Problem::new(place, "values are nested too deeply", "値の入れ子が深すぎる")
}

/// How deep a value is nested; bounded, since each part was read within [`MAX_DEPTH`].
fn height(node: &Node) -> usize {
    let below = match &node.value {
        Value::List(items) => items.iter().map(height).max(),
        Value::Map(entries) => entries.iter().map(|entry| height(&entry.value)).max(),
        _ => None,
    };
    1 + below.unwrap_or_default()
}

/// The value of a scalar in the core schema of YAML 1.2, section 10.3.
fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Value {
    let is_text = tag.is_some_and(|tag| tag.core_suffix() == Some("str"));
    if style != ScalarStyle::Plain || is_text {
        return Value::Text(text.to_owned());
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ if is_number(text) => Value::Number(text.to_owned()),
        _ => Value::Text(text.to_owned()),
    }
}

fn is_number(text: &str) -> bool {
    let digits = text.trim_start_matches(['-', '+']);
    digits.starts_with(|char: char| char.is_ascii_digit() || char == '.')
        && digits.contains(|char: char| char.is_ascii_digit())
        && text.parse::<f64>().is_ok()
}

/// The name of the function that a short tag stands for.
fn short(tag: &Tag) -> Option<String> {
    if tag.handle() != "!" || tag.suffix().is_empty() {
        return None;
    }
    Some(match tag.suffix() {
        name @ ("Ref" | "Condition") => name.to_owned(),
        name => format!("Fn::{name}"),
    })
}

/// The value as the argument of a function.
fn tagged(name: Option<String>, node: Node) -> Node {
    let Some(key) = name else { return node };
    let place = node.place;
    let node = match &node.value {
        // `!GetAtt a.b` is the list of both.
        Value::Text(text) if key == "Fn::GetAtt" => {
            let parts = text.splitn(2, '.').map(|part| Node::text(part, place)).collect();
            Node::new(Value::List(parts), place)
        }
        _ => node,
    };
    Node::map(vec![Entry { key, key_place: place, value: node }], place)
}

/// The entries with those that `<<` brings in; of two of one name, the last counts, and their own
/// before the others'.
fn merged(entries: Vec<Entry>) -> Vec<Entry> {
    let mut brought = Vec::new();
    let mut by_name: BTreeMap<String, Entry> = BTreeMap::new();
    let mut order = Vec::new();
    let mut add = |entry: Entry, wins: bool| {
        if !by_name.contains_key(&entry.key) {
            order.push(entry.key.clone());
        } else if !wins {
            return;
        }
        by_name.insert(entry.key.clone(), entry);
    };
    for entry in entries {
        if entry.key == "<<" {
            for node in entry.value.one_or_more() {
                brought.extend(node.entries().iter().cloned());
            }
        } else {
            add(entry, true);
        }
    }
    for entry in brought {
        add(entry, false);
    }
    order.iter().filter_map(|key| by_name.remove(key)).collect()
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    fn shown(text: &str) -> String {
        fn show(node: &Node) -> String {
            match &node.value {
                Value::Null => "null".to_owned(),
                Value::Bool(flag) => flag.to_string(),
                Value::Number(number) => number.clone(),
                Value::Text(text) => format!("{text:?}"),
                Value::List(items) => {
                    format!("[{}]", items.iter().map(show).collect::<Vec<_>>().join(", "))
                }
                Value::Map(entries) => {
                    let entries =
                        entries.iter().map(|it| format!("{}: {}", it.key, show(&it.value)));
                    format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
                }
                Value::Unknown => "?".to_owned(),
            }
        }
        match read(0, text) {
            Ok(documents) => documents.iter().map(show).collect::<Vec<_>>().join("\n"),
            Err(problem) => format!("{}: {}", problem.place.span.start, problem.message.en),
        }
    }

    #[test]
    fn scalars_have_the_types_of_the_core_schema() {
        insta::assert_snapshot!(
            shown("a: true\nb: 1.5\nc: ~\nd: 'true'\ne: yes\nf: 1.2.3\n---\n- x\n"),
            @r#"
        {a: true, b: 1.5, c: null, d: "true", e: "yes", f: "1.2.3"}
        ["x"]
        "#
        );
    }

    #[test]
    fn short_tags_are_functions() {
        insta::assert_snapshot!(
            shown("a: !Ref B\nc: !GetAtt D.E.F\ng: !If [H, !Sub '${I}', x]\n"),
            @r#"{a: {Ref: "B"}, c: {Fn::GetAtt: ["D", "E.F"]}, g: {Fn::If: ["H", {Fn::Sub: "${I}"}, "x"]}}"#
        );
    }

    #[test]
    fn aliases_are_copies_and_merge_keys_fill_in() {
        insta::assert_snapshot!(
            shown("x: &x {a: 1, b: 2}\ny: {<<: *x, b: 3}\nz: *x\n"),
            @"{x: {a: 1, b: 2}, y: {b: 3, a: 1}, z: {a: 1, b: 2}}"
        );
    }

    #[test]
    fn a_bomb_of_aliases_is_refused() {
        let mut text = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n".to_owned();
        for level in 1..12 {
            let below = level - 1;
            let list = vec![format!("*a{below}"); 10].join(",");
            writeln!(text, "a{level}: &a{level} [{list}]").unwrap();
        }
        assert!(shown(&text).ends_with("there are too many values"));
    }

    #[test]
    fn nesting_has_an_end() {
        let flow = "[".repeat(100_000);
        assert!(shown(&flow).contains("YAML"), "{}", shown(&flow));
        let block: Vec<String> = (0..200).map(|depth| " ".repeat(depth) + "a:\n").collect();
        let block = block.concat();
        assert!(shown(&block).contains("YAML"), "{}", shown(&block));
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        assert!(shown("a: [b\n").contains("YAML: "), "{}", shown("a: [b\n"));
        assert!(shown("? [a]\n: b\n").contains("a name has to be a text"));
    }

    #[test]
    fn values_know_where_they_stand() {
        let text = "a:\n  b: 'c'\n";
        let documents = read(0, text).unwrap();
        let node = documents[0].get("a").and_then(|node| node.get("b")).unwrap();
        assert_eq!(text.get(node.place.span.start..node.place.span.end), Some("'c'"));
    }
}

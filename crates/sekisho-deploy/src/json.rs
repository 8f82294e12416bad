//! JSON as people keep it in repositories: with comments, commas at the end, and placeholders that
//! a pipeline fills in.
//!
//! What stands for something else becomes unknown: `${NAME}`, `{{ … }}`, `<NAME>` and `__NAME__`,
//! in texts or in the place of a value, where `$NAME` is one as well. Everything else is RFC 8259.

use crate::{
    node::{Entry, HOLE, MAX_DEPTH, MAX_NODES, Node, Value},
    problem::Problem,
    source::Place,
};

/// Longest placeholder.
const MAX_PLACEHOLDER_BYTES: usize = 200;

/// Reads the text of the file with this index.
pub(crate) fn read(file: usize, text: &str) -> Result<Node, Problem> {
    let start = text.len() - text.trim_start_matches('\u{FEFF}').len();
    read_part(file, text, start, text.len())
}

/// Reads the part of a text between two bytes of it, with places in the whole.
pub(crate) fn read_part(
    file: usize,
    text: &str,
    start: usize,
    end: usize,
) -> Result<Node, Problem> {
    let mut reader = Reader { file, text: text.get(..end).unwrap_or(text), at: start, n_nodes: 0 };
    reader.space()?;
    let node = reader.value(0)?;
    reader.space()?;
    if reader.rest().is_empty() {
        return Ok(node);
    }
    Err(reader.problem("something follows the value", "値の後に余分なものがある"))
}

/// Reads a JSON text that is the value at `place` of another notation: every value stands there.
pub(crate) fn read_embedded(text: &str, place: Place) -> Option<Node> {
    let mut node = read(place.file, text).ok()?;
    settle(&mut node, place);
    Some(node)
}

/// Puts a value and everything below at one place.
pub(crate) fn settle(node: &mut Node, place: Place) {
    node.place = place;
    match &mut node.value {
        Value::List(items) => items.iter_mut().for_each(|item| settle(item, place)),
        Value::Map(entries) => {
            for entry in entries {
                entry.key_place = place;
                settle(&mut entry.value, place);
            }
        }
        _ => (),
    }
}

struct Reader<'a> {
    file: usize,
    text: &'a str,
    at: usize,
    n_nodes: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn place(&self, start: usize) -> Place {
        Place::new(self.file, start, self.at)
    }

    fn problem(&self, en: &str, ja: &str) -> Problem {
        Problem::new(Place::new(self.file, self.at, self.at), en, ja)
    }

    /// Passes white space and comments.
    fn space(&mut self) -> Result<(), Problem> {
        loop {
            let rest = self.rest().trim_start();
            self.at = self.text.len() - rest.len();
            if rest.starts_with("//") || rest.starts_with('#') {
                self.at += rest.find('\n').unwrap_or(rest.len());
            } else if rest.starts_with("/*") {
                match rest.find("*/") {
                    Some(end) => self.at += end + 2,
                    None => {
                        return Err(self.problem("a comment has no end", "コメントが閉じていない"));
                    }
                }
            } else {
                return Ok(());
            }
        }
    }

    fn value(&mut self, depth: usize) -> Result<Node, Problem> {
        if depth > MAX_DEPTH {
            return Err(self.problem("values are nested too deeply", "値の入れ子が深すぎる"));
        }
        self.n_nodes += 1;
        if self.n_nodes > MAX_NODES {
            return Err(self.problem("there are too many values", "値が多すぎる"));
        }
        let start = self.at;
        if let Some(length) = placeholder(self.rest()) {
            self.at += length;
            return Ok(Node::unknown(self.place(start)));
        }
        if let Some(rest) = self.rest().strip_prefix('$')
            && rest.starts_with(|char: char| char.is_ascii_alphabetic())
        {
            // A shell fills it in.
            self.at += 1;
            self.at += self.length(|char| char.is_ascii_alphanumeric() || char == '_');
            return Ok(Node::unknown(self.place(start)));
        }
        let value = match self.peek() {
            Some('{') => Value::Map(self.entries(depth)?),
            Some('[') => Value::List(self.items(depth)?),
            Some('"') => Value::Text(self.string()?),
            Some(char) if char == '-' || char.is_ascii_digit() => self.number()?,
            Some(_) => self.word()?,
            None => return Err(self.problem("the file ends too early", "ファイルが途中で終わる")),
        };
        Ok(Node::new(value, self.place(start)))
    }

    fn entries(&mut self, depth: usize) -> Result<Vec<Entry>, Problem> {
        self.at += 1;
        let mut entries: Vec<Entry> = Vec::new();
        loop {
            self.space()?;
            let start = self.at;
            match self.peek() {
                Some('}') => {
                    self.at += 1;
                    return Ok(entries);
                }
                Some('"') => (),
                _ => {
                    return Err(
                        self.problem("a name in quotes is expected", "引用符付きの名前が必要")
                    );
                }
            }
            let key = self.string()?;
            let key_place = self.place(start);
            self.space()?;
            if self.peek() != Some(':') {
                return Err(self.problem("a colon is expected", "コロンが必要"));
            }
            self.at += 1;
            self.space()?;
            let value = self.value(depth + 1)?;
            // Of two values of one name the last counts, as for every reader of AWS.
            entries.retain(|entry| entry.key != key);
            entries.push(Entry { key, key_place, value });
            if self.is_end('}')? {
                return Ok(entries);
            }
        }
    }

    fn items(&mut self, depth: usize) -> Result<Vec<Node>, Problem> {
        self.at += 1;
        let mut items = Vec::new();
        loop {
            self.space()?;
            if self.peek() == Some(']') {
                self.at += 1;
                return Ok(items);
            }
            items.push(self.value(depth + 1)?);
            if self.is_end(']')? {
                return Ok(items);
            }
        }
    }

    /// Passes a comma, or what ends a list or map.
    fn is_end(&mut self, end: char) -> Result<bool, Problem> {
        self.space()?;
        match self.peek() {
            Some(',') => self.at += 1,
            Some(char) if char == end => {
                self.at += 1;
                return Ok(true);
            }
            _ => {
                let (en, ja) =
                    (format!("a comma or {end} is expected"), format!("コンマか {end} が必要"));
                return Err(self.problem(&en, &ja));
            }
        }
        Ok(false)
    }

    fn string(&mut self) -> Result<String, Problem> {
        let start = self.at;
        self.at += 1;
        let mut text = String::new();
        loop {
            if let Some(length) = placeholder(self.rest()) {
                self.at += length;
                text.push(HOLE);
                continue;
            }
            let Some(char) = self.peek() else {
                self.at = start;
                return Err(self.problem("a text has no end", "文字列が閉じていない"));
            };
            self.at += char.len_utf8();
            match char {
                '"' => return Ok(text),
                '\\' => text.push(self.escape()?),
                _ => text.push(char),
            }
        }
    }

    fn escape(&mut self) -> Result<char, Problem> {
        let char = self.peek();
        self.at += char.map_or(0, char::len_utf8);
        Ok(match char {
            Some('n') => '\n',
            Some('t') => '\t',
            Some('r') => '\r',
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some('u') => {
                let first = self.hexadecimal()?;
                let is_pair = (0xd800..0xdc00).contains(&first) && self.rest().starts_with("\\u");
                let code = if is_pair {
                    self.at += 2;
                    let second = self.hexadecimal()?;
                    0x10000 + ((first & 0x3ff) << 10) + (second & 0x3ff)
                } else {
                    first
                };
                char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
            }
            Some(char @ ('"' | '\\' | '/')) => char,
            _ => return Err(self.problem("a wrong escape", "エスケープが正しくない")),
        })
    }

    fn hexadecimal(&mut self) -> Result<u32, Problem> {
        let digits = self.rest().get(..4).filter(|it| it.chars().all(|it| it.is_ascii_hexdigit()));
        match digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()) {
            Some(code) => {
                self.at += 4;
                Ok(code)
            }
            None => Err(self.problem("a wrong escape", "エスケープが正しくない")),
        }
    }

    fn number(&mut self) -> Result<Value, Problem> {
        let length = self.length(|char| matches!(char, '0'..='9' | '-' | '+' | '.' | 'e' | 'E'));
        let number = self.rest().get(..length).unwrap_or_default();
        if number.parse::<f64>().is_err() {
            return Err(self.problem("a number is expected", "数値が必要"));
        }
        self.at += length;
        Ok(Value::Number(number.to_owned()))
    }

    fn word(&mut self) -> Result<Value, Problem> {
        let length = self.length(|char| char.is_ascii_alphanumeric() || char == '_');
        let value = match self.rest().get(..length).unwrap_or_default() {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            "null" => Value::Null,
            _ => return Err(self.problem("a value is expected", "値が必要")),
        };
        self.at += length;
        Ok(value)
    }

    fn length(&self, is_part: impl Fn(char) -> bool) -> usize {
        let rest = self.rest();
        rest.find(|char| !is_part(char)).unwrap_or(rest.len())
    }
}

/// Length of the placeholder that a text starts with.
pub(crate) fn placeholder(text: &str) -> Option<usize> {
    // This is asked at every character.
    let (open, close) = match text.as_bytes().first()? {
        b'$' => ("${", "}"),
        b'{' => ("{{", "}}"),
        b'<' => ("<", ">"),
        b'_' => ("__", "__"),
        _ => return None,
    };
    let inner = text.strip_prefix(open)?;
    let limit = inner.char_indices().nth(MAX_PLACEHOLDER_BYTES).map_or(inner.len(), |it| it.0);
    let end = inner.get(..limit)?.find(close)?;
    let name = inner.get(..end)?;
    let is_name = |text: &str| {
        text.starts_with(|char: char| char.is_ascii_alphabetic())
            && text.chars().all(|char| char.is_ascii_alphanumeric() || "_-. /".contains(char))
    };
    let is_placeholder = match open {
        "${" => !name.contains('\n'),
        // `{{` may also be two maps of which the first is wrong: names are in quotes there.
        "{{" => !name.trim_start().starts_with('"'),
        "<" => is_name(name),
        _ => is_name(name) && name.chars().all(|char| !char.is_ascii_lowercase()),
    };
    is_placeholder.then_some(open.len() + end + close.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The values with their places, or the problem.
    fn shown(text: &str) -> String {
        fn show(node: &Node) -> String {
            let shown = match &node.value {
                Value::Null => "null".to_owned(),
                Value::Bool(flag) => flag.to_string(),
                Value::Number(number) => number.clone(),
                Value::Text(text) => format!("{:?}", crate::node::shown(text)),
                Value::List(items) => {
                    format!("[{}]", items.iter().map(show).collect::<Vec<_>>().join(", "))
                }
                Value::Map(entries) => {
                    let entries =
                        entries.iter().map(|it| format!("{}: {}", it.key, show(&it.value)));
                    format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
                }
                Value::Unknown => "?".to_owned(),
            };
            format!("{shown}@{}-{}", node.place.span.start, node.place.span.end)
        }
        match read(0, text) {
            Ok(node) => show(&node),
            Err(problem) => format!("{}: {}", problem.place.span.start, problem.message.en),
        }
    }

    #[test]
    fn values_know_where_they_stand() {
        insta::assert_snapshot!(
            shown(r#"{"a": [1, -2.5e3, true, null], "b": "x\n\u00e9\ud83d\ude00"}"#),
            @r#"{a: [1@7-8, -2.5e3@10-16, true@18-22, null@24-28]@6-29, b: "x\né😀"@36-59}@0-60"#
        );
    }

    #[test]
    fn comments_and_last_commas_are_passed_over() {
        insta::assert_snapshot!(
            shown("// c\n{ /* d */ \"a\": 1, # e\n}\n"), @"{a: 1@20-21}@5-28"
        );
    }

    #[test]
    fn placeholders_are_unknown() {
        insta::assert_snapshot!(
            shown(r#"{"a": <IMAGE>, "b": "r/{{ must_env `X` }}:1", "c": ${CPU}, "d": "__TAG__"}"#),
            @r#"{a: ?@6-13, b: "r/…:1"@20-44, c: ?@51-57, d: "…"@64-73}@0-74"#
        );
    }

    #[test]
    fn the_last_of_two_values_counts() {
        insta::assert_snapshot!(shown(r#"{"a": 1, "a": 2}"#), @"{a: 2@14-15}@0-16");
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        insta::assert_snapshot!(shown("{\"a\" 1}"), @"5: a colon is expected");
        insta::assert_snapshot!(shown("[1 2]"), @"3: a comma or ] is expected");
        insta::assert_snapshot!(shown("{\"a\": \"b"), @"6: a text has no end");
        insta::assert_snapshot!(shown("[\"\\x\"]"), @"4: a wrong escape");
        insta::assert_snapshot!(shown("[yes]"), @"1: a value is expected");
        insta::assert_snapshot!(shown(""), @"0: the file ends too early");
        insta::assert_snapshot!(shown("{} {}"), @"3: something follows the value");
        insta::assert_snapshot!(shown("/* "), @"0: a comment has no end");
    }

    #[test]
    fn nesting_has_an_end() {
        let text = "[".repeat(100_000);
        insta::assert_snapshot!(shown(&text), @"65: values are nested too deeply");
    }
}

//! JSON with places.
//!
//! # Source
//!
//! RFC 8259.

use super::{DocumentError, MAX_DEPTH, MAX_NODES, Node, Place, Scalar, ScalarKind, Value};

struct Reader<'a> {
    rest: &'a str,
    line: usize,
    column: usize,
    n_nodes: usize,
}

pub(super) fn parse(text: &str) -> Result<Node, DocumentError> {
    let mut reader = Reader { rest: text, line: 1, column: 1, n_nodes: 0 };
    reader.skip_space();
    let node = reader.value(0)?;
    reader.skip_space();
    if reader.rest.is_empty() { Ok(node) } else { Err(reader.error("nothing is expected here")) }
}

impl Reader<'_> {
    fn error(&self, what: impl Into<String>) -> DocumentError {
        let place = Place { line: self.line, column: self.column, length: 1 };
        DocumentError { place, what: what.into() }
    }

    fn next(&mut self) -> Option<char> {
        let mut chars = self.rest.chars();
        let char = chars.next()?;
        self.rest = chars.as_str();
        if char == '\n' {
            (self.line, self.column) = (self.line + 1, 1);
        } else {
            self.column += 1;
        }
        Some(char)
    }

    fn skip_space(&mut self) {
        while self.rest.starts_with([' ', '\t', '\r', '\n']) {
            self.next();
        }
    }

    fn eat(&mut self, char: char) -> bool {
        let is_there = self.rest.starts_with(char);
        if is_there {
            self.next();
        }
        is_there
    }

    /// Reads a value; the depth is bounded.
    fn value(&mut self, depth: usize) -> Result<Node, DocumentError> {
        self.n_nodes += 1;
        if self.n_nodes > MAX_NODES {
            return Err(self.error(format!("more than {MAX_NODES} values")));
        }
        if depth > MAX_DEPTH {
            return Err(self.error(format!("nested more than {MAX_DEPTH} deep")));
        }
        let (line, column) = (self.line, self.column);
        let value = match self.rest.chars().next() {
            Some('{') => self.mapping(depth)?,
            Some('[') => self.sequence(depth)?,
            Some('"') => Value::Scalar(Scalar { text: self.text()?, kind: ScalarKind::Text }),
            _ => self.literal()?,
        };
        let length = if line == self.line { self.column - column } else { 1 };
        Ok(Node { value, place: Place { line, column, length } })
    }

    fn mapping(&mut self, depth: usize) -> Result<Value, DocumentError> {
        self.next();
        let mut pairs = Vec::new();
        self.skip_space();
        if self.eat('}') {
            return Ok(Value::Mapping(pairs));
        }
        loop {
            self.skip_space();
            if !self.rest.starts_with('"') {
                return Err(self.error("a name in quotes is expected"));
            }
            let key = self.value(depth + 1)?;
            self.skip_space();
            if !self.eat(':') {
                return Err(self.error(": is expected"));
            }
            self.skip_space();
            pairs.push((key, self.value(depth + 1)?));
            self.skip_space();
            if self.eat('}') {
                return Ok(Value::Mapping(pairs));
            }
            if !self.eat(',') {
                return Err(self.error(", or } is expected"));
            }
        }
    }

    fn sequence(&mut self, depth: usize) -> Result<Value, DocumentError> {
        self.next();
        let mut items = Vec::new();
        self.skip_space();
        if self.eat(']') {
            return Ok(Value::Sequence(items));
        }
        loop {
            self.skip_space();
            items.push(self.value(depth + 1)?);
            self.skip_space();
            if self.eat(']') {
                return Ok(Value::Sequence(items));
            }
            if !self.eat(',') {
                return Err(self.error(", or ] is expected"));
            }
        }
    }

    fn text(&mut self) -> Result<String, DocumentError> {
        let here = (self.line, self.column);
        self.next();
        let mut text = String::new();
        loop {
            match self.next() {
                Some('"') => return Ok(text),
                Some('\\') => text.push(self.escape()?),
                Some(char) if char >= ' ' => text.push(char),
                Some(_) => {
                    (self.line, self.column) = here;
                    return Err(self.error("a control character in a text"));
                }
                None => return Err(self.error("a text without an end")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, DocumentError> {
        Ok(match self.next() {
            Some(char @ ('"' | '\\' | '/')) => char,
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('u') => {
                let mut units = vec![self.unit()?];
                let is_high = units.first().is_some_and(|unit| (0xd800..0xdc00).contains(unit));
                if is_high && self.rest.starts_with("\\u") {
                    self.next();
                    self.next();
                    units.push(self.unit()?);
                }
                let mut decoded = char::decode_utf16(units);
                match (decoded.next(), decoded.next()) {
                    (Some(Ok(char)), None) => char,
                    _ => return Err(self.error("an unknown escape in a text")),
                }
            }
            _ => return Err(self.error("an unknown escape in a text")),
        })
    }

    fn unit(&mut self) -> Result<u16, DocumentError> {
        let mut unit = 0;
        for _ in 0..4 {
            let digit = self.next().and_then(|char| char.to_digit(16));
            let digit = digit.ok_or_else(|| self.error("an unknown escape in a text"))?;
            unit = unit * 16 + digit;
        }
        u16::try_from(unit).map_err(|_| self.error("an unknown escape in a text"))
    }

    fn literal(&mut self) -> Result<Value, DocumentError> {
        let text = ["true", "false", "null"].into_iter().find(|word| self.rest.starts_with(word));
        let n = match text {
            Some(word) => word.len(),
            None => number_length(self.rest),
        };
        let text = self.rest.get(..n).unwrap_or_default().to_owned();
        if text.is_empty() {
            return Err(self.error("a value is expected"));
        }
        for _ in text.chars() {
            self.next();
        }
        Ok(Value::Scalar(Scalar { text, kind: ScalarKind::JsonLiteral }))
    }
}

/// Bytes of the number at the start of `text`; 0 where there is none.
fn number_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let digits = |at: usize| bytes.iter().skip(at).take_while(|byte| byte.is_ascii_digit()).count();
    let mut at = usize::from(bytes.first() == Some(&b'-'));
    match bytes.get(at) {
        Some(b'0') => at += 1,
        Some(b'1'..=b'9') => at += digits(at),
        _ => return 0,
    }
    if bytes.get(at) == Some(&b'.') && digits(at + 1) > 0 {
        at += 1 + digits(at + 1);
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        let n = digits(at + 1 + sign);
        if n > 0 {
            at += 1 + sign + n;
        }
    }
    at
}

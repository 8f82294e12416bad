//! A JSON document, taken apart without holding it.
//!
//! A feed is one document of up to gigabytes whose elements are small. This walks the outer
//! objects and arrays and hands out each element as it stands, up to a size, so that an element
//! that is too large or not of the expected shape costs itself and no other.
//!
//! # Source
//!
//! RFC 8259.

use std::io::BufRead;

use crate::error::ReadError;

/// Longest key of an object that is read.
const MAX_KEY_BYTES: usize = 4096;

pub(crate) struct JsonStream<R> {
    reader: R,
    at: u64,
    /// Whether the next element of the innermost object or array is its first.
    is_first: bool,
}

/// One value as it stands.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Raw {
    Bytes(Vec<u8>),
    /// It has more bytes than were asked for.
    TooLarge {
        size_bytes: u64,
    },
}

impl<R: BufRead> JsonStream<R> {
    pub(crate) fn new(reader: R) -> Self {
        Self { reader, at: 0, is_first: true }
    }

    fn damaged<T>(&self, what: &'static str) -> Result<T, ReadError> {
        Err(ReadError::Damaged { what, at: self.at })
    }

    fn peek(&mut self) -> Result<Option<u8>, ReadError> {
        Ok(self.reader.fill_buf()?.first().copied())
    }

    fn bump(&mut self) {
        self.reader.consume(1);
        self.at += 1;
    }

    /// The next byte that is no space, not taken.
    fn token(&mut self) -> Result<u8, ReadError> {
        loop {
            match self.peek()? {
                Some(b' ' | b'\t' | b'\n' | b'\r') => self.bump(),
                // A mark of the byte order, which some servers put first.
                Some(0xef | 0xbb | 0xbf) if self.at < 3 => self.bump(),
                Some(byte) => return Ok(byte),
                None => return self.damaged("an end in the middle of the text"),
            }
        }
    }

    /// Goes into an object.
    pub(crate) fn enter_object(&mut self) -> Result<(), ReadError> {
        self.enter(b'{', "no object where one is expected")
    }

    fn enter(&mut self, start: u8, what: &'static str) -> Result<(), ReadError> {
        if self.token()? != start {
            return self.damaged(what);
        }
        self.bump();
        self.is_first = true;
        Ok(())
    }

    /// Goes into an array; false where null stands for it.
    pub(crate) fn enter_array(&mut self) -> Result<bool, ReadError> {
        if self.token()? == b'n' {
            self.skip()?;
            return Ok(false);
        }
        self.enter(b'[', "no array where one is expected")?;
        Ok(true)
    }

    /// Whether another element stands before `end`, which is taken.
    fn next(&mut self, end: u8) -> Result<bool, ReadError> {
        let token = self.token()?;
        if token == end {
            self.bump();
            self.is_first = false;
            return Ok(false);
        }
        if !std::mem::replace(&mut self.is_first, false) {
            if token != b',' {
                return self.damaged("no comma between two elements");
            }
            self.bump();
        }
        Ok(true)
    }

    /// Goes to the next element of the array that was entered.
    pub(crate) fn next_element(&mut self) -> Result<bool, ReadError> {
        self.next(b']')
    }

    /// Goes to the next value of the object that was entered, and gives its key.
    pub(crate) fn next_key(&mut self) -> Result<Option<String>, ReadError> {
        if !self.next(b'}')? {
            return Ok(None);
        }
        if self.token()? != b'"' {
            return self.damaged("no key where one is expected");
        }
        let at = self.at;
        let key = match self.raw(MAX_KEY_BYTES)? {
            Raw::Bytes(bytes) => serde_json::from_slice(&bytes)
                .map_err(|_| ReadError::Damaged { what: "a damaged key", at })?,
            Raw::TooLarge { .. } => {
                return Err(ReadError::Damaged { what: "a key that is too long", at });
            }
        };
        if self.token()? != b':' {
            return self.damaged("no colon behind a key");
        }
        self.bump();
        Ok(Some(key))
    }

    /// Takes one value, whatever it is, when it has up to `limit_bytes`.
    pub(crate) fn raw(&mut self, limit_bytes: usize) -> Result<Raw, ReadError> {
        let mut bytes = Vec::new();
        let size_bytes = self.take(|part| {
            if bytes.len() <= limit_bytes {
                bytes.extend_from_slice(part);
            }
        })?;
        Ok(if usize::try_from(size_bytes).is_ok_and(|size| size <= limit_bytes) {
            Raw::Bytes(bytes)
        } else {
            Raw::TooLarge { size_bytes }
        })
    }

    /// Passes over one value.
    pub(crate) fn skip(&mut self) -> Result<(), ReadError> {
        self.take(|_| ()).map(drop)
    }

    /// Walks over one value and hands out its bytes in parts of the size of the buffer. Only
    /// brackets and strings are looked at; what else is wrong is for whoever parses the parts.
    fn take(&mut self, mut part: impl FnMut(&[u8])) -> Result<u64, ReadError> {
        self.token()?;
        let start = self.at;
        let mut value = Value::default();
        loop {
            let buffer = self.reader.fill_buf()?;
            if buffer.is_empty() {
                // Only a number or a word may end with the text.
                if value.depth > 0 || value.is_in_string || !value.is_scalar {
                    return self.damaged("an end in the middle of the text");
                }
                break;
            }
            let (n, is_over) = value.scan(buffer);
            part(buffer.get(..n).unwrap_or_default());
            self.reader.consume(n);
            self.at += n as u64;
            if is_over {
                break;
            }
        }
        self.is_first = false;
        match self.at - start {
            0 => self.damaged("no value where one is expected"),
            size_bytes => Ok(size_bytes),
        }
    }
}

/// How far into a value the scan is.
#[derive(Default)]
struct Value {
    depth: u64,
    is_in_string: bool,
    is_escaped: bool,
    is_scalar: bool,
}

impl Value {
    /// How many bytes of `buffer` belong to the value, and whether it ends with them.
    fn scan(&mut self, buffer: &[u8]) -> (usize, bool) {
        for (n, byte) in buffer.iter().enumerate() {
            if self.is_in_string {
                match byte {
                    _ if self.is_escaped => self.is_escaped = false,
                    b'\\' => self.is_escaped = true,
                    b'"' => {
                        self.is_in_string = false;
                        if self.depth == 0 {
                            return (n + 1, true);
                        }
                    }
                    _ => (),
                }
                continue;
            }
            match byte {
                b'"' if self.is_scalar && self.depth == 0 => return (n, true),
                b'"' => self.is_in_string = true,
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' if self.depth == 0 => return (n, true),
                b'}' | b']' => {
                    self.depth -= 1;
                    if self.depth == 0 {
                        return (n + 1, true);
                    }
                }
                b',' | b':' | b' ' | b'\t' | b'\n' | b'\r' if self.depth == 0 => return (n, true),
                _ if self.depth == 0 => self.is_scalar = true,
                _ => (),
            }
        }
        (buffer.len(), false)
    }
}

#[cfg(test)]
mod tests {
    use std::{fmt::Write as _, io::BufReader};

    use super::*;

    /// The keys and values of the object in `json`, read through a buffer of three bytes.
    fn shown(json: &str, limit_bytes: usize) -> String {
        let mut stream = JsonStream::new(BufReader::with_capacity(3, json.as_bytes()));
        let mut shown = String::new();
        let result = (|| {
            stream.enter_object()?;
            while let Some(key) = stream.next_key()? {
                let value = match stream.raw(limit_bytes)? {
                    Raw::Bytes(bytes) => String::from_utf8(bytes).unwrap(),
                    Raw::TooLarge { size_bytes } => format!("{size_bytes} bytes"),
                };
                writeln!(shown, "{key}={value}").unwrap();
            }
            Ok(())
        })();
        if let Err(ReadError::Damaged { what, at }) = result {
            writeln!(shown, "{what} at {at}").unwrap();
        }
        shown
    }

    #[test]
    fn each_value_comes_as_it_stands() {
        insta::assert_snapshot!(shown(r#" { "a" : {"b":["}\"",1]} , "c\n":-1.5e3,"d": null,"e":"x"}"#, 100), @r#"
        a={"b":["}\"",1]}
        c
        =-1.5e3
        d=null
        e="x"
        "#);
    }

    #[test]
    fn a_value_that_is_too_large_costs_only_itself() {
        let large = format!(r#"{{"a":"{}","b":1}}"#, "x".repeat(1000));
        insta::assert_snapshot!(shown(&large, 10), @r"
        a=1002 bytes
        b=1
        ");
    }

    #[test]
    fn damage_has_a_place() {
        insta::assert_snapshot!(shown(r#"{"a":1 "b":2}"#, 10), @r"
        a=1
        no comma between two elements at 7
        ");
        insta::assert_snapshot!(shown(r#"{"a":[1,2"#, 10), @"an end in the middle of the text at 9");
        insta::assert_snapshot!(shown(r#"{"a":}"#, 10), @"no value where one is expected at 5");
        insta::assert_snapshot!(shown("[]", 10), @"no object where one is expected at 0");
        insta::assert_snapshot!(shown(r#"{"a"1}"#, 10), @"no colon behind a key at 4");
    }

    #[test]
    fn nesting_costs_nothing() {
        let deep = format!(r#"{{"a":{}{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(shown(&deep, 10), "a=200000 bytes\n");
    }
}

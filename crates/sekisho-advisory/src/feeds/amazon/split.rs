use std::io::BufRead;

use crate::error::ReadError;

/// Largest element; updates of a kernel with all of its packages have about 200 kB.
const MAX_ELEMENT_BYTES: usize = 16 << 20;

/// The elements of one name in a document of XML, one after the other and never the whole.
pub(super) struct Elements<R> {
    reader: R,
    at: u64,
    root: &'static str,
    name: &'static str,
    has_root: bool,
}

/// One element as it stands, tags and all.
pub(super) enum Element {
    Text(Vec<u8>),
    TooLarge { size_bytes: u64 },
}

impl<R: BufRead> Elements<R> {
    pub(super) fn new(reader: R, root: &'static str, name: &'static str) -> Self {
        Self { reader, at: 0, root, name, has_root: false }
    }

    /// The next element; none at the end of the root.
    pub(super) fn next(&mut self) -> Result<Option<Element>, ReadError> {
        loop {
            let tag = self.tag()?;
            let is = |name: &str| {
                let rest = tag.strip_prefix(name.as_bytes());
                rest.is_some_and(|rest| {
                    matches!(rest.first(), Some(b' ' | b'\t' | b'\n' | b'\r' | b'>' | b'/'))
                })
            };
            if is(&format!("/{}", self.root)) {
                return if self.has_root { Ok(None) } else { self.damaged("no such list") };
            }
            if is(self.root) {
                self.has_root = true;
                if tag.ends_with(b"/>") {
                    return Ok(None);
                }
            } else if is(self.name) {
                if !self.has_root {
                    return self.damaged("an element outside of its list");
                }
                let is_empty = tag.ends_with(b"/>");
                let start = [b"<", tag.as_slice()].concat();
                if is_empty {
                    return Ok(Some(Element::Text(start)));
                }
                return self.rest(start).map(Some);
            }
        }
    }

    fn damaged<T>(&self, what: &'static str) -> Result<T, ReadError> {
        Err(ReadError::Damaged { what, at: self.at })
    }

    /// The next tag without its `<`, up to a size.
    fn tag(&mut self) -> Result<Vec<u8>, ReadError> {
        self.pass(b'<', None)?;
        let mut tag = Vec::new();
        self.pass(b'>', Some(&mut tag))?;
        Ok(tag)
    }

    /// Reads on until behind `end`, and keeps what it passes as long as that is small.
    fn pass(&mut self, end: u8, mut kept: Option<&mut Vec<u8>>) -> Result<(), ReadError> {
        loop {
            let buffer = self.reader.fill_buf()?;
            if buffer.is_empty() {
                return self.damaged("an end in the middle of the list");
            }
            let found = memchr::memchr(end, buffer);
            let n = found.map_or(buffer.len(), |at| at + 1);
            if let Some(kept) = &mut kept
                && kept.len() <= MAX_ELEMENT_BYTES
            {
                kept.extend_from_slice(buffer.get(..n).unwrap_or_default());
            }
            self.reader.consume(n);
            self.at += n as u64;
            if found.is_some() {
                return Ok(());
            }
        }
    }

    /// The element that began with `element`, up to its end.
    fn rest(&mut self, mut element: Vec<u8>) -> Result<Element, ReadError> {
        let end = format!("/{}>", self.name);
        let started = self.at - element.len() as u64;
        loop {
            self.pass(b'<', Some(&mut element))?;
            let mut tag = Vec::new();
            self.pass(b'>', Some(&mut tag))?;
            let is_end = tag == end.as_bytes();
            if element.len() <= MAX_ELEMENT_BYTES {
                element.append(&mut tag);
            }
            if is_end {
                break;
            }
        }
        if element.len() > MAX_ELEMENT_BYTES {
            return Ok(Element::TooLarge { size_bytes: self.at - started });
        }
        Ok(Element::Text(element))
    }
}

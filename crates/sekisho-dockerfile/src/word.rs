//! Words of an instruction, as BuildKit splits them.

use std::ops::Range;

use crate::span::{Joined, Span};

/// A word of an instruction.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Word {
    /// As written, quotes and variables included.
    pub raw: String,
    pub span: Span,
    /// Without quotes and with the values of variables; a variable without a known value stays
    /// as it is written.
    pub value: String,
    /// False where a variable has no value in this file.
    pub is_known: bool,
}

impl Word {
    pub(crate) fn new(text: &Joined, range: Range<usize>) -> Self {
        let raw = text.as_str().get(range.clone()).unwrap_or_default().to_owned();
        let span = text.span(range);
        Self { value: raw.clone(), raw, span, is_known: true }
    }
}

/// Splits at white space and nothing else.
pub(crate) fn split_plain(text: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let mut words = Vec::new();
    let mut start = None;
    for (at, char) in chars(text, range.clone()) {
        match (char.is_whitespace(), start) {
            (true, Some(from)) => {
                words.push(from..at);
                start = None;
            }
            (false, None) => start = Some(at),
            (true, None) | (false, Some(_)) => (),
        }
    }
    words.extend(start.map(|from| from..range.end));
    words
}

/// What the quotes and escapes before a character make of it.
struct Quotes {
    escape: char,
    quote: Option<char>,
    is_escaped: bool,
}

impl Quotes {
    fn new(escape: char) -> Self {
        Self { escape, quote: None, is_escaped: false }
    }

    /// Takes the next character; whether it stands outside quotes, is not escaped, and is neither
    /// a quote nor an escape itself.
    fn is_bare(&mut self, char: char) -> bool {
        if self.is_escaped {
            self.is_escaped = false;
        } else if char == self.escape && self.quote != Some('\'') {
            self.is_escaped = true;
        } else if self.quote == Some(char) {
            self.quote = None;
        } else if self.quote.is_none() && matches!(char, '"' | '\'') {
            self.quote = Some(char);
        } else {
            return self.quote.is_none();
        }
        false
    }
}

/// Splits at white space outside quotes that is not escaped.
pub(crate) fn split_quoted(text: &str, range: Range<usize>, escape: char) -> Vec<Range<usize>> {
    let mut words = Vec::new();
    let mut start = None;
    let mut quotes = Quotes::new(escape);
    for (at, char) in chars(text, range.clone()) {
        if start.is_none() {
            if char.is_whitespace() {
                continue;
            }
            start = Some(at);
        }
        if quotes.is_bare(char)
            && char.is_whitespace()
            && let Some(from) = start.take()
        {
            words.push(from..at);
        }
    }
    words.extend(start.map(|from| from..range.end));
    words
}

/// Where the first `=` outside quotes is.
pub(crate) fn equals_sign(word: &str, escape: char) -> Option<usize> {
    let mut quotes = Quotes::new(escape);
    for (at, char) in word.char_indices() {
        if quotes.is_bare(char) && char == '=' {
            return Some(at);
        }
    }
    None
}

/// The range without white space around.
pub(crate) fn trim(text: &str, range: Range<usize>) -> Range<usize> {
    let Some(part) = text.get(range.clone()) else { return range };
    let start = range.start + (part.len() - part.trim_start().len());
    let end = range.end - (part.len() - part.trim_end().len());
    start..end.max(start)
}

fn chars(text: &str, range: Range<usize>) -> impl Iterator<Item = (usize, char)> {
    let start = range.start;
    text.get(range).unwrap_or_default().char_indices().map(move |(at, char)| (start + at, char))
}

/// The first word of those that [`split_quoted`] gives.
pub(crate) fn first_quoted(text: &str, range: Range<usize>, escape: char) -> Option<Range<usize>> {
    let mut quotes = Quotes::new(escape);
    for (at, char) in chars(text, range.clone()) {
        if quotes.is_bare(char) && char.is_whitespace() {
            return Some(range.start..at);
        }
    }
    (range.start < range.end).then_some(range)
}

use std::ops::Range;

/// A piece of the file, in bytes from its start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    pub start: usize,
    /// The first byte after it.
    pub end: usize,
}

impl Span {
    pub fn new(start: usize, end: usize) -> Self {
        Self { start, end: end.max(start) }
    }

    /// From the start of this one to the end of the other.
    #[must_use]
    pub fn to(self, end: Self) -> Self {
        Self::new(self.start, end.end)
    }

    pub fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    pub fn range(self) -> Range<usize> {
        self.start..self.end
    }
}

/// A place as editors count it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
}

/// The text of a file and where its lines start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    text: String,
    line_starts: Vec<usize>,
}

impl Source {
    pub fn new(text: String) -> Self {
        let line_starts =
            std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { text, line_starts }
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text at `span`; nothing where it is not between characters of the file.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or_default()
    }

    /// Where the byte `at` lies.
    pub fn position(&self, at: usize) -> Position {
        let line = self.line_starts.partition_point(|&start| start <= at).max(1);
        let start = self.line_starts.get(line - 1).copied().unwrap_or_default();
        let before = self.text.get(start..at).unwrap_or_default();
        Position { line, column: before.chars().count() + 1 }
    }

    /// The line of the byte `at`, from 1.
    pub fn line(&self, at: usize) -> usize {
        self.line_starts.partition_point(|&start| start <= at).max(1)
    }

    /// The line with this number, without what ends it.
    pub fn line_text(&self, line: usize) -> &str {
        let start = line.checked_sub(1).and_then(|index| self.line_starts.get(index));
        let Some(&start) = start else { return "" };
        let end = self.line_starts.get(line).copied().unwrap_or(self.text.len());
        self.text.get(start..end).unwrap_or_default().trim_end_matches(['\n', '\r'])
    }
}

/// Text whose parts lie apart in the file: an instruction without the marks, comments and empty
/// lines between its lines, or a here-document without its tabs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Joined {
    text: String,
    parts: Vec<Part>,
    /// Where it would lie, while it is empty.
    start: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Part {
    /// Where it starts here.
    at: usize,
    /// Where it starts in the file.
    source: usize,
}

impl Joined {
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Nothing yet, at the byte `start` of the file.
    pub(crate) fn at(start: usize) -> Self {
        Self { start, ..Self::default() }
    }

    /// Adds `text`, which starts at the byte `source` of the file.
    pub(crate) fn push(&mut self, text: &str, source: usize) {
        if !text.is_empty() {
            self.parts.push(Part { at: self.text.len(), source });
            self.text.push_str(text);
        }
    }

    /// Where in the file the byte `at` of this text lies.
    pub fn source(&self, at: usize) -> usize {
        let index = self.parts.partition_point(|part| part.at <= at).saturating_sub(1);
        self.parts.get(index).map_or(self.start, |part| part.source + (at - part.at))
    }

    /// Where in the file a range of this text lies.
    pub fn span(&self, range: Range<usize>) -> Span {
        let start = self.source(range.start);
        match range.end.checked_sub(1) {
            Some(last) if range.start < range.end => Span::new(start, self.source(last) + 1),
            _ => Span::new(start, start),
        }
    }

    /// A part of it.
    pub(crate) fn slice(&self, range: Range<usize>) -> Self {
        let mut slice = Self::at(self.source(range.start));
        let ends = self.parts.iter().skip(1).map(|part| part.at).chain([self.text.len()]);
        let first = self.parts.partition_point(|part| part.at <= range.start).saturating_sub(1);
        for (part, end) in self.parts.iter().zip(ends).skip(first) {
            if range.end <= part.at {
                break;
            }
            let from = part.at.max(range.start);
            let text = self.text.get(from..end.min(range.end)).unwrap_or_default();
            slice.push(text, part.source + (from - part.at));
        }
        slice
    }

    /// Puts `other` behind it.
    pub(crate) fn append(&mut self, other: &Self) {
        let at = self.text.len();
        self.text.push_str(&other.text);
        self.parts.extend(other.parts.iter().map(|part| Part { at: at + part.at, ..*part }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_in_lines_and_characters() {
        let source = Source::new("añb\r\nc\n".to_owned());
        assert_eq!(source.position(3), Position { line: 1, column: 3 });
        assert_eq!(source.position(6), Position { line: 2, column: 1 });
        assert_eq!(source.position(8), Position { line: 3, column: 1 });
        assert_eq!(source.line_text(1), "añb");
        assert_eq!(source.line_text(2), "c");
        assert_eq!(source.line_text(9), "");
    }

    #[test]
    fn joined_text_knows_where_it_was_taken_from() {
        let mut joined = Joined::default();
        joined.push("ab", 10);
        joined.push("cd", 20);
        assert_eq!(joined.as_str(), "abcd");
        assert_eq!(joined.source(1), 11);
        assert_eq!(joined.source(2), 20);
        assert_eq!(joined.span(1..2), Span::new(11, 12));
        assert_eq!(joined.span(1..3), Span::new(11, 21));
        let slice = joined.slice(1..3);
        assert_eq!((slice.as_str(), slice.span(0..2)), ("bc", Span::new(11, 21)));
    }
}

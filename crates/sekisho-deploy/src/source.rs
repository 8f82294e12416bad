/// A piece of a file, in bytes from its start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    pub start: usize,
    /// The first byte after it.
    pub end: usize,
}

impl Span {
    pub fn new(start: usize, end: usize) -> Self {
        Self { start, end: end.max(start) }
    }
}

/// Where something is said: a file of the deployment by its index, and a piece of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub file: usize,
    pub span: Span,
}

impl Place {
    pub fn new(file: usize, start: usize, end: usize) -> Self {
        Self { file, span: Span::new(start, end) }
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

/// A file of a deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// As the user gave it.
    pub path: String,
    text: String,
    line_starts: Vec<usize>,
}

impl Source {
    pub fn new(path: &str, text: String) -> Self {
        let line_starts =
            std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { path: path.to_owned(), text, line_starts }
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where the byte `at` lies.
    pub fn position(&self, at: usize) -> Position {
        let line = self.line(at);
        let start = self.line_starts.get(line - 1).copied().unwrap_or_default();
        let before = self.text.get(start..at).unwrap_or_default();
        Position { line, column: before.chars().count() + 1 }
    }

    /// The line of the byte `at`, from 1.
    pub fn line(&self, at: usize) -> usize {
        self.line_starts.partition_point(|&start| start <= at).max(1)
    }

    /// The place with white space at its end, and all but its first line, left out.
    pub(crate) fn first_line(&self, span: Span) -> Span {
        let text = self.text.get(span.start..span.end).unwrap_or_default();
        let line = text.lines().next().unwrap_or_default().trim_end();
        Span::new(span.start, span.start + line.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_in_lines_and_characters() {
        let source = Source::new("a.json", "añb\r\nc\n".to_owned());
        assert_eq!(source.position(3), Position { line: 1, column: 3 });
        assert_eq!(source.position(6), Position { line: 2, column: 1 });
        assert_eq!(source.position(800), Position { line: 3, column: 1 });
        assert_eq!(source.first_line(Span::new(0, 7)), Span::new(0, 4));
    }
}

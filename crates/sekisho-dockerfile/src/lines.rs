//! Lines of the file, and the lines that one instruction is written on.

use crate::{
    directive::Directives,
    problem::Problem,
    span::{Joined, Span},
};

/// A line of the file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line<'a> {
    /// Without what ends it.
    pub(crate) text: &'a str,
    pub(crate) start: usize,
}

impl Line<'_> {
    pub(crate) fn span(self) -> Span {
        Span::new(self.start, self.start + self.text.len())
    }

    fn is_comment(self) -> bool {
        self.text.trim_start().starts_with('#')
    }

    fn comment(self) -> Comment {
        let body = self.text.trim_start();
        let start = self.start + (self.text.len() - body.len());
        let body = body.trim_end();
        Comment {
            text: body.strip_prefix('#').unwrap_or(body).trim().to_owned(),
            span: Span::new(start, start + body.len()),
        }
    }
}

/// A comment on a line of its own; Dockerfiles have no others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// Without the mark and the white space around.
    pub text: String,
    pub span: Span,
}

/// What one instruction is written on, here-documents left out.
#[derive(Debug)]
pub(crate) struct Logical {
    pub(crate) text: Joined,
    pub(crate) span: Span,
}

#[derive(Debug)]
pub(crate) struct Lines<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Lines<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        // A byte order mark says nothing in UTF-8.
        let at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        Self { text, at }
    }

    pub(crate) fn next_line(&mut self) -> Option<Line<'a>> {
        let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
        let start = self.at;
        let line = rest.split_inclusive('\n').next().unwrap_or(rest);
        self.at += line.len();
        let text = line.strip_suffix('\n').unwrap_or(line);
        Some(Line { text: text.strip_suffix('\r').unwrap_or(text), start })
    }

    /// The lines of the next instruction; comments on the way go to `comments`.
    pub(crate) fn next_logical(
        &mut self,
        directives: &Directives,
        comments: &mut Vec<Comment>,
        problems: &mut Vec<Problem>,
    ) -> Option<Logical> {
        let first = loop {
            let line = self.next_line()?;
            if line.is_comment() {
                comments.push(line.comment());
            } else if !line.text.trim().is_empty() {
                break line;
            }
        };
        let indent = first.text.len() - first.text.trim_start().len();
        let mut text = Joined::at(first.start + indent);
        let (_, content) = first.text.split_at_checked(indent).unwrap_or(("", first.text));
        let mut span = Span::new(first.start + indent, first.span().end);
        let mut goes_on = push(&mut text, content, first.start + indent, directives.escape);
        while goes_on {
            let Some(line) = self.next_line() else { break };
            if line.is_comment() {
                comments.push(line.comment());
            } else if line.text.trim().is_empty() {
                problems.push(Problem::empty_continuation(line.span()));
            } else {
                span.end = line.span().end;
                goes_on = push(&mut text, line.text, line.start, directives.escape);
            }
        }
        Some(Logical { text, span })
    }
}

/// Adds a line without its continuation mark; true where the instruction goes on.
///
/// A mark that is itself escaped ends nothing: BuildKit reads `\\` at the end of a line as text.
fn push(text: &mut Joined, line: &str, start: usize, escape: char) -> bool {
    let trimmed = line.trim_end_matches([' ', '\t']);
    match trimmed.strip_suffix(escape) {
        Some(rest) if !rest.ends_with(escape) => {
            text.push(rest, start);
            true
        }
        _ => {
            text.push(line, start);
            false
        }
    }
}

//! From bytes to instructions.
//!
//! Source: `frontend/dockerfile/parser` of BuildKit for lines, here-documents and words; the
//! Dockerfile reference for the rest.

mod arguments;
mod values;

use crate::{
    directive::Directives,
    dockerfile::{Dockerfile, MAX_FILE_BYTES},
    heredoc,
    instruction::{Flag, Instruction, Kind},
    lines::{Lines, Logical},
    problem::Problem,
    span::{Joined, Source, Span},
    stage,
    word::{Word, trim},
};

/// Most problems of one file; a binary by the name of a Dockerfile has one a line.
const MAX_PROBLEMS: usize = 200;

pub(crate) fn parse(bytes: &[u8]) -> Dockerfile {
    let mut problems = Vec::new();
    let (bytes, is_cut) = match bytes.split_at_checked(MAX_FILE_BYTES) {
        Some((head, rest)) => (head, !rest.is_empty()),
        None => (bytes, false),
    };
    let text = String::from_utf8_lossy(bytes).into_owned();
    let is_utf8 = std::str::from_utf8(bytes).is_ok() && !is_cut;
    let directives = Directives::parse(&text, &mut problems);
    let mut parser = Parser { directives, problems, comments: Vec::new() };
    let mut lines = Lines::new(&text);
    let mut instructions = Vec::new();
    while let Some(logical) =
        lines.next_logical(&parser.directives, &mut parser.comments, &mut parser.problems)
    {
        instructions.push(parser.instruction(logical, &mut lines));
        if parser.problems.len() >= MAX_PROBLEMS {
            break;
        }
    }
    let Parser { directives, mut problems, comments } = parser;
    if is_cut {
        problems.push(Problem::unread(
            Span::new(text.len(), text.len()),
            format!("the file is longer than {MAX_FILE_BYTES} bytes; the rest was not read"),
            format!("ファイルが {MAX_FILE_BYTES} バイトより長く、残りは読んでいない"),
        ));
    } else if problems.len() >= MAX_PROBLEMS {
        problems.push(Problem::unread(
            Span::new(text.len(), text.len()),
            format!("more than {MAX_PROBLEMS} lines are wrong; the rest was not read"),
            format!("{MAX_PROBLEMS} 行以上が誤っており、残りは読んでいない"),
        ));
    }
    values::settle(&mut instructions, directives.escape);
    problems.sort_by_key(|problem| problem.span);
    let stages = stage::stages(&instructions);
    Dockerfile {
        source: Source::new(text),
        directives,
        comments,
        instructions,
        stages,
        problems,
        is_utf8,
    }
}

struct Parser {
    directives: Directives,
    problems: Vec<Problem>,
    comments: Vec<crate::Comment>,
}

impl Parser {
    fn instruction(&mut self, logical: Logical, lines: &mut Lines<'_>) -> Instruction {
        let Logical { text, mut span } = logical;
        let mut head = self.head(&text);
        let mut documents = Vec::new();
        let keyword = match head.keyword.as_str() {
            "ONBUILD" => self.head(&text.slice(head.rest.clone())).keyword,
            other => other.to_owned(),
        };
        let is_list = text.as_str().get(head.rest.clone()).is_some_and(|it| it.starts_with('['));
        if heredoc::may_have(&keyword) && !is_list {
            let announced =
                heredoc::announced(text.as_str(), head.rest.clone(), self.directives.escape);
            documents = heredoc::read(announced, &text, lines, &mut span.end, &mut self.problems);
        }
        let flags = std::mem::take(&mut head.flags);
        let rest = text.slice(head.rest.clone());
        let keyword_span = text.span(head.keyword_range.clone());
        let kind = self.kind(&head.keyword, keyword_span, &rest, &documents);
        Instruction {
            span,
            keyword: head.keyword,
            keyword_span,
            flags,
            kind,
            heredocs: documents,
            rest,
        }
    }

    /// Keyword and flags of the instruction that `text` is.
    fn head(&self, text: &Joined) -> Head {
        let whole = text.as_str();
        let range = trim(whole, 0..whole.len());
        let body = whole.get(range.clone()).unwrap_or_default();
        let end = body.find(char::is_whitespace).map_or(range.end, |at| range.start + at);
        let keyword_range = range.start..end;
        let keyword = whole.get(keyword_range.clone()).unwrap_or_default().to_ascii_uppercase();
        let (flags, rest) = if takes_flags(&keyword) {
            self.flags(text, end..range.end)
        } else {
            (Vec::new(), trim(whole, end..range.end))
        };
        Head { keyword, keyword_range, flags, rest }
    }

    /// The words that start with `--`, up to the first that does not.
    fn flags(
        &self,
        text: &Joined,
        range: std::ops::Range<usize>,
    ) -> (Vec<Flag>, std::ops::Range<usize>) {
        let mut flags = Vec::new();
        let mut rest = trim(text.as_str(), range);
        loop {
            let body = text.as_str().get(rest.clone()).unwrap_or_default();
            if !body.starts_with("--") {
                break;
            }
            // A flag ends at white space; quotes in it go on over white space.
            let words =
                crate::word::first_quoted(text.as_str(), rest.clone(), self.directives.escape);
            let Some(word) = words else { break };
            rest = trim(text.as_str(), word.end..rest.end);
            let raw = text.as_str().get(word.clone()).unwrap_or_default();
            if raw == "--" {
                break;
            }
            let equals = raw.find('=').map_or(word.end, |at| word.start + at);
            let name = text.as_str().get(word.start + 2..equals).unwrap_or_default();
            flags.push(Flag {
                name: name.to_owned(),
                value: Word::new(text, (equals + 1).min(word.end)..word.end),
                span: text.span(word),
            });
        }
        (flags, rest)
    }

    fn broken(&mut self, span: Span, en: String, ja: String) -> Kind {
        self.problems.push(Problem::broken(span, en, ja));
        Kind::Broken
    }
}

struct Head {
    keyword: String,
    keyword_range: std::ops::Range<usize>,
    flags: Vec<Flag>,
    rest: std::ops::Range<usize>,
}

fn takes_flags(keyword: &str) -> bool {
    matches!(keyword, "ADD" | "COPY" | "FROM" | "HEALTHCHECK" | "RUN")
}

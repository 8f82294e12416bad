//! Here-documents: `RUN <<EOF`, `COPY <<-"EOF" /file`, several on one line.

use std::ops::Range;

use crate::{
    expand::{Expander, Scope},
    instruction::Heredoc,
    lines::Lines,
    problem::Problem,
    span::Joined,
    word::split_quoted,
};

/// Instructions that may have them.
const KEYWORDS: &[&str] = &["ADD", "COPY", "RUN"];

/// What a line announces: `<<-'NAME'`.
#[derive(Debug)]
pub(crate) struct Announced {
    pub(crate) name: String,
    /// In the text of the instruction.
    pub(crate) range: Range<usize>,
    pub(crate) expands: bool,
    pub(crate) strips_tabs: bool,
}

pub(crate) fn may_have(keyword: &str) -> bool {
    KEYWORDS.contains(&keyword)
}

/// The here-documents that the words of `text` in `range` announce.
pub(crate) fn announced(text: &str, range: Range<usize>, escape: char) -> Vec<Announced> {
    if !text.contains("<<") {
        return Vec::new();
    }
    let words = split_quoted(text, range, escape);
    words.into_iter().filter_map(|range| announcement(text, range)).collect()
}

fn announcement(text: &str, range: Range<usize>) -> Option<Announced> {
    let word = text.get(range.clone())?;
    let digits = word.trim_start_matches(|char: char| char.is_ascii_digit());
    let rest = digits.strip_prefix("<<")?;
    let (strips_tabs, rest) = match rest.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    if rest.is_empty() || rest.contains('<') {
        return None;
    }
    // Variables in a name are left alone, so an expander without any says what quotes leave.
    let name = Expander::new('\\').expand(rest, &Scope::default()).text;
    let expands = name == rest;
    (!name.is_empty()).then_some(Announced { name, range, expands, strips_tabs })
}

/// Reads the bodies that follow, in order.
pub(crate) fn read(
    announced: Vec<Announced>,
    text: &Joined,
    lines: &mut Lines<'_>,
    end: &mut usize,
    problems: &mut Vec<Problem>,
) -> Vec<Heredoc> {
    let mut heredocs = Vec::new();
    for Announced { name, range, expands, strips_tabs } in announced {
        let span = text.span(range);
        let mut body = Joined::at(span.end);
        let is_terminated = loop {
            let Some(line) = lines.next_line() else { break false };
            *end = line.span().end;
            let stripped = if strips_tabs { line.text.trim_start_matches('\t') } else { line.text };
            if stripped == name {
                break true;
            }
            body.push(stripped, line.start + (line.text.len() - stripped.len()));
            body.push("\n", line.span().end);
        };
        if !is_terminated {
            problems.push(Problem::broken(
                span,
                format!("the here-document {name:?} has no end: a line with nothing but its name"),
                format!("ヒアドキュメント {name:?} に終わり（名前だけの行）がない"),
            ));
        }
        heredocs.push(Heredoc { name, span, body, expands, strips_tabs });
    }
    heredocs
}

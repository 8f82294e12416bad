//! Lines for a terminal: measured as it draws them, and free of what would command it.

use std::{borrow::Cow, fmt::Write as _, io};

use anstyle::Style;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Text without what a terminal obeys: control characters, and the invisible ones that reorder or
/// hide what follows. They are shown by number; ends of lines become spaces.
///
/// # Source
///
/// Unicode, UAX #9 section 2 (bidirectional controls) and the general category Cf; ECMA-48 for
/// what C0 and C1 do.
pub(crate) fn clean(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut cleaned = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '\n' | '\r' | '\t' => cleaned.push(' '),
            char if is_unsafe(char) => cleaned.extend(char.escape_unicode()),
            char => cleaned.push(char),
        }
    }
    Cow::Owned(cleaned)
}

pub(crate) fn is_unsafe(char: char) -> bool {
    char.is_control()
        || matches!(char,
            '\u{ad}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{180e}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// Columns that a cleaned text takes.
pub(crate) fn width(text: &str) -> usize {
    UnicodeWidthStr::width(text)
}

/// Cuts a cleaned text to `columns`, with an ellipsis where something is lost.
pub(crate) fn cut(text: &str, columns: usize) -> Cow<'_, str> {
    if width(text) <= columns {
        return Cow::Borrowed(text);
    }
    let mut kept = String::new();
    let mut used = 1;
    for char in text.chars() {
        used += char.width().unwrap_or(0);
        if used > columns {
            break;
        }
        kept.push(char);
    }
    if columns > 0 {
        kept.push('…');
    }
    Cow::Owned(kept)
}

/// Breaks a cleaned text into lines of at most `columns`: between words, beside East Asian
/// characters, and within what is longer than a line.
pub(crate) fn wrap(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(2);
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    for word in words(text) {
        let word_columns = width(word.trim_end());
        if used + word_columns > columns && used > 0 {
            lines.push(std::mem::take(&mut line).trim_end().to_owned());
            used = 0;
        }
        if word_columns <= columns {
            line.push_str(word);
            used += width(word);
            continue;
        }
        for char in word.chars() {
            let char_columns = char.width().unwrap_or(0);
            if used + char_columns > columns {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            line.push(char);
            used += char_columns;
        }
    }
    let last = line.trim_end();
    if !last.is_empty() || lines.is_empty() {
        lines.push(last.to_owned());
    }
    lines
}

/// The pieces between which a line may end, each with the spaces that follow it.
fn words(text: &str) -> Vec<&str> {
    /// What does not begin a line, JIS X 4051.
    const NOT_FIRST: &str = "、。，．・：；？！）」』】〕｝〉》ーァィゥェォッャュョヮヵヶぁぃぅぇぉっゃゅょゎ々,.:;?!)]}";
    const NOT_LAST: &str = "（「『【〔｛〈《([{";
    let mut words = Vec::new();
    let mut start = 0;
    let mut previous: Option<char> = None;
    for (index, char) in text.char_indices() {
        let is_wide = |char: char| char.width() == Some(2);
        let ends_here = previous.is_some_and(|previous| {
            (previous == ' ' && char != ' ')
                || ((is_wide(previous) || is_wide(char))
                    && previous != ' '
                    && char != ' '
                    && !NOT_FIRST.contains(char)
                    && !NOT_LAST.contains(previous))
        });
        if ends_here && let Some(word) = text.get(start..index) {
            words.push(word);
            start = index;
        }
        previous = Some(char);
    }
    words.extend(text.get(start..).filter(|rest| !rest.is_empty()));
    words
}

/// Writes lines; every text passes [`clean`] on its way.
pub(crate) struct Terminal<'a> {
    out: &'a mut dyn io::Write,
    color: bool,
    width: usize,
}

/// The parts of a line, each with its style.
pub(crate) type Parts<'a> = [(Style, &'a str)];

impl<'a> Terminal<'a> {
    /// Lines are at least this long, so that something can be read on any terminal.
    const MIN_WIDTH: usize = 40;
    /// Longer ones are hard to follow with the eye.
    const MAX_WIDTH: usize = 120;
    const DEFAULT_WIDTH: usize = 100;

    pub(crate) fn new(out: &'a mut dyn io::Write, color: bool, width: Option<u16>) -> Self {
        let width = width.map_or(Self::DEFAULT_WIDTH, usize::from);
        Self { out, color, width: width.clamp(Self::MIN_WIDTH, Self::MAX_WIDTH) }
    }

    /// Writes one line, cut at the width.
    pub(crate) fn line(&mut self, parts: &Parts<'_>) -> io::Result<()> {
        let mut left = self.width;
        let mut text = String::new();
        for (style, part) in parts {
            let part = clean(part);
            let part = cut(&part, left);
            left = left.saturating_sub(width(&part));
            self.paint(&mut text, *style, &part);
        }
        self.finish(&text)
    }

    /// Writes one line however long it is.
    pub(crate) fn whole(&mut self, parts: &Parts<'_>) -> io::Result<()> {
        let mut text = String::new();
        for (style, part) in parts {
            self.paint(&mut text, *style, &clean(part));
        }
        self.finish(&text)
    }

    /// Writes `head` and then `text`, whose further lines begin below its first.
    pub(crate) fn hanging(&mut self, head: &Parts<'_>, style: Style, text: &str) -> io::Result<()> {
        let mut shown = String::new();
        let mut indent = 0;
        for (style, part) in head {
            let part = clean(part);
            indent += width(&part);
            self.paint(&mut shown, *style, &part);
        }
        for line in wrap(&clean(text), self.width.saturating_sub(indent)) {
            self.paint(&mut shown, style, &line);
            self.finish(&shown)?;
            shown = " ".repeat(indent);
        }
        Ok(())
    }

    pub(crate) fn blank(&mut self) -> io::Result<()> {
        self.out.write_all(b"\n")
    }

    fn finish(&mut self, text: &str) -> io::Result<()> {
        self.out.write_all(text.trim_end().as_bytes())?;
        self.out.write_all(b"\n")
    }

    fn paint(&self, line: &mut String, style: Style, text: &str) {
        if self.color && !text.is_empty() && style != Style::new() {
            write!(line, "{style}{text}{style:#}").expect("a String takes everything");
        } else {
            line.push_str(text);
        }
    }
}

/// A text padded to `columns`.
pub(crate) fn pad(text: &str, columns: usize) -> String {
    let text = clean(text);
    let n_spaces = columns.saturating_sub(width(&text));
    format!("{text}{}", " ".repeat(n_spaces))
}

/// A number padded on its left.
pub(crate) fn pad_left(text: &str, columns: usize) -> String {
    let text = clean(text);
    let n_spaces = columns.saturating_sub(width(&text));
    format!("{}{text}", " ".repeat(n_spaces))
}

#[cfg(test)]
mod tests {
    use sekisho_testkit::report::HOSTILE;

    use super::*;

    #[test]
    fn nothing_that_commands_a_terminal_is_left() {
        let cleaned = clean(HOSTILE);
        assert!(!cleaned.chars().any(is_unsafe));
        assert!(cleaned.starts_with(r"\u{1b}[31mred\u{1b}]0;title\u{7}\u{202e}gpj\u{2066}.exe"));
        assert_eq!(clean("a\u{200b}b\nc"), r"a\u{200b}b c");
        assert_eq!(clean("日本語 é ✓"), "日本語 é ✓");
    }

    #[test]
    fn wide_characters_take_two_columns() {
        assert_eq!(width("日本"), 4);
        assert_eq!(cut("日本語", 5), "日本…");
        assert_eq!(cut("日本語", 6), "日本語");
        assert_eq!(cut("abc", 0), "");
        assert_eq!(pad("日本", 6), "日本  ");
    }

    #[test]
    fn lines_break_where_people_would_break_them() {
        assert_eq!(wrap("one two  three", 7), ["one two", "three"]);
        assert_eq!(wrap("abcdefghij k", 4), ["abcd", "efgh", "ij k"]);
        assert_eq!(
            wrap("設定にユーザーがありません。", 10),
            ["設定にユー", "ザーがあり", "ません。"]
        );
        assert_eq!(wrap("", 10), [""]);
    }

    #[test]
    fn no_line_is_longer_than_asked() {
        for text in [HOSTILE, "日本語の文章が、途中で折り返される場合もあります。", "a b c d e f"]
        {
            for columns in 2..40 {
                let lines = wrap(&clean(text), columns);
                // A character that may not begin a line can push its word over the end by itself.
                assert!(lines.iter().all(|line| width(line) <= columns), "{columns}: {lines:?}");
            }
        }
    }
}

//! Reads a pattern of Go and writes it anew.

use std::{collections::BTreeSet, fmt::Write as _, str::Chars};

use super::{PatternError, class};

/// Most repetitions, of one operator and of nested ones together.
const MAX_REPEAT: u32 = 1000;

/// Deepest nesting of groups.
const MAX_DEPTH: usize = 1000;

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Flags {
    /// `i`
    pub(super) fold: bool,
    /// `m`
    multi_line: bool,
    /// `s`
    dot_all: bool,
}

/// What stands between two operators, written anew so that it holds together by itself.
#[derive(Debug)]
struct Atom {
    text: String,
    /// How often the innermost part is repeated at most, nested repetitions multiplied.
    n_repeats: u32,
}

/// A group that is open.
#[derive(Debug, Default)]
struct Group {
    /// Flags outside of it.
    outer: Flags,
    /// Alternatives that ended.
    branches: Vec<String>,
    atoms: Vec<Atom>,
    n_repeats: u32,
}

impl Group {
    fn push(&mut self, text: String) {
        self.atoms.push(Atom { text, n_repeats: 1 });
    }

    fn end_branch(&mut self) {
        let most = self.atoms.iter().map(|atom| atom.n_repeats).max();
        self.n_repeats = self.n_repeats.max(most.unwrap_or(1));
        let branch: String = self.atoms.drain(..).map(|atom| atom.text).collect();
        self.branches.push(branch);
    }

    fn finish(mut self) -> Atom {
        self.end_branch();
        Atom { text: format!("(?:{})", self.branches.join("|")), n_repeats: self.n_repeats }
    }
}

struct Parser<'a> {
    whole: &'a str,
    rest: Chars<'a>,
    flags: Flags,
    groups: Vec<Group>,
    group: Group,
    names: BTreeSet<&'a str>,
}

/// The same pattern for `regex-syntax`.
pub(super) fn translate(pattern: &str) -> Result<String, PatternError> {
    let mut parser = Parser {
        whole: pattern,
        rest: pattern.chars(),
        flags: Flags::default(),
        groups: Vec::new(),
        group: Group::default(),
        names: BTreeSet::new(),
    };
    parser.run()?;
    Ok(parser.group.finish().text)
}

fn error(what: &'static str, at: &str) -> PatternError {
    PatternError { what, at: super::shortened(at) }
}

impl<'a> Parser<'a> {
    fn run(&mut self) -> Result<(), PatternError> {
        // The repetition operator that stands right before, to tell `a**`.
        let mut last_repeat: Option<&'a str> = None;
        while !self.rest.as_str().is_empty() {
            let before = self.rest.as_str();
            let mut repeat = None;
            match self.next() {
                Some('(') => self.open(before)?,
                Some(')') => self.close()?,
                Some('|') => self.group.end_branch(),
                Some('[') => {
                    let (text, rest) = class::bracketed(before, self.flags)?;
                    self.rest = rest.chars();
                    self.group.push(text);
                }
                Some('.') => {
                    self.group
                        .push(if self.flags.dot_all { "(?s:.)" } else { r"[^\n]" }.to_owned());
                }
                Some('^') => {
                    let text = if self.flags.multi_line { "(?m:^)" } else { r"\A" };
                    self.group.push(text.to_owned());
                }
                Some('$') => {
                    let text = if self.flags.multi_line { "(?m:$)" } else { r"\z" };
                    self.group.push(text.to_owned());
                }
                Some('*' | '+' | '?') => {
                    repeat = Some(self.repeat(before, last_repeat, None)?);
                }
                Some('{') => match count(before) {
                    Some((min, max, rest)) => {
                        self.rest = rest.chars();
                        repeat = Some(self.repeat(before, last_repeat, Some((min, max)))?);
                    }
                    None => self.literal('{'),
                },
                Some('\\') => self.escape(before)?,
                Some(other) => self.literal(other),
                None => break,
            }
            last_repeat = repeat;
        }
        if self.groups.is_empty() { Ok(()) } else { Err(error("missing closing )", self.whole)) }
    }

    fn next(&mut self) -> Option<char> {
        self.rest.next()
    }

    fn eat(&mut self, prefix: &str) -> bool {
        match self.rest.as_str().strip_prefix(prefix) {
            Some(rest) => {
                self.rest = rest.chars();
                true
            }
            None => false,
        }
    }

    /// What was read since `before`.
    fn since(&self, before: &'a str) -> &'a str {
        let n = before.len().saturating_sub(self.rest.as_str().len());
        before.get(..n).unwrap_or(before)
    }

    fn literal(&mut self, char: char) {
        self.group.push(class::literal(char, self.flags.fold));
    }

    /// A `*`, `+`, `?` or a count, whose lazy form is the same here.
    fn repeat(
        &mut self,
        before: &'a str,
        last: Option<&'a str>,
        counts: Option<(u32, Option<u32>)>,
    ) -> Result<&'a str, PatternError> {
        self.eat("?");
        let operator = self.since(before);
        if let Some(last) = last {
            let both = last.len() + operator.len();
            let start = self.whole.len() - self.rest.as_str().len() - both;
            return Err(error(
                "invalid nested repetition operator",
                self.whole.get(start..start + both).unwrap_or(operator),
            ));
        }
        let Some(atom) = self.group.atoms.pop() else {
            return Err(error("missing argument to repetition operator", operator));
        };
        let Atom { text, mut n_repeats } = atom;
        let text = match counts {
            None => format!("(?:{text}){}", operator.get(..1).unwrap_or_default()),
            Some((min, max)) => {
                let largest = max.unwrap_or(min);
                if max.is_some_and(|max| max < min) || min.max(largest) > MAX_REPEAT {
                    return Err(error("invalid repeat count", operator));
                }
                if largest >= 2 {
                    n_repeats = n_repeats.saturating_mul(largest);
                }
                if n_repeats > MAX_REPEAT {
                    return Err(error("invalid repeat count", operator));
                }
                match max {
                    Some(max) => format!("(?:{text}){{{min},{max}}}"),
                    None => format!("(?:{text}){{{min},}}"),
                }
            }
        };
        self.group.atoms.push(Atom { text, n_repeats });
        Ok(operator)
    }

    fn open(&mut self, before: &'a str) -> Result<(), PatternError> {
        let outer = self.flags;
        if self.eat("?") {
            if self.eat("P<") || self.named() {
                self.name(before)?;
            } else if !self.flags_group(before)? {
                // `(?i)` holds until the end of the group it stands in.
                return Ok(());
            }
        }
        if self.groups.len() >= MAX_DEPTH {
            return Err(error("expression nests too deeply", self.whole));
        }
        let inner = Group { outer, ..Group::default() };
        self.groups.push(std::mem::replace(&mut self.group, inner));
        Ok(())
    }

    /// Whether `(?<name>` follows, which is no look-behind.
    fn named(&mut self) -> bool {
        let rest = self.rest.as_str();
        let is_behind = rest.starts_with("<=") || rest.starts_with("<!");
        !is_behind && self.eat("<")
    }

    fn name(&mut self, before: &'a str) -> Result<(), PatternError> {
        let rest = self.rest.as_str();
        let wrong = || error("invalid named capture", before);
        let (name, rest) = rest.split_once('>').ok_or_else(wrong)?;
        let is_word = |c: char| c == '_' || c.is_ascii_alphanumeric();
        if name.is_empty() || !name.chars().all(is_word) {
            return Err(wrong());
        }
        if !self.names.insert(name) {
            return Err(error("duplicate capture group name", name));
        }
        self.rest = rest.chars();
        Ok(())
    }

    /// Reads flags; says whether a group follows them.
    fn flags_group(&mut self, before: &'a str) -> Result<bool, PatternError> {
        let (mut is_on, mut has_flag) = (true, false);
        loop {
            match self.next() {
                Some('i') => (self.flags.fold, has_flag) = (is_on, true),
                Some('m') => (self.flags.multi_line, has_flag) = (is_on, true),
                Some('s') => (self.flags.dot_all, has_flag) = (is_on, true),
                // Which of several matches is taken makes no difference here.
                Some('U') => has_flag = true,
                Some('-') if is_on => (is_on, has_flag) = (false, false),
                Some(end @ (':' | ')')) if is_on || has_flag => return Ok(end == ':'),
                _ => {
                    let at = self.since(before);
                    return Err(error("invalid or unsupported Perl syntax", at));
                }
            }
        }
    }

    fn close(&mut self) -> Result<(), PatternError> {
        let Some(outside) = self.groups.pop() else {
            return Err(error("unexpected )", self.whole));
        };
        let inside = std::mem::replace(&mut self.group, outside);
        self.flags = inside.outer;
        self.group.atoms.push(inside.finish());
        Ok(())
    }

    fn escape(&mut self, before: &'a str) -> Result<(), PatternError> {
        let after = self.rest.as_str();
        let assertion = match after.chars().next() {
            Some('A') => Some(r"\A"),
            Some('z') => Some(r"\z"),
            Some('b') => Some(r"(?-u:\b)"),
            Some('B') => Some(r"(?-u:\B)"),
            _ => None,
        };
        if let Some(text) = assertion {
            self.next();
            self.group.push(text.to_owned());
            return Ok(());
        }
        if let Some(rest) = after.strip_prefix('Q') {
            let (quoted, rest) = rest.split_once(r"\E").unwrap_or((rest, ""));
            for char in quoted.chars() {
                self.literal(char);
            }
            self.rest = rest.chars();
            return Ok(());
        }
        if let Some((text, rest)) = class::escaped(before, self.flags)? {
            self.rest = rest.chars();
            self.group.push(text);
            return Ok(());
        }
        let (char, rest) = escaped_char(before)?;
        self.rest = rest.chars();
        self.literal(char);
        Ok(())
    }
}

/// Reads `{n}`, `{n,}` or `{n,m}`; none for a brace that is only a brace. A number that is too
/// large for anything is read as one that is too large.
fn count(text: &str) -> Option<(u32, Option<u32>, &str)> {
    let (inner, rest) = text.strip_prefix('{')?.split_once('}')?;
    let (min, max) = match inner.split_once(',') {
        Some((min, max)) => (min, Some(max)),
        None => (inner, None),
    };
    let number = |digits: &str| -> Option<u32> {
        let is_number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        // Go reads no number with leading zeros here.
        let is_plain = digits == "0" || !digits.starts_with('0');
        (is_number && is_plain).then(|| digits.parse().unwrap_or(u32::MAX))
    };
    let min = number(min)?;
    let max = match max {
        None => Some(min),
        Some("") => None,
        Some(max) => Some(number(max)?),
    };
    Some((min, max, rest))
}

/// Reads an escape that stands for one character, as outside and inside of classes.
pub(super) fn escaped_char(text: &str) -> Result<(char, &str), PatternError> {
    let mut rest = text.chars();
    rest.next();
    let Some(first) = rest.next() else { return Err(error("trailing backslash", text)) };
    let invalid = |rest: &Chars<'_>| {
        let n = text.len() - rest.as_str().len();
        error("invalid escape sequence", text.get(..n).unwrap_or(text))
    };
    let char = match first {
        'a' => '\u{7}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\u{b}',
        // A single digit other than zero would be a reference to a group.
        '1'..='7' if !rest.as_str().starts_with(|c: char| ('0'..='7').contains(&c)) => {
            return Err(invalid(&rest));
        }
        '0'..='7' => {
            let mut value = first.to_digit(8).unwrap_or(0);
            for _ in 0..2 {
                let Some(digit) = rest.as_str().chars().next().and_then(|c| c.to_digit(8)) else {
                    break;
                };
                value = value * 8 + digit;
                rest.next();
            }
            char::from_u32(value).ok_or_else(|| invalid(&rest))?
        }
        'x' => {
            let digits = match rest.as_str().strip_prefix('{') {
                Some(after) => {
                    let (digits, after) = after.split_once('}').ok_or_else(|| invalid(&rest))?;
                    rest = after.chars();
                    digits
                }
                None => {
                    let digits = rest.as_str().get(..2).ok_or_else(|| invalid(&rest))?;
                    rest = rest.as_str().get(2..).unwrap_or_default().chars();
                    digits
                }
            };
            let is_hex = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_hexdigit());
            let value = u32::from_str_radix(digits, 16).ok().filter(|_| is_hex);
            value.and_then(char::from_u32).ok_or_else(|| invalid(&rest))?
        }
        other if other.is_ascii() && !other.is_ascii_alphanumeric() => other,
        _ => return Err(invalid(&rest)),
    };
    Ok((char, rest.as_str()))
}

/// Writes one character so that nothing but itself is meant.
pub(super) fn write_char(out: &mut String, char: char) {
    write!(out, "\\x{{{:X}}}", u32::from(char)).expect("a String takes everything");
}

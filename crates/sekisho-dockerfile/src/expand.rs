//! Variables in the words of instructions, as BuildKit replaces them.
//!
//! Source: the Dockerfile reference, "Environment replacement", and `shell/lex.go` of BuildKit
//! for what the reference leaves open.

use std::collections::BTreeMap;

/// Longest value; a variable that doubles another would grow without end.
const MAX_VALUE_BYTES: usize = 4096;

/// Most steps in one file, so that patterns and long values cannot be combined into hours.
const MAX_STEPS: usize = 4_000_000;

/// Deepest `${a:-${b:-…}}`.
const MAX_DEPTH: usize = 16;

/// The variables at one point of the file.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scope {
    /// None where a variable is declared and its value comes from outside.
    values: BTreeMap<String, Option<String>>,
}

impl Scope {
    pub(crate) fn set(&mut self, name: &str, value: Option<String>) {
        self.values.insert(name.to_owned(), value);
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Option<String>> {
        self.values.get(name)
    }
}

/// Replaces variables, within what one file may cost.
#[derive(Debug)]
pub(crate) struct Expander {
    pub(crate) escape: char,
    steps_left: usize,
}

/// The text of a word and whether every variable in it had a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Expanded {
    pub(crate) text: String,
    pub(crate) is_known: bool,
}

impl Expander {
    pub(crate) fn new(escape: char) -> Self {
        Self { escape, steps_left: MAX_STEPS }
    }

    /// Takes the quotes off `raw` and puts values in.
    pub(crate) fn expand(&mut self, raw: &str, scope: &Scope) -> Expanded {
        let mut reader = Reader { rest: raw, expander: self, scope };
        let expanded = reader.words(None, 0);
        match self.steps_left {
            0 => Expanded { text: raw.to_owned(), is_known: false },
            _ => expanded,
        }
    }

    fn spend(&mut self, steps: usize) -> bool {
        self.steps_left = self.steps_left.saturating_sub(steps);
        self.steps_left > 0
    }
}

struct Reader<'a, 'b> {
    rest: &'a str,
    expander: &'b mut Expander,
    scope: &'b Scope,
}

impl<'a> Reader<'a, '_> {
    fn next(&mut self) -> Option<char> {
        let mut chars = self.rest.chars();
        let char = chars.next()?;
        self.rest = chars.as_str();
        self.expander.spend(1);
        Some(char)
    }

    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn take(&mut self, is_wanted: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|char| !is_wanted(char)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at_checked(end).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }

    /// Text up to `stop`, which is taken too.
    fn words(&mut self, stop: Option<char>, depth: usize) -> Expanded {
        let mut out = Expanded { text: String::new(), is_known: true };
        while let Some(char) = self.peek() {
            if Some(char) == stop {
                self.next();
                break;
            }
            if out.text.len() > MAX_VALUE_BYTES || self.expander.steps_left == 0 {
                out.is_known = false;
                break;
            }
            match char {
                '\'' => {
                    self.next();
                    out.text.push_str(self.take(|char| char != '\''));
                    self.next();
                }
                '"' => {
                    self.next();
                    self.double_quoted(&mut out, depth);
                }
                '$' => self.dollar(&mut out, depth),
                _ if char == self.expander.escape => {
                    self.next();
                    out.text.extend(self.next());
                }
                _ => out.text.extend(self.next()),
            }
        }
        out
    }

    fn double_quoted(&mut self, out: &mut Expanded, depth: usize) {
        while let Some(char) = self.peek() {
            match char {
                '"' => {
                    self.next();
                    return;
                }
                '$' => self.dollar(out, depth),
                _ if char == self.expander.escape => {
                    self.next();
                    match self.peek() {
                        Some(next @ ('"' | '$')) => {
                            self.next();
                            out.text.push(next);
                        }
                        Some(next) if next == char => {
                            self.next();
                            out.text.push(next);
                        }
                        _ => out.text.push(char),
                    }
                }
                _ => out.text.extend(self.next()),
            }
        }
    }

    fn dollar(&mut self, out: &mut Expanded, depth: usize) {
        let written = self.rest;
        self.next();
        let value = match self.peek() {
            Some('{') if depth < MAX_DEPTH => {
                self.next();
                self.braced(depth)
            }
            Some(char) if char.is_ascii_alphabetic() || char == '_' => {
                let name = self.take(|char| char.is_ascii_alphanumeric() || char == '_');
                self.value(name)
            }
            Some(char) if char.is_ascii_digit() || matches!(char, '@' | '*' | '#') => {
                self.next();
                Some(String::new())
            }
            _ => {
                out.text.push('$');
                return;
            }
        };
        match value {
            Some(value) => {
                self.expander.spend(value.len());
                out.text.push_str(&value);
            }
            None => {
                let length = written.len() - self.rest.len();
                out.text.push_str(written.get(..length).unwrap_or_default());
                out.is_known = false;
            }
        }
    }

    fn value(&self, name: &str) -> Option<String> {
        self.scope.get(name).cloned().flatten()
    }

    /// What follows `${`, up to and with `}`.
    fn braced(&mut self, depth: usize) -> Option<String> {
        let name = self.take(|char| char.is_ascii_alphanumeric() || char == '_');
        let value = self.value(name);
        let operator = self.next()?;
        match operator {
            '}' => value,
            ':' => {
                let test = self.next()?;
                let word = self.words(Some('}'), depth + 1);
                let is_set = value.as_ref().is_some_and(|value| !value.is_empty());
                choose(test, is_set, value, word)
            }
            '-' | '+' | '?' => {
                let word = self.words(Some('}'), depth + 1);
                choose(operator, value.is_some(), value, word)
            }
            '#' | '%' => {
                let is_longest = self.peek() == Some(operator);
                if is_longest {
                    self.next();
                }
                let pattern = self.pattern('}', depth)?;
                let cut = Cut { at_end: operator == '%', is_longest };
                self.cut(&value?, &pattern, cut)
            }
            '/' => {
                let is_all = self.peek() == Some('/');
                if is_all {
                    self.next();
                }
                let pattern = self.pattern('/', depth)?;
                let word = self.words(Some('}'), depth + 1);
                self.replace(&value?, &pattern, &word.text, is_all)
            }
            _ => {
                self.words(Some('}'), depth + 1);
                None
            }
        }
    }

    fn pattern(&mut self, stop: char, depth: usize) -> Option<Vec<Piece>> {
        let word = self.raw(stop, depth);
        Some(pieces(&word, self.expander.escape)).filter(|_| word.len() <= MAX_VALUE_BYTES)
    }

    /// Text as written up to `stop`, which is taken too; escapes stay for the pattern.
    fn raw(&mut self, stop: char, depth: usize) -> String {
        let mut out = Expanded { text: String::new(), is_known: true };
        while let Some(char) = self.peek() {
            match char {
                _ if char == stop => {
                    self.next();
                    break;
                }
                '$' => self.dollar(&mut out, depth + 1),
                _ if char == self.expander.escape => {
                    out.text.extend(self.next());
                    out.text.extend(self.next());
                }
                _ => out.text.extend(self.next()),
            }
        }
        out.text
    }

    /// Takes off what matches at one end.
    fn cut(&mut self, value: &str, pattern: &[Piece], cut: Cut) -> Option<String> {
        let mut places: Vec<usize> = value.char_indices().map(|(at, _)| at).collect();
        places.push(value.len());
        // The first that matches is what is looked for: short pieces first, or long ones.
        if cut.at_end != cut.is_longest {
            places.reverse();
        }
        for at in places {
            let (head, tail) = value.split_at_checked(at)?;
            let (part, rest) = if cut.at_end { (tail, head) } else { (head, tail) };
            if !self.expander.spend(1 + part.len() * pattern.len()) {
                return None;
            }
            if matches(pattern, part) {
                return Some(rest.to_owned());
            }
        }
        Some(value.to_owned())
    }

    fn replace(
        &mut self,
        value: &str,
        pattern: &[Piece],
        with: &str,
        is_all: bool,
    ) -> Option<String> {
        let mut out = String::new();
        let mut rest = value;
        while let Some(char) = rest.chars().next() {
            let mut ends: Vec<usize> =
                rest.char_indices().map(|(at, char)| at + char.len_utf8()).collect();
            ends.reverse();
            let mut found = None;
            for end in ends {
                let (part, behind) = rest.split_at_checked(end)?;
                if !self.expander.spend(1 + part.len() * pattern.len()) {
                    return None;
                }
                if matches(pattern, part) {
                    found = Some(behind);
                    break;
                }
            }
            match found {
                Some(behind) => {
                    out.push_str(with);
                    rest = behind;
                    if !is_all {
                        break;
                    }
                }
                None => {
                    out.push(char);
                    rest = rest.get(char.len_utf8()..)?;
                }
            }
            if out.len() > MAX_VALUE_BYTES {
                return None;
            }
        }
        out.push_str(rest);
        Some(out)
    }
}

#[derive(Debug, Clone, Copy)]
struct Cut {
    at_end: bool,
    is_longest: bool,
}

fn choose(test: char, is_set: bool, value: Option<String>, word: Expanded) -> Option<String> {
    let word = word.is_known.then_some(word.text);
    match (test, is_set) {
        ('-', false) | ('+', true) => word,
        ('+', false) => Some(String::new()),
        _ => value,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece {
    Char(char),
    Any,
    Many,
}

fn pieces(pattern: &str, escape: char) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut chars = pattern.chars();
    while let Some(char) = chars.next() {
        pieces.push(match char {
            '?' => Piece::Any,
            '*' => Piece::Many,
            _ if char == escape => Piece::Char(chars.next().unwrap_or(escape)),
            _ => Piece::Char(char),
        });
    }
    pieces
}

/// Whether the whole of `text` matches, in time of their product.
fn matches(pattern: &[Piece], text: &str) -> bool {
    let mut reached = vec![false; pattern.len() + 1];
    let skip_stars = |reached: &mut Vec<bool>| {
        for (index, piece) in pattern.iter().enumerate() {
            if *piece == Piece::Many
                && reached.get(index) == Some(&true)
                && let Some(next) = reached.get_mut(index + 1)
            {
                *next = true;
            }
        }
    };
    if let Some(first) = reached.first_mut() {
        *first = true;
    }
    skip_stars(&mut reached);
    for char in text.chars() {
        let mut next = vec![false; pattern.len() + 1];
        for (index, (piece, _)) in
            pattern.iter().zip(&reached).enumerate().filter(|(_, (_, is))| **is)
        {
            let to = match piece {
                Piece::Char(wanted) if *wanted == char => index + 1,
                Piece::Any => index + 1,
                Piece::Many => index,
                Piece::Char(_) => continue,
            };
            if let Some(place) = next.get_mut(to) {
                *place = true;
            }
        }
        reached = next;
        skip_stars(&mut reached);
    }
    reached.last() == Some(&true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expand(raw: &str) -> String {
        let mut scope = Scope::default();
        scope.set("v", Some("1.2.3-rc".to_owned()));
        scope.set("e", Some(String::new()));
        scope.set("outside", None);
        let Expanded { text, is_known } = Expander::new('\\').expand(raw, &scope);
        if is_known { text } else { format!("{text} (unknown)") }
    }

    #[test]
    #[expect(clippy::literal_string_with_formatting_args, reason = "braces of Dockerfiles")]
    fn variables_are_replaced_as_buildkit_does() {
        for (raw, want) in [
            ("$v", "1.2.3-rc"),
            ("a${v}b", "a1.2.3-rcb"),
            ("'$v' \"$v\"", "$v 1.2.3-rc"),
            ("\\$v", "$v"),
            ("${n:-x}${e:-y}${e-z}${n-w}", "xyw"),
            ("${v:+x}${e:+y}${e+z}${n+w}", "xz"),
            ("${v:?no}", "1.2.3-rc"),
            ("${n:-${v}}", "1.2.3-rc"),
            ("${v#*.}", "2.3-rc"),
            ("${v##*.}", "3-rc"),
            ("${v%.*}", "1.2"),
            ("${v%%.*}", "1"),
            ("${v/./_}", "1_2.3-rc"),
            ("${v//./_}", "1_2_3-rc"),
            ("${v//[.]/_}", "1.2.3-rc"),
            ("${v/%/x}", "1.2.3-rc"),
            ("$", "$"),
            ("$n/${outside}", "$n/${outside} (unknown)"),
            ("${n", "${n (unknown)"),
            ("a\"b c\"d", "ab cd"),
        ] {
            assert_eq!(expand(raw), want, "{raw}");
        }
    }

    #[test]
    fn values_do_not_grow_without_end_nor_cost_hours() {
        let mut scope = Scope::default();
        let mut expander = Expander::new('\\');
        scope.set("a", Some("x".repeat(4000)));
        for _ in 0..100 {
            let doubled = expander.expand("$a$a", &scope);
            assert!(doubled.text.len() < 4 * MAX_VALUE_BYTES);
            scope.set("a", Some(doubled.text));
        }
        let pattern = format!("${{a//{}/b}}", "*x".repeat(2000));
        assert!(!expander.expand(&pattern, &scope).is_known);
        let deep = format!("{}x{}", "${n:-".repeat(5000), "}".repeat(5000));
        expander.expand(&deep, &scope);
    }
}

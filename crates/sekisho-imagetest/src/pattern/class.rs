//! Classes of characters.

use super::{
    PatternError,
    parse::{Flags, escaped_char, write_char},
};

/// The classes of Perl as Go has them, of ASCII alone.
const PERL: [(char, &str); 3] = [('d', "0-9"), ('s', r"\t\n\x0C\r\x20"), ('w', "0-9A-Za-z_")];

/// The classes of POSIX.
const POSIX: [(&str, &str); 14] = [
    ("alnum", "0-9A-Za-z"),
    ("alpha", "A-Za-z"),
    ("ascii", r"\x00-\x7F"),
    ("blank", r"\t\x20"),
    ("cntrl", r"\x00-\x1F\x7F"),
    ("digit", "0-9"),
    ("graph", r"\x21-\x7E"),
    ("lower", "a-z"),
    ("print", r"\x20-\x7E"),
    ("punct", r"\x21-\x2F\x3A-\x40\x5B-\x60\x7B-\x7E"),
    ("space", r"\t\n\x0B\x0C\r\x20"),
    ("upper", "A-Z"),
    ("word", "0-9A-Za-z_"),
    ("xdigit", "0-9A-Fa-f"),
];

fn error(what: &'static str, at: &str) -> PatternError {
    PatternError { what, at: super::shortened(at) }
}

/// One character.
pub(super) fn literal(char: char, fold: bool) -> String {
    let mut text = String::new();
    if fold {
        text.push_str("(?i:");
    }
    write_char(&mut text, char);
    if fold {
        text.push(')');
    }
    text
}

/// `\d`, `\pN` and so on outside of brackets, with what follows; none for another escape.
pub(super) fn escaped(text: &str, flags: Flags) -> Result<Option<(String, &str)>, PatternError> {
    Ok(item(text)?.map(|(class, rest)| (grouped(&format!("[{class}]"), flags), rest)))
}

/// `[…]` with what follows.
pub(super) fn bracketed(text: &str, flags: Flags) -> Result<(String, &str), PatternError> {
    let whole = text;
    let mut rest = text.strip_prefix('[').unwrap_or(text);
    let mut class = String::from("[");
    if let Some(negated) = rest.strip_prefix('^') {
        rest = negated;
        class.push('^');
    }
    let mut is_first = true;
    loop {
        if let Some(after) = rest.strip_prefix(']')
            && !is_first
        {
            rest = after;
            break;
        }
        is_first = false;
        if let Some((named, after)) = posix(rest)? {
            class.push_str(&named);
            rest = after;
            continue;
        }
        if let Some((item, after)) = item(rest)? {
            class.push_str(&item);
            rest = after;
            continue;
        }
        let range = rest;
        let (low, after) = one(rest, whole)?;
        rest = after;
        let mut high = low;
        if let Some(after) = rest.strip_prefix('-')
            && !after.is_empty()
            && !after.starts_with(']')
        {
            (high, rest) = one(after, whole)?;
        }
        if high < low {
            let n = range.len() - rest.len();
            let at = range.get(..n).unwrap_or(range);
            return Err(error("invalid character class range", at));
        }
        write_char(&mut class, low);
        class.push('-');
        write_char(&mut class, high);
    }
    class.push(']');
    Ok((grouped(&class, flags), rest))
}

fn grouped(class: &str, flags: Flags) -> String {
    if flags.fold { format!("(?i:{class})") } else { class.to_owned() }
}

/// One character of a class.
fn one<'a>(text: &'a str, whole: &str) -> Result<(char, &'a str), PatternError> {
    let mut rest = text.chars();
    match rest.next() {
        None => Err(error("missing closing ]", whole)),
        Some('\\') => escaped_char(text),
        Some(char) => Ok((char, rest.as_str())),
    }
}

/// `[:alpha:]` or `[:^alpha:]` inside of brackets.
fn posix(text: &str) -> Result<Option<(String, &str)>, PatternError> {
    let Some(after) = text.strip_prefix("[:") else { return Ok(None) };
    let Some((name, rest)) = after.split_once(":]") else { return Ok(None) };
    let (sign, bare) = match name.strip_prefix('^') {
        Some(bare) => ("^", bare),
        None => ("", name),
    };
    match POSIX.iter().find(|(known, _)| *known == bare) {
        Some((_, ranges)) => Ok(Some((format!("[{sign}{ranges}]"), rest))),
        None => Err(error("invalid character class range", &format!("[:{name}:]"))),
    }
}

/// An escape that stands for several characters, as it is written inside of brackets.
fn item(text: &str) -> Result<Option<(String, &str)>, PatternError> {
    let mut rest = text.chars();
    if rest.next() != Some('\\') {
        return Ok(None);
    }
    let Some(letter) = rest.next() else { return Ok(None) };
    if let Some((_, ranges)) = PERL.iter().find(|(perl, _)| *perl == letter.to_ascii_lowercase()) {
        let sign = if letter.is_ascii_uppercase() { "^" } else { "" };
        return Ok(Some((format!("[{sign}{ranges}]"), rest.as_str())));
    }
    if !matches!(letter, 'p' | 'P') {
        return Ok(None);
    }
    let missing = || error("invalid character class range", text);
    let mut is_negated = letter == 'P';
    let name = match rest.as_str().strip_prefix('{') {
        Some(after) => {
            let (name, after) = after.split_once('}').ok_or_else(missing)?;
            rest = after.chars();
            name
        }
        None => {
            let at = rest.as_str();
            let char = rest.next().ok_or_else(missing)?;
            at.get(..char.len_utf8()).unwrap_or_default()
        }
    };
    let name = match name.strip_prefix('^') {
        Some(name) => {
            is_negated = !is_negated;
            name
        }
        None => name,
    };
    // Go knows scripts and general categories by these names alone.
    let is_name = name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.bytes().all(|b| b.is_ascii_alphabetic() || b == b'_');
    if !is_name {
        return Err(missing());
    }
    let sign = if is_negated { 'P' } else { 'p' };
    Ok(Some((format!("\\{sign}{{{name}}}"), rest.as_str())))
}

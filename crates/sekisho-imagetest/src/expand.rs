//! Variables in paths and commands.
//!
//! # Source
//!
//! `os.Expand` of Go, which the peer uses.

use std::collections::BTreeMap;

/// The variables of an image, by name.
pub(crate) type Variables = BTreeMap<String, String>;

/// Reads `NAME=value` entries; one without `=` is a variable without a value, and of two with
/// one name the last counts.
pub(crate) fn variables(entries: &[String]) -> Variables {
    let pair = |entry: &String| match entry.split_once('=') {
        Some((name, value)) => (name.to_owned(), value.to_owned()),
        None => (entry.clone(), String::new()),
    };
    entries.iter().map(pair).collect()
}

/// Replaces `$NAME` and `${NAME}`; what is not set is empty. With `has_escape`, `$$` is a dollar
/// sign; for the peer it is the variable of that name, which nobody sets.
pub(crate) fn expand(text: &str, variables: &Variables, has_escape: bool) -> String {
    let mut expanded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        expanded.push_str(before);
        if after.is_empty() {
            expanded.push('$');
            return expanded;
        }
        if has_escape && let Some(after) = after.strip_prefix('$') {
            expanded.push('$');
            rest = after;
            continue;
        }
        let (name, n_bytes) = shell_name(after);
        match name {
            "" if n_bytes == 0 => expanded.push('$'),
            // A brace without an end, or with nothing in it.
            "" => (),
            name => expanded.push_str(variables.get(name).map_or("", String::as_str)),
        }
        rest = after.get(n_bytes..).unwrap_or_default();
    }
    expanded.push_str(rest);
    expanded
}

/// The name that `text` starts with, and the bytes it takes.
fn shell_name(text: &str) -> (&str, usize) {
    let is_special = |c: char| "*#$@!?-".contains(c) || c.is_ascii_digit();
    if let Some(inner) = text.strip_prefix('{') {
        return match inner.split_once('}') {
            Some((name, _)) => (name, name.len() + 2),
            None => ("", 1),
        };
    }
    if text.starts_with(is_special) {
        return (text.get(..1).unwrap_or_default(), 1);
    }
    let n = text.bytes().take_while(|b| *b == b'_' || b.is_ascii_alphanumeric()).count();
    (text.get(..n).unwrap_or_default(), n)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_replaced_as_by_go() {
        let env = ["HOME=/root", "A=1", "A=2", "EMPTY"].map(str::to_owned);
        let env = variables(&env);
        for (text, want) in [
            ("$HOME/x", "/root/x"),
            ("${HOME}x", "/rootx"),
            ("$HOMEx", ""),
            ("$A-$B-", "2--"),
            ("$$A", "A"),
            ("a$", "a$"),
            ("$%", "$%"),
            ("${", ""),
            ("${}x", "x"),
            ("${HOME", "HOME"),
            ("\\$A", "\\2"),
            ("$1a", "a"),
            ("é$A", "é2"),
        ] {
            assert_eq!(expand(text, &env, false), want, "{text}");
        }
        assert_eq!(expand("$$A", &env, true), "$A");
    }
}

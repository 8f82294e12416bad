//! What a scalar means in YAML 1.1.
//!
//! # Source
//!
//! `resolve.go` of yaml.v2, which reads the suites of container-structure-test: the words of
//! YAML 1.1 for truth, numbers with a leading 0 in octal, no numbers to the base 60.

use super::{Scalar, ScalarKind};

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Resolved {
    Null,
    Bool(bool),
    Integer(i64),
    Float(f64),
    /// Anything else; a date, too, is asked for as text.
    Text,
}

pub(crate) fn resolve(scalar: &Scalar) -> Resolved {
    match scalar.kind {
        ScalarKind::Text => Resolved::Text,
        ScalarKind::Plain => plain(&scalar.text),
        ScalarKind::JsonLiteral => match scalar.text.as_str() {
            "null" => Resolved::Null,
            "true" => Resolved::Bool(true),
            "false" => Resolved::Bool(false),
            number => number
                .parse()
                .map(Resolved::Integer)
                .or_else(|_| number.parse().map(Resolved::Float))
                .unwrap_or(Resolved::Text),
        },
    }
}

fn plain(text: &str) -> Resolved {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Resolved::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            return Resolved::Bool(true);
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            return Resolved::Bool(false);
        }
        ".nan" | ".NaN" | ".NAN" => return Resolved::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => {
            return Resolved::Float(f64::INFINITY);
        }
        "-.inf" | "-.Inf" | "-.INF" => return Resolved::Float(f64::NEG_INFINITY),
        _ => (),
    }
    if !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.')) {
        return Resolved::Text;
    }
    let digits = text.replace('_', "");
    if let Some(integer) = integer(&digits) {
        return Resolved::Integer(integer);
    }
    match digits.parse() {
        // Rust also knows words for numbers, all of which have other letters.
        Ok(float) if digits.bytes().all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b)) => {
            Resolved::Float(float)
        }
        Ok(_) | Err(_) => Resolved::Text,
    }
}

/// As `strconv.ParseInt` reads a number to the base that its prefix says.
fn integer(text: &str) -> Option<i64> {
    let (sign, digits) = match text.strip_prefix(['+', '-']) {
        Some(digits) if text.starts_with('-') => ("-", digits),
        Some(digits) => ("", digits),
        None => ("", text),
    };
    let lower = digits.to_ascii_lowercase();
    let (base, digits) = match lower.get(..2) {
        Some("0x") => (16, lower.get(2..)?),
        Some("0b") => (2, lower.get(2..)?),
        Some("0o") => (8, lower.get(2..)?),
        _ if lower.len() > 1 && lower.starts_with('0') => (8, lower.get(1..)?),
        _ => (10, lower.as_str()),
    };
    if digits.starts_with(['+', '-']) {
        return None;
    }
    i64::from_str_radix(&format!("{sign}{digits}"), base).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_scalars_are_those_of_yaml_1_1() {
        for (text, want) in [
            ("yes", Resolved::Bool(true)),
            ("Off", Resolved::Bool(false)),
            ("y", Resolved::Bool(true)),
            ("yEs", Resolved::Text),
            ("~", Resolved::Null),
            ("", Resolved::Null),
            ("nil", Resolved::Text),
            ("012", Resolved::Integer(10)),
            ("0o12", Resolved::Integer(10)),
            ("0x1F", Resolved::Integer(31)),
            ("-0b11", Resolved::Integer(-3)),
            ("1_000", Resolved::Integer(1000)),
            ("08", Resolved::Float(8.0)),
            ("1e3", Resolved::Float(1000.0)),
            (".5", Resolved::Float(0.5)),
            ("190:20:30", Resolved::Text),
            ("2.0.0", Resolved::Text),
            ("-rw-r--r--", Resolved::Text),
            ("+-1", Resolved::Text),
            ("infinity", Resolved::Text),
        ] {
            assert_eq!(plain(text), want, "{text:?}");
        }
    }
}

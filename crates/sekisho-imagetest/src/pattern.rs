//! Regular expressions as Go's `regexp` reads them.
//!
//! Suites are written for a tool in Go. Its dialect differs from that of the `regex` crate in
//! what is an error, in what is literal and in what some classes mean, so a pattern is parsed here
//! and written anew with nothing left to interpretation: every character escaped, every class as
//! ranges. What Go refuses is refused with the reason.
//!
//! Only whether there is a match is asked, so greediness and captures are parsed and dropped.
//!
//! # Source
//!
//! The syntax of RE2 as `regexp/syntax` of Go 1.22 documents it, with the Perl flags that
//! `regexp.Compile` sets.

mod class;
mod parse;

use std::{borrow::Cow, fmt};

use regex_automata::meta::Regex;
use regex_syntax::hir::{Hir, HirKind, Look};

/// Longest pattern that is read.
const MAX_PATTERN_BYTES: usize = 64 * 1024;

/// Most memory that one compiled pattern may take; Go stops at 128 MB.
const MAX_PROGRAM_BYTES: usize = 64 << 20;

/// Most memory of the lazily built automaton of one search.
const MAX_CACHE_BYTES: usize = 8 << 20;

/// Deepest nesting, as in Go. What is written anew nests a few levels more for each of Go's.
const MAX_NESTING: u32 = 4 * 1000;

/// A compiled pattern.
#[derive(Clone)]
pub struct Pattern {
    text: String,
    regex: Regex,
    hir: Hir,
}

/// Why a text is no pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}: {at:?}")]
pub struct PatternError {
    pub what: &'static str,
    /// The part that is wrong.
    pub at: String,
}

/// What is wrong with a pattern that is valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vacuous {
    /// No text matches.
    Never,
    /// Every text matches.
    Always,
}

impl Pattern {
    /// # Errors
    ///
    /// On what Go refuses, and on patterns that would take too much memory.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        let wrong = |what| PatternError { what, at: shortened(text) };
        if text.len() > MAX_PATTERN_BYTES {
            return Err(wrong("the expression is too long"));
        }
        let translated = parse::translate(text)?;
        let hir = regex_syntax::ParserBuilder::new()
            .nest_limit(MAX_NESTING)
            .build()
            .parse(&translated)
            .map_err(|_| wrong("there is no such class of characters"))?;
        let config = Regex::config()
            .nfa_size_limit(Some(MAX_PROGRAM_BYTES))
            .hybrid_cache_capacity(MAX_CACHE_BYTES);
        let regex = Regex::builder()
            .configure(config)
            .build_from_hir(&hir)
            .map_err(|_| wrong("the expression takes too much memory"))?;
        Ok(Self { text: text.to_owned(), regex, hir })
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it matches anywhere in `text`.
    pub fn is_match(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }

    /// Whether it says nothing, in one way or the other.
    pub fn vacuous(&self) -> Option<Vacuous> {
        if is_never(&self.hir) {
            return Some(Vacuous::Never);
        }
        let properties = self.hir.properties();
        let is_always = properties.minimum_len() == Some(0) && properties.look_set().is_empty();
        is_always.then_some(Vacuous::Always)
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, f)
    }
}

/// Bytes as Go's matcher sees them: a byte that is no UTF-8 is the replacement character.
pub fn go_text(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => {
            let mut text = String::with_capacity(bytes.len());
            for chunk in bytes.utf8_chunks() {
                text.push_str(chunk.valid());
                text.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
            }
            Cow::Owned(text)
        }
    }
}

/// Whether no text can match: an empty class, or something before the start or after the end.
fn is_never(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Empty | HirKind::Literal(_) | HirKind::Look(_) => false,
        HirKind::Class(class) => class.is_empty(),
        HirKind::Repetition(repetition) => repetition.min > 0 && is_never(&repetition.sub),
        HirKind::Capture(capture) => is_never(&capture.sub),
        HirKind::Alternation(parts) => parts.iter().all(is_never),
        HirKind::Concat(parts) => parts.iter().any(is_never) || is_out_of_place(parts),
    }
}

fn is_out_of_place(parts: &[Hir]) -> bool {
    let takes_text = |part: &Hir| part.properties().minimum_len().is_some_and(|n| n > 0);
    let mut has_text = false;
    let mut has_ended = false;
    for part in parts {
        let properties = part.properties();
        if has_text && properties.look_set_prefix().contains(Look::Start) {
            return true;
        }
        if takes_text(part) {
            if has_ended {
                return true;
            }
            has_text = true;
        }
        has_ended |= properties.look_set_suffix().contains(Look::End);
    }
    false
}

fn shortened(text: &str) -> String {
    text.chars().take(80).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(pattern: &str, text: &str) -> &'static str {
        match Pattern::parse(pattern) {
            Ok(pattern) if pattern.is_match(text) => "yes",
            Ok(_) => "no",
            Err(_) => "error",
        }
    }

    #[test]
    fn patterns_mean_what_they_mean_in_go() {
        for (pattern, text, want) in [
            // Literal in Go, an error elsewhere.
            (r"[\w-.]", "-", "yes"),
            (r"[\d-x]", "-", "yes"),
            (r"\Qa.b\E", "a.b", "yes"),
            (r"\Qa.b\E", "axb", "no"),
            (r"\Qa+", "a+", "yes"),
            (r#"{"a": 1}"#, r#"{"a": 1}"#, "yes"),
            ("a{,2}", "a{,2}", "yes"),
            ("a{,2}", "aa", "no"),
            ("x{", "x{", "yes"),
            ("{", "{", "yes"),
            ("[[]a]", "[a]", "yes"),
            ("[[.a.]]", "a]", "yes"),
            ("[]a]", "]", "yes"),
            ("[^]a]", "]", "no"),
            (r"\07", "\u{7}", "yes"),
            (r"\0", "\0", "yes"),
            (r"\123", "S", "yes"),
            (r"\x{263a}", "☺", "yes"),
            (r"\<a\>", "<a>", "yes"),
            ("[a&&b]", "&", "yes"),
            ("[a~~b]", "~", "yes"),
            // Errors in Go.
            ("a**", "a", "error"),
            ("a++", "a", "error"),
            ("x*+", "x", "error"),
            ("(?x)a", "a", "error"),
            (r"\u0041", "A", "error"),
            ("[a--b]", "a", "error"),
            ("a{1}{2}", "aa", "error"),
            ("a{1001}", "a", "error"),
            ("(?:a{100}){100}", "a", "error"),
            ("a{2,1}", "aa", "error"),
            ("*", "*", "error"),
            ("a|*", "*", "error"),
            ("(a", "a", "error"),
            ("a)", "a", "error"),
            ("[a", "a", "error"),
            (r"\", "a", "error"),
            (r"\Z", "a", "error"),
            (r"\1", "a", "error"),
            ("(?=a)", "a", "error"),
            ("(?<a>b)(?P<a>c)", "bc", "error"),
            (r"\pX", "a", "error"),
            ("[[:word:]", "a", "error"),
            ("[[:nothing:]]", "a", "error"),
            // Classes of ASCII alone.
            (r"^\d$", "٣", "no"),
            (r"^\w$", "é", "no"),
            (r"^\s$", "\u{a0}", "no"),
            (r"^\s$", "\u{b}", "no"),
            (r"\bé", "é", "no"),
            (r"^\W$", "é", "yes"),
            (r"^[^\d]$", "٣", "yes"),
            (r"^[[:word:]]$", "_", "yes"),
            (r"^[[:^alpha:]]$", "1", "yes"),
            (r"^\p{Greek}\pL\PN$", "αβγ", "yes"),
            (r"^\p{^Greek}$", "α", "no"),
            // Anchors and flags.
            ("b$", "b\n", "no"),
            ("(?m)b$", "b\n", "yes"),
            ("a.b", "a\nb", "no"),
            ("(?s)a.b", "a\nb", "yes"),
            ("a(?s:.)b.", "a\nb\n", "no"),
            ("(?i)straSSe", "STRAſSE", "yes"),
            ("a(?i)b|c", "C", "yes"),
            ("(a(?i)b)c", "aBC", "no"),
            ("(?U)a+", "aa", "yes"),
            ("a[^b]c", "a\nc", "yes"),
            ("^*a", "a", "yes"),
            ("", "anything", "yes"),
            ("()|x", "", "yes"),
            ("x*?y+?", "y", "yes"),
        ] {
            assert_eq!(verdict(pattern, text), want, "{pattern} on {text:?}");
        }
    }

    #[test]
    fn a_mistake_is_named_with_its_place() {
        let shown = |pattern: &str| Pattern::parse(pattern).unwrap_err().to_string();
        insta::assert_snapshot!(
            ["a**", "(?<=a)b", r"\u0041", "[a--b]", "a{1001}", "(a", "a)", "[[:no:]]", r"\p{Klingon}"]
                .map(shown)
                .join("\n"),
            @r#"
        invalid nested repetition operator: "**"
        invalid or unsupported Perl syntax: "(?<"
        invalid escape sequence: "\\u"
        invalid character class range: "a--"
        invalid repeat count: "{1001}"
        missing closing ): "(a"
        unexpected ): "a)"
        invalid character class range: "[:no:]"
        there is no such class of characters: "\\p{Klingon}"
        "#
        );
    }

    #[test]
    fn a_pattern_that_says_nothing_is_recognised() {
        let vacuous = |pattern: &str| Pattern::parse(pattern).unwrap().vacuous();
        for never in ["a^b", "$a", r"[^\x00-\x{10FFFF}]", "a(?:^b|^c)", r"x\z\n"] {
            assert_eq!(vacuous(never), Some(Vacuous::Never), "{never}");
        }
        for always in [".*", "", "a?", "(x*|y)"] {
            assert_eq!(vacuous(always), Some(Vacuous::Always), "{always}");
        }
        for some in ["^$", "a", ".*FAIL.*", "(?m)a$\nb", "(^|x)a", "a($|b)"] {
            assert_eq!(vacuous(some), None, "{some}");
        }
    }

    #[test]
    fn bytes_that_are_no_text_match_one_character_each() {
        let text = go_text(b"a\xff\xfeb");
        assert_eq!(text, "a\u{fffd}\u{fffd}b");
        assert_eq!(verdict("^a..b$", &text), "yes");
    }
}

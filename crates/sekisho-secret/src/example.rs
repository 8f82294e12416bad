//! The notation of a rule's examples, in which no whole token stands.
//!
//! `{{ … }}` is replaced; everything else stands for itself.
//!
//! | notation | becomes |
//! |---|---|
//! | `{{base62 36}}` | so many characters of the alphabet, always the same ones |
//! | `{{hex 32}}`, `{{base64 86}}`, `{{base64url 43}}`, `{{base32 16}}`, `{{digits 10}}`, `{{upper 12}}`, `{{lower 20}}`, `{{bech32 58}}`, `{{HEX 8}}`, `{{word 12}}` | alphabets |
//! | `{{crc 30}}` | 30 characters of base 62 and the six check digits of their CRC-32 |
//! | `{{age 52}}` | so many characters of Bech32 and the check characters of an age key |
//! | `{{b64: text}}` | the text in base64 |
//! | `{{b64url: text}}` | the text in base64url, without padding |
//! | `{{}}` | nothing: breaks a prefix in two |
//! | `{{nl}}` `{{nul}}` `{{x 1f}}` | a newline, a NUL byte, a byte |

use base64::Engine as _;

use crate::{
    check::{BASE64, BASE64_URL, bech32_digits, crc_digits},
    rule::Rule,
    rule_set::RuleSet,
};

/// The text that an example stands for; the message says what is wrong with its notation.
pub(crate) fn expand(example: &str) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    let mut rest = example;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((notation, after)) = after.split_once("}}") else {
            return Err("an example has {{ without }}".to_owned());
        };
        out.extend_from_slice(before.as_bytes());
        replace(notation, &mut out)
            .ok_or_else(|| format!("an example has {{{{{notation}}}}}, which means nothing"))?;
        rest = after;
    }
    out.extend_from_slice(rest.as_bytes());
    Ok(out)
}

fn replace(notation: &str, out: &mut Vec<u8>) -> Option<()> {
    if let Some(text) = notation.strip_prefix("b64:") {
        out.extend_from_slice(BASE64.encode(inner(text)).as_bytes());
        return Some(());
    }
    if let Some(text) = notation.strip_prefix("b64url:") {
        out.extend_from_slice(BASE64_URL.encode(inner(text)).trim_end_matches('=').as_bytes());
        return Some(());
    }
    match notation {
        "" => return Some(()),
        "nl" => out.push(b'\n'),
        "nul" => out.push(0),
        _ => (),
    }
    if matches!(notation, "nl" | "nul") {
        return Some(());
    }
    let (name, argument) = notation.split_once(' ')?;
    if name == "x" {
        out.push(u8::from_str_radix(argument, 16).ok()?);
        return Some(());
    }
    let length = argument.parse().ok().filter(|length| *length <= 10_000)?;
    // The place in the example makes two values of one example differ.
    let seed = out.len() as u64 + length as u64;
    match name {
        "crc" => {
            let random = characters(BASE62, length, seed);
            out.extend_from_slice(&random);
            out.extend_from_slice(&crc_digits(&random));
        }
        "age" => {
            let random = characters(BECH32, length, seed);
            out.extend_from_slice(&random);
            let digits = bech32_digits("AGE-SECRET-KEY-", &random);
            out.extend_from_slice(&digits.to_ascii_uppercase());
        }
        _ => out.extend_from_slice(&characters(alphabet(name)?, length, seed)),
    }
    Some(())
}

/// In nested notation, `[[` and `]]` stand for the braces.
fn inner(text: &str) -> Vec<u8> {
    let text = text.trim().replace("[[", "{{").replace("]]", "}}");
    expand(&text).unwrap_or_default()
}

const BASE62: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BECH32: &[u8] = b"QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L";

fn alphabet(name: &str) -> Option<&'static [u8]> {
    Some(match name {
        "base62" => BASE62,
        "hex" => b"0123456789abcdef",
        "HEX" => b"0123456789ABCDEF",
        "base64" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
        "base64url" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-",
        "base32" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
        "lower32" => b"abcdefghijklmnopqrstuvwxyz234567",
        "digits" => b"0123456789",
        "upper" => b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "lower" => b"0123456789abcdefghijklmnopqrstuvwxyz",
        "word" => b"abcdefghijklmnopqrstuvwxyz",
        "bech32" => BECH32,
        _ => return None,
    })
}

/// Characters that look random, by the generator `SplitMix64`.
fn characters(alphabet: &[u8], length: usize, seed: u64) -> Vec<u8> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = state;
        z = (z ^ z >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ z >> 31
    };
    let pick = |value: u64| {
        let index = usize::try_from(value % alphabet.len() as u64).unwrap_or(0);
        alphabet.get(index).copied().unwrap_or(b'0')
    };
    std::iter::repeat_with(|| pick(next())).take(length).collect()
}

impl Rule {
    /// What is wrong with the examples of the rule; empty when they all hold.
    pub(crate) fn failed_examples(&self) -> Vec<String> {
        let mut failed = Vec::new();
        let Ok(alone) = Self::parse("", &self.source) else { return failed };
        let rules = RuleSet::of_rule(alone);
        let examples = &self.examples;
        if examples.matching.is_empty() {
            failed.push("a rule needs at least one example in `match`".to_owned());
        }
        for (list, is_match) in [(&examples.matching, true), (&examples.other, false)] {
            for example in list {
                let text = match expand(example) {
                    Ok(text) => text,
                    Err(err) => {
                        failed.push(err);
                        continue;
                    }
                };
                let found = rules.scan(examples.path.as_bytes(), &text).found;
                if found.is_empty() == is_match {
                    let what = if is_match { "is not found" } else { "is found" };
                    failed.push(format!("the example {example:?} {what}"));
                }
            }
        }
        failed
    }
}

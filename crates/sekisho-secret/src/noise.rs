//! What looks like a secret and is none: placeholders, variables, text.

/// Entropy of the bytes, in bits a byte.
pub(crate) fn entropy(text: &[u8]) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in text {
        if let Some(count) = counts.get_mut(usize::from(*byte)) {
            *count += 1;
        }
    }
    let total = u32::try_from(text.len()).map_or(f64::MAX, f64::from);
    let bits = |count: &u32| {
        let share = f64::from(*count) / total;
        -share * share.log2()
    };
    counts.iter().filter(|count| **count > 0).map(bits).sum()
}

/// Whether a token was blanked out or made up: a long run of one character, or of characters
/// that follow each other.
///
/// Six equal hexadecimal digits in a row stand in one of 20,000 real tokens of 40 digits.
pub(crate) fn is_placeholder(text: &[u8]) -> bool {
    const RUN: u32 = 6;
    const SEQUENCE: u32 = 8;
    let (mut run, mut sequence) = (1, 1);
    for &[a, b] in text.array_windows() {
        run = if a == b { run + 1 } else { 1 };
        let follows = a.is_ascii_alphanumeric() && b == a.wrapping_add(1);
        sequence = if follows { sequence + 1 } else { 1 };
        if run >= RUN || sequence >= SEQUENCE {
            return true;
        }
    }
    is_computed(text) || is_marked(text)
}

/// Documentation marks its tokens: `AKIA…EXAMPLE`, `xxxxx`, `your_token`.
fn is_marked(text: &[u8]) -> bool {
    const MARKS: &[&str] = &["xxxx", "your_", "your-", "_here", "-here", "placeholder", "redacted"];
    let lower = text.to_ascii_lowercase();
    MARKS.iter().any(|mark| memchr::memmem::find(&lower, mark.as_bytes()).is_some())
        || text.ends_with(b"EXAMPLE")
        || text.ends_with(b"EXAMPLEKEY")
}

/// Whether the text is put in at run time: a variable, a call, a template.
pub(crate) fn is_computed(text: &[u8]) -> bool {
    const PARTS: &[&[u8]] = &[
        b"${",
        b"{{",
        b"$(",
        b"#{",
        b"%(",
        b"%{",
        b"<%",
        b"...",
        b"process.env",
        b"os.environ",
        b"getenv",
        b"ENV[",
    ];
    let has = |part: &&[u8]| memchr::memmem::find(text, part).is_some();
    let is_variable = match text {
        [b'$', rest @ ..] => rest.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_'),
        [b'%', .., b'%']
        | [b'<', .., b'>']
        | [b'{', .., b'}']
        | [b'[', .., b']']
        | [b'@', .., b'@'] => true,
        [b'_', b'_', .., b'_', b'_'] => true,
        [b'%', _] => true,
        _ => false,
    };
    is_variable || PARTS.iter().any(has)
}

/// Whether letters and digits stand in no order: both are there, and no placeholder is.
pub(crate) fn is_random(text: &[u8]) -> bool {
    let n_digits = text.iter().filter(|byte| byte.is_ascii_digit()).count();
    let n_letters = text.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    // A random text of 20 letters and digits without any digit is one in fifty; without two
    // digits it is a word with a number.
    n_digits >= 2 && n_letters >= 2 && !is_placeholder(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entropy_is_that_of_the_bytes() {
        assert!((entropy(b"abcd") - 2.0).abs() < 1e-9);
        assert!(entropy(b"aaaa").abs() < 1e-9);
        assert!(entropy(b"").abs() < 1e-9);
    }

    #[test]
    fn made_up_tokens_are_placeholders() {
        for text in
            ["ghp_xxxxxxxxxxxx", "sk_live_1234567890", "dop_v1_000000aa", "AKIAIOSFODNN7EXAMPLE"]
        {
            assert!(is_placeholder(text.as_bytes()), "{text}");
        }
        assert!(!is_placeholder(b"f83kd02mslq9aa11bb22cc33"));
        assert!(is_random(b"f83kd02mslq9") && !is_random(b"correcthorse"));
    }
}

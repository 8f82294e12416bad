//! Where a token may begin and end.

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Whether a word may start at `at`: no letter stands before it, but the end of `\n` or `%3D`.
pub(crate) fn starts_word(buffer: &[u8], at: usize) -> bool {
    let start = at.saturating_sub(3);
    match buffer.get(start..at) {
        Some([.., byte]) if !is_word(*byte) => true,
        Some([.., b'\\', b'n' | b'r' | b't']) => true,
        Some([b'%', a, b]) => a.is_ascii_hexdigit() && b.is_ascii_hexdigit(),
        Some([]) | None => true,
        Some(_) => false,
    }
}

pub(crate) fn ends_word(buffer: &[u8], at: usize) -> bool {
    buffer.get(at).is_none_or(|byte| !is_word(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_may_start_after_an_escape() {
        for (text, want) in [
            ("", true),
            ("=", true),
            ("x", false),
            ("_", false),
            ("a\\n", true),
            ("an", false),
            ("%3D", true),
            ("3D", false),
        ] {
            assert_eq!(starts_word(text.as_bytes(), text.len()), want, "{text}");
        }
    }
}

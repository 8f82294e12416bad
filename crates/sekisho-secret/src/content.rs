//! What a file is, by how it starts.

/// Bytes by which a file is judged.
pub(crate) const START_BYTES: usize = 4096;

/// Larger files that are no text are not looked into: nobody keeps a token in one, and they are
/// four fifths of an image.
pub(crate) const BINARY_BYTES: u64 = 1 << 20;

/// How the bytes of a file are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Content {
    /// ASCII or anything that has it in it: UTF-8, Latin-1, Shift JIS.
    Text,
    Utf16 {
        is_big: bool,
    },
    /// Python and Java byte code, small databases: the surest rules are asked.
    Binary,
    /// Nothing to be found.
    Skipped,
}

impl Content {
    /// Judges a file by its first bytes, of which there are [`START_BYTES`] or all.
    pub(crate) fn of(start: &[u8], size_bytes: u64) -> Self {
        match start {
            [0xFF, 0xFE, 0, 0, ..] | [0, 0, 0xFE, 0xFF, ..] => return Self::Skipped,
            [0xFF, 0xFE, ..] => return Self::Utf16 { is_big: false },
            [0xFE, 0xFF, ..] => return Self::Utf16 { is_big: true },
            _ if is_opaque(start) => return Self::Skipped,
            _ => (),
        }
        if memchr::memchr(0, start).is_none() {
            return Self::Text;
        }
        if let Some(is_big) = is_utf16(start) {
            return Self::Utf16 { is_big };
        }
        if size_bytes <= BINARY_BYTES { Self::Binary } else { Self::Skipped }
    }
}

/// Programs, whose strings are those of their source, and what is compressed.
fn is_opaque(start: &[u8]) -> bool {
    const MAGICS: &[&[u8]] = &[
        b"\x7fELF",
        b"\x1f\x8b",
        b"BZh",
        b"\xfd7zXZ\0",
        b"\x28\xb5\x2f\xfd",
        b"PK\x03\x04",
        b"7z\xbc\xaf\x27\x1c",
        b"!<arch>\n",
        b"\x89PNG\r\n",
        b"\xff\xd8\xff",
        b"GIF8",
        b"RIFF",
        b"OggS",
        b"wOFF",
        b"wOF2",
        b"\0\x01\0\0\0",
        b"OTTO",
        b"%PDF-",
        b"\0asm",
        b"TZif",
    ];
    MAGICS.iter().any(|magic| start.starts_with(magic))
}

/// UTF-16 without a mark: every second byte of mostly ASCII text is NUL, no other is.
fn is_utf16(start: &[u8]) -> Option<bool> {
    let (pairs, last) = start.as_chunks::<2>();
    let (mut even, mut odd) = (usize::from(last == [0]), 0);
    for [first, second] in pairs {
        even += usize::from(*first == 0);
        odd += usize::from(*second == 0);
        // Programs and pictures have both, near their start.
        if even > 0 && odd > 0 {
            return None;
        }
    }
    let most = start.len() / 2 * 9 / 10;
    match (even, odd) {
        (0, odd) if odd > most && start.len() >= 16 => Some(false),
        (even, 0) if even > most && start.len() >= 16 => Some(true),
        _ => None,
    }
}

/// Turns UTF-16 into a byte a unit; what is not ASCII becomes 0xFF, which no pattern has. `odd`
/// keeps half a unit between chunks.
pub(crate) fn narrow(is_big: bool, odd: &mut Option<u8>, chunk: &[u8], out: &mut Vec<u8>) {
    for &byte in chunk {
        match odd.take() {
            None => *odd = Some(byte),
            Some(first) => {
                let (high, low) = if is_big { (first, byte) } else { (byte, first) };
                out.push(if high == 0 && low < 0x80 { low } else { 0xFF });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    #[test]
    fn files_are_told_apart_by_their_start() {
        let content = |start: &[u8]| Content::of(start, 100);
        assert_eq!(content(b"plain"), Content::Text);
        assert_eq!(content("日本語".as_bytes()), Content::Text);
        assert_eq!(content(b"\x7fELF\x02"), Content::Skipped);
        assert_eq!(content(b"\xa7\r\r\n\0\0\0\0"), Content::Binary);
        assert_eq!(Content::of(b"\xa7\r\r\n\0\0\0\0", BINARY_BYTES + 1), Content::Skipped);
        assert_eq!(content(&utf16("\u{feff}a")), Content::Utf16 { is_big: false });
        assert_eq!(content(&utf16("no mark at all")), Content::Utf16 { is_big: false });
        assert_eq!(content(b"\xfe\xff\0a"), Content::Utf16 { is_big: true });
    }

    #[test]
    fn units_may_be_cut_between_chunks() {
        let text = utf16("aあb");
        for at in 0..text.len() {
            let (mut odd, mut out) = (None, Vec::new());
            narrow(false, &mut odd, &text[..at], &mut out);
            narrow(false, &mut odd, &text[at..], &mut out);
            assert_eq!(out, b"a\xffb");
        }
    }
}

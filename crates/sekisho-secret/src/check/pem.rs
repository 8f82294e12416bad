//! The body of a private key in PEM, as files, JSON, YAML and source code hold it.

use base64::Engine as _;

use super::encoded::BASE64;

/// Fewest characters of base64: an Ed25519 key in PKCS #8 has 64.
const MIN_BODY_CHARACTERS: usize = 60;

/// A body that was found.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Body {
    /// Up to the end of the last line of the key.
    pub(super) length: usize,
    pub(super) is_encrypted: bool,
}

/// The key after the line `header`. Lines may be broken by a newline or by `\n` in a string,
/// indented, quoted, and joined by `+`.
///
/// # Source
///
/// RFC 7468; RFC 1421, section 4.6 for the headers of encrypted keys; `PROTOCOL.key` of OpenSSH;
/// RFC 9580, section 6.2.
pub(super) fn body(header: &[u8], rest: &[u8]) -> Option<Body> {
    let end = memchr::memmem::find(rest, b"-----END ")?;
    let tail = rest.get(end + b"-----END ".len()..)?;
    let after = memchr::memmem::find(tail.get(..64.min(tail.len()))?, b"-----")?;
    let length = end + b"-----END ".len() + after + b"-----".len();
    let text = rest.get(..end)?;
    let is_legacy_encrypted = memchr::memmem::find(text, b"Proc-Type: 4,ENCRYPTED").is_some();
    let base64 = characters(text)?;
    if base64.len() < MIN_BODY_CHARACTERS || is_one_letter(&base64) {
        return None;
    }
    let is_encrypted =
        is_legacy_encrypted || contains(header, b"ENCRYPTED") || is_encrypted_openssh(&base64);
    Some(Body { length, is_encrypted })
}

/// The characters of base64, once everything around them is taken away; none when anything else
/// stands between, as in documentation that leaves lines out.
fn characters(text: &[u8]) -> Option<Vec<u8>> {
    let mut base64 = Vec::new();
    for line in text.split(|byte| *byte == b'\n') {
        // `Proc-Type: 4,ENCRYPTED`, `Version: GnuPG v2`: headers of PEM and of armor.
        if contains(line, b": ") && !contains(line, b"\\n") {
            continue;
        }
        let mut bytes = line.iter().copied().peekable();
        while let Some(byte) = bytes.next() {
            match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' => base64.push(byte),
                b'=' | b' ' | b'\t' | b'\r' | b'"' | b'\'' | b'`' | b',' | b';' | b'(' | b')' => (),
                b'\\' => {
                    // `\n`, `\r\n`, `\\n`, and the backslash that continues a line.
                    while bytes.next_if_eq(&b'\\').is_some() {}
                    if let Some(escape) = bytes.peek()
                        && matches!(escape, b'n' | b'r' | b't')
                    {
                        bytes.next();
                    }
                }
                _ => return None,
            }
        }
    }
    Some(base64)
}

/// Whether a few letters repeat, as in a key that was blanked out.
fn is_one_letter(base64: &[u8]) -> bool {
    let mut seen = [false; 256];
    for byte in base64 {
        if let Some(seen) = seen.get_mut(usize::from(*byte)) {
            *seen = true;
        }
    }
    seen.iter().filter(|seen| **seen).count() < 12
}

/// Whether the key of OpenSSH names a cipher.
fn is_encrypted_openssh(base64: &[u8]) -> bool {
    const MAGIC: &[u8] = b"openssh-key-v1\0";
    let Some(start) = base64.get(..60) else { return false };
    let Ok(decoded) = BASE64.decode(start) else { return false };
    let cipher = decoded.strip_prefix(MAGIC).and_then(|rest| rest.get(4..8));
    cipher.is_some_and(|cipher| cipher != b"none")
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    memchr::memmem::find(text, part).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = "VEhJUyBJUyBOT1QgQSBLRVkuIElUIFdBUyBNQURFIEZPUiBBIERFTU8gSU1BR0Uu";

    fn encrypted(label: &str, text: &str) -> Option<bool> {
        body(label.as_bytes(), text.as_bytes()).map(|body| body.is_encrypted)
    }

    #[test]
    fn a_body_may_be_quoted_and_escaped() {
        let end = "-----END PRIVATE KEY-----";
        for text in [
            format!("\n{LINE}\n{LINE}\n{end}\n"),
            format!("\r\n  {LINE}\r\n  {LINE}\r\n  {end}\r\n"),
            format!("\\n{LINE}\\n{LINE}\\n{end}\\n\""),
            format!("\\\\n{LINE}\\\\n{LINE}=\\\\n{end}"),
            format!("\" +\n  \"{LINE}\" +\n  \"{LINE}\" +\n  \"{end}\""),
        ] {
            assert_eq!(encrypted("PRIVATE KEY", &text), Some(false), "{text}");
        }
    }

    #[test]
    fn a_key_with_lines_left_out_is_an_example() {
        for text in [
            format!("\n{LINE}\n...\n-----END PRIVATE KEY-----"),
            format!("\n{LINE}\n{LINE}\n"),
            "\nMIIB\n-----END PRIVATE KEY-----".to_owned(),
            format!("\n{}\n-----END PRIVATE KEY-----", "X".repeat(200)),
        ] {
            assert_eq!(encrypted("PRIVATE KEY", &text), None, "{text}");
        }
    }

    #[test]
    fn encrypted_keys_are_told_apart() {
        let end = "-----END RSA PRIVATE KEY-----";
        let text = format!("\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES\n\n{LINE}\n{LINE}\n{end}");
        assert_eq!(encrypted("RSA PRIVATE KEY", &text), Some(true));
        let text = format!("\n{LINE}\n{LINE}\n{end}");
        assert_eq!(encrypted("ENCRYPTED PRIVATE KEY", &text), Some(true));
        for (cipher, want) in [("none", false), ("aes256-ctr", true)] {
            let length = u32::try_from(cipher.len()).unwrap().to_be_bytes();
            let key = [b"openssh-key-v1\0", &length[..], cipher.as_bytes(), &[7; 60]].concat();
            let text = format!("\n{}\n{LINE}\n{end}", BASE64.encode(key));
            assert_eq!(encrypted("OPENSSH PRIVATE KEY", &text), Some(want), "{cipher}");
        }
    }
}

//! Secrets whose shape shows once base64 is undone.

use base64::{
    Engine as _,
    alphabet::{STANDARD, URL_SAFE},
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

use super::password::is_password;

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);

/// Standard base64, padded or not.
pub(crate) const BASE64: GeneralPurpose = GeneralPurpose::new(&STANDARD, LENIENT);

/// base64url, padded or not.
pub(crate) const BASE64_URL: GeneralPurpose = GeneralPurpose::new(&URL_SAFE, LENIENT);

/// Whether it is `user:password` in base64, as HTTP and container registries have it.
pub(super) fn is_basic_auth(text: &[u8]) -> bool {
    let Ok(decoded) = BASE64.decode(text) else { return false };
    // Docker pads the password with NUL bytes.
    let end = decoded.iter().rposition(|byte| *byte != 0).map_or(0, |at| at + 1);
    let Some(at) = decoded.iter().position(|byte| *byte == b':') else { return false };
    let is_text = |bytes: &[u8]| bytes.iter().all(|byte| (b' '..=b'~').contains(byte));
    match (decoded.get(..at), decoded.get(at + 1..end)) {
        (Some(user), Some(password)) => {
            !user.is_empty() && is_text(user) && is_text(password) && is_password(password)
        }
        _ => false,
    }
}

/// Whether it is base64 of data that is no text.
pub(super) fn is_bytes(text: &[u8]) -> bool {
    BASE64.decode(text).is_ok_and(|decoded| {
        let n_text = decoded.iter().filter(|byte| (b' '..=b'~').contains(*byte)).count();
        n_text * 4 < decoded.len() * 3
    })
}

/// # Source
///
/// RFC 7519, section 3.
pub(super) fn is_jwt(text: &[u8]) -> bool {
    let mut parts = text.split(|byte| *byte == b'.');
    let is_object = |part: Option<&[u8]>, key: Option<&[u8]>| {
        part.and_then(|part| BASE64_URL.decode(part).ok()).is_some_and(|json| {
            let has_key = |key: &[u8]| json.windows(key.len()).any(|window| window == key);
            json.first() == Some(&b'{') && json.last() == Some(&b'}') && key.is_none_or(has_key)
        })
    };
    let is_token = is_object(parts.next(), Some(b"\"alg\"")) && is_object(parts.next(), None);
    is_token && parts.next().is_some_and(|signature| signature.len() >= 16)
}

pub(super) fn is_discord(text: &[u8]) -> bool {
    let first = text.split(|byte| *byte == b'.').next().unwrap_or_default();
    BASE64_URL.decode(first).is_ok_and(|id| id.len() >= 17 && id.iter().all(u8::is_ascii_digit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_has_a_user_and_a_password() {
        let is_login = |text: &str| is_basic_auth(BASE64.encode(text).as_bytes());
        assert!(is_login("user:tr0ub4dor&3"));
        assert!(is_login("user:tr0ub4dor&3\0\0\0"), "as docker pads it");
        assert!(!is_login("user:") && !is_login(":secret") && !is_login("no colon"));
        assert!(!is_basic_auth(b"%%%"));
    }

    #[test]
    fn a_web_token_has_three_parts() {
        let part = |text: &str| BASE64_URL.encode(text).replace('=', "");
        let (header, payload) = (part(r#"{"alg":"HS256"}"#), part(r#"{"sub":"x"}"#));
        assert!(is_jwt(format!("{header}.{payload}.c2lnbmF0dXJlIGhlcmU").as_bytes()));
        assert!(!is_jwt(format!("{header}.{payload}.").as_bytes()), "not signed");
        assert!(!is_jwt(format!("{payload}.{header}.c2lnbmF0dXJlIGhlcmU").as_bytes()));
    }

    #[test]
    fn bytes_are_no_text() {
        assert!(is_bytes(BASE64.encode([0, 200, 3, 255, 17, 66, 129, 250]).as_bytes()));
        assert!(!is_bytes(BASE64.encode("only a text").as_bytes()));
    }
}

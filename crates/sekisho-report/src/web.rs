//! Addresses, as documents may carry them.

use std::fmt::Write as _;

/// Whether a text of a feed can stand where a document wants the address of a page: nothing but
/// http and https, and no character that a URI does not have.
///
/// # Source
///
/// RFC 3986, section 2.
pub(crate) fn is_web_address(text: &str) -> bool {
    let is_plain =
        |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte);
    text.bytes().all(is_plain)
        && (text.starts_with("https://") || text.starts_with("http://"))
        && has_good_escapes(text)
}

fn has_good_escapes(text: &str) -> bool {
    text.split('%').skip(1).all(|rest| {
        rest.get(..2).is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
    })
}

/// A path as a relative reference: every byte that is not plain is escaped, so that no name is
/// taken for a scheme, a host, a query or a fragment.
pub(crate) fn path_reference(path: &str) -> String {
    let mut reference = String::with_capacity(path.len());
    for byte in path.trim_start_matches('/').bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' | b'@' => {
                reference.push(char::from(byte));
            }
            _ => write!(reference, "%{byte:02X}").expect("a String takes everything"),
        }
    }
    reference
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_are_linked_to() {
        for text in ["https://a.example/b?c=%20#d", "http://a.example"] {
            assert!(is_web_address(text), "{text}");
        }
        for text in [
            "javascript:alert(1)",
            "https://a b",
            "https://a\"onclick",
            "data:,x",
            "https://%zz",
            "",
        ] {
            assert!(!is_web_address(text), "{text}");
        }
    }

    #[test]
    fn a_path_is_nothing_but_a_path() {
        assert_eq!(path_reference("/app/a b.js"), "app/a%20b.js");
        assert_eq!(path_reference("c:x?y#z"), "c%3Ax%3Fy%23z");
        assert_eq!(path_reference("//host/x"), "host/x");
        assert_eq!(path_reference("日"), "%E6%97%A5");
    }
}

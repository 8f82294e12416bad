//! Passwords, and the words that stand for one.

use crate::noise;

/// Longest password that people choose or programs make.
const MAX_BYTES: usize = 200;

/// What documentation and templates write where a password goes, and defaults that open nothing
/// by themselves. Compared without separators, digits at the end, and case.
const STAND_INS: &[&str] = &[
    "abc",
    "abcdef",
    "abcd",
    "admin",
    "administrator",
    "anonymous",
    "auth",
    "bar",
    "baz",
    "changeit",
    "changeme",
    "changethis",
    "credential",
    "credentials",
    "default",
    "demo",
    "dummy",
    "empty",
    "enabled",
    "example",
    "examplepassword",
    "fake",
    "false",
    "foo",
    "foobar",
    "getpass",
    "guest",
    "hidden",
    "hunter",
    "insecure",
    "key",
    "letmein",
    "masked",
    "nil",
    "no",
    "none",
    "null",
    "optional",
    "pass",
    "passphrase",
    "passwd",
    "password",
    "passwordhere",
    "passwort",
    "placeholder",
    "postgres",
    "prompt",
    "pw",
    "pwd",
    "qwerty",
    "redacted",
    "removed",
    "replaceme",
    "required",
    "root",
    "sample",
    "secret",
    "secretkey",
    "secretpassword",
    "somepassword",
    "string",
    "super",
    "supersecret",
    "test",
    "testing",
    "testpass",
    "testpassword",
    "testtest",
    "tiger",
    "todo",
    "token",
    "topsecret",
    "true",
    "undefined",
    "unset",
    "unused",
    "user",
    "username",
    "value",
    "welcome",
    "yes",
];

/// Words before a stand-in that do not make it a password.
const PREFIXES: &[&str] = &[
    "a", "another", "bad", "correct", "db", "enter", "fake", "invalid", "my", "mysql", "new",
    "old", "proxy", "secret", "some", "super", "sample", "the", "test", "user", "valid", "very",
    "wrong", "your",
];

/// Words in a value that say it is none.
const TELLING: &[&str] = &[
    "changeme",
    "dummy",
    "example",
    "fake",
    "mock",
    "my_",
    "my-",
    "password",
    "placeholder",
    "sample",
    "secret",
    "test",
    "todo",
    "token",
    "xxxx",
    "your",
    "insert",
    "default",
];

/// Whether it may be a real password: not empty, not computed from a variable, and no word that
/// stands for one.
pub(super) fn is_password(text: &[u8]) -> bool {
    if text.len() < 3 || text.len() > MAX_BYTES || noise::is_computed(text) {
        return false;
    }
    let is_one_byte = text.iter().all(|byte| Some(byte) == text.first());
    let is_printable = text.iter().all(|byte| (b'!'..=b'~').contains(byte) || *byte >= 0x80);
    let plain = text.iter().map(|byte| match byte {
        b'@' => b'a',
        b'$' => b's',
        byte => byte.to_ascii_lowercase(),
    });
    let mut word: Vec<u8> = plain.filter(u8::is_ascii_alphanumeric).collect();
    let n_letters = word.iter().rposition(|byte| !byte.is_ascii_digit()).map_or(0, |at| at + 1);
    word.truncate(n_letters);
    let word = unleeted(&word);
    is_printable && !is_one_byte && !is_sequence(text) && !is_stand_in(&word)
}

/// As for people's passwords, and with more to tell it from names, paths and types, since
/// nothing but the name of a variable says that it is one.
pub(super) fn is_assigned_secret(text: &[u8]) -> bool {
    if !is_password(text) {
        return false;
    }
    let lower = text.to_ascii_lowercase();
    let has = |part: &str| memchr::memmem::find(&lower, part.as_bytes()).is_some();
    let n_digits = text.iter().filter(|byte| byte.is_ascii_digit()).count();
    let n_letters = text.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    let is_name = text.iter().all(|byte| byte.is_ascii_alphabetic() || b"_-./:@".contains(byte));
    let is_path = memchr::memchr_iter(b'/', text).count() > 1
        && !text.iter().any(|byte| b"+=".contains(byte));
    n_digits > 0
        && n_letters > 0
        && !is_name
        && !is_path
        && !TELLING.iter().any(|part| has(part))
        && !noise::is_placeholder(text)
}

/// `p4ssw0rd` reads as `password`.
fn unleeted(word: &[u8]) -> Vec<u8> {
    let plain = |byte: &u8| match byte {
        b'0' => b'o',
        b'1' => b'i',
        b'3' => b'e',
        b'4' => b'a',
        b'5' => b's',
        byte => *byte,
    };
    word.iter().map(plain).collect()
}

fn is_stand_in(word: &[u8]) -> bool {
    let is_listed = |word: &[u8]| STAND_INS.iter().any(|it| it.as_bytes() == word);
    let mut word = word;
    // `your-new-password`: a few words before it.
    for _ in 0..3 {
        if word.is_empty() || is_listed(word) {
            return true;
        }
        let rest = PREFIXES.iter().filter_map(|prefix| word.strip_prefix(prefix.as_bytes())).find(
            |rest| is_listed(rest) || PREFIXES.iter().any(|it| rest.starts_with(it.as_bytes())),
        );
        match rest {
            Some(rest) => word = rest,
            None => return false,
        }
    }
    false
}

/// `123456`, `abcdef`.
fn is_sequence(text: &[u8]) -> bool {
    text.len() > 2
        && text.array_windows().all(|&[a, b]| b == a.wrapping_add(1) || (a, b) == (b'9', b'0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_stand_for_a_password_are_none() {
        for text in [
            "password",
            "PASSWORD",
            "pass",
            "p@ssw0rd",
            "password123",
            "your-password",
            "my_secret",
            "changeme",
            "change_me",
            "${DB_PASSWORD}",
            "$PASSWORD",
            "<password>",
            "{{ password }}",
            "%(password)s",
            "%s",
            "******",
            "xxx",
            "123456",
            "12345678",
            "abc123",
            "#{password}",
            "your-new-password",
            "...",
            "",
            "ab",
        ] {
            assert!(!is_password(text.as_bytes()), "{text}");
        }
        for text in ["hv7-Lw2qp", "example-not-a-password", "Tr0ub4dor&3", "summer2019!", "k9$x"] {
            assert!(is_password(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn what_is_assigned_must_look_random() {
        for text in ["f83kd02mslq9", "Tr0ub4dor&3x", "9b74c9897bac770f"] {
            assert!(is_assigned_secret(text.as_bytes()), "{text}");
        }
        for text in ["get_password", "config/secrets/key2", "my-token-1", "AbstractToken", "12345"]
        {
            assert!(!is_assigned_secret(text.as_bytes()), "{text}");
        }
    }
}

//! What names of variables say: that a value is a secret, or only about one.

/// Words that are given to secrets, alone or at the end of a name.
const SECRETS: &[&str] = &[
    "access_key",
    "accesskey",
    "account_key",
    "api_key",
    "apikey",
    "api_secret",
    "auth_key",
    "auth_token",
    "bearer",
    "client_secret",
    "connection_string",
    "credential",
    "credentials",
    "encryption_key",
    "license_key",
    "passphrase",
    "passwd",
    "password",
    "private_key",
    "privatekey",
    "pwd",
    "secret",
    "secret_key",
    "secretkey",
    "secret_key_base",
    "signing_key",
    "token",
    "webhook_url",
];

/// Values that are settings, not secrets.
const HARMLESS: &[&str] = &["", "disabled", "enabled", "none", "null", "no", "off", "on", "yes"];

/// Whether a variable of this name is meant for a secret.
pub(crate) fn is_secret_name(name: &str) -> bool {
    let words = words(name);
    // A shell keeps its working directory there.
    if words == ["pwd"] {
        return false;
    }
    SECRETS.iter().any(|secret| {
        let secret: Vec<&str> = secret.split('_').collect();
        let n_before = words.len().checked_sub(secret.len());
        n_before.is_some_and(|n_before| words.iter().skip(n_before).eq(secret.iter()))
    })
}

/// Whether a value under the name of a secret can be one: not a flag, a number, or a place where
/// the secret is.
pub(crate) fn can_be_secret(value: &str) -> bool {
    let lower = value.trim().to_ascii_lowercase();
    let is_place = lower.starts_with("arn:")
        || lower.starts_with('/')
        || lower.starts_with("ssm:")
        || lower.starts_with("file:");
    let is_number = lower.chars().all(|char| char.is_ascii_digit() || char == '.');
    !is_place
        && !is_number
        && !matches!(lower.as_str(), "true" | "false")
        && !HARMLESS.contains(&lower.as_str())
}

/// The words of a name in small letters: `dbPassword` and `DB_PASSWORD` are the same two.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut is_new = true;
    let mut was_lower = false;
    for char in name.chars() {
        if !char.is_alphanumeric() {
            is_new = true;
            continue;
        }
        if is_new || (was_lower && char.is_ascii_uppercase()) {
            words.push(String::new());
        }
        is_new = false;
        was_lower = char.is_ascii_lowercase() || char.is_ascii_digit();
        if let Some(word) = words.last_mut() {
            word.push(char.to_ascii_lowercase());
        }
    }
    words
}

/// The name and password of `scheme://name:password@host`, with the place of the password.
pub(crate) fn password_in_url(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("://")?;
    let authority = rest.split(['/', '?', '#', ' ']).next()?;
    let (user, _) = authority.rsplit_once('@')?;
    let (_, password) = user.split_once(':')?;
    let is_known = crate::node::is_whole(password);
    (is_known && !password.is_empty() && !password.starts_with('$')).then_some(password)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets_end_in_words_for_secrets() {
        for name in
            ["DB_PASSWORD", "dbPassword", "TOKEN", "stripe-api-key", "AWS_SECRET_ACCESS_KEY"]
        {
            assert!(is_secret_name(name), "{name}");
        }
        for name in [
            "TOKEN_TTL_SECONDS",
            "DB_SECRET_ARN",
            "PASSWORD_FILE",
            "PWD",
            "AUTH_MODE",
            "HTTP_AUTH",
            "KEY",
        ] {
            assert!(!is_secret_name(name), "{name}");
        }
    }

    #[test]
    fn values_that_say_where_a_secret_is_are_none() {
        assert!(can_be_secret("hunter2"));
        for value in
            ["arn:aws:ssm:a:b:parameter/c", "/run/secrets/a", "300", "true", "", "disabled"]
        {
            assert!(!can_be_secret(value), "{value}");
        }
    }

    #[test]
    fn passwords_in_addresses_are_found() {
        assert_eq!(password_in_url("postgres://app:hunter2@db/x"), Some("hunter2"));
        assert_eq!(
            password_in_url("postgres://app:${PW}@db/x".replace("${PW}", "\u{FFFC}").as_str()),
            None
        );
        assert_eq!(password_in_url("https://example.org/a:b@c"), None);
        assert_eq!(password_in_url("no address"), None);
    }
}

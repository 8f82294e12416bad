//! What passwords and keys look like, by the names they are given and by their own form.

/// Parts of names that are given to secrets.
const NAMES: &[&str] = &[
    "ACCESS_KEY",
    "ACCESSKEY",
    "API_KEY",
    "APIKEY",
    "AUTH_KEY",
    "CREDENTIAL",
    "CREDENTIALS",
    "ENCRYPTION_KEY",
    "PASSPHRASE",
    "PASSWD",
    "PASSWORD",
    "PRIVATE_KEY",
    "PRIVATEKEY",
    "PWD",
    "SECRET",
    "SECRET_KEY",
    "SECRETKEY",
    "SIGNING_KEY",
    "TOKEN",
];

/// Last parts of names that say where a secret is, or something about it.
const HARMLESS_ENDS: &[&str] = &[
    "ALGORITHM",
    "DAYS",
    "DIR",
    "ENABLED",
    "EXPIRES",
    "EXPIRY",
    "FILE",
    "HOST",
    "ID",
    "INTERVAL",
    "ISSUER",
    "LENGTH",
    "LIFETIME",
    "MOUNT",
    "NAME",
    "PATH",
    "POLICY",
    "PREFIX",
    "REQUIRED",
    "TIMEOUT",
    "TTL",
    "TYPE",
    "URI",
    "URL",
    "VERSION",
];

/// Values that are no secret by themselves.
const HARMLESS_VALUES: &[&str] =
    &["", "0", "1", "false", "nil", "no", "none", "null", "true", "yes"];

/// A kind of key with its own form.
struct Shape {
    name: &'static str,
    prefix: &'static str,
    /// Least and most characters behind the prefix.
    length: (usize, usize),
    is_char: fn(char) -> bool,
}

const SHAPES: &[Shape] = &[
    Shape { name: "AWS access key id", prefix: "AKIA", length: (16, 16), is_char: is_upper },
    Shape {
        name: "AWS temporary access key id",
        prefix: "ASIA",
        length: (16, 16),
        is_char: is_upper,
    },
    Shape { name: "GitHub token", prefix: "ghp_", length: (36, 255), is_char: is_word },
    Shape { name: "GitHub token", prefix: "gho_", length: (36, 255), is_char: is_word },
    Shape { name: "GitHub token", prefix: "ghs_", length: (36, 255), is_char: is_word },
    Shape { name: "GitHub token", prefix: "ghu_", length: (36, 255), is_char: is_word },
    Shape { name: "GitHub token", prefix: "github_pat_", length: (22, 255), is_char: is_word },
    Shape { name: "GitLab token", prefix: "glpat-", length: (20, 64), is_char: is_url },
    Shape { name: "Slack token", prefix: "xoxb-", length: (20, 255), is_char: is_url },
    Shape { name: "Slack token", prefix: "xoxp-", length: (20, 255), is_char: is_url },
    Shape { name: "Stripe key", prefix: "sk_live_", length: (16, 255), is_char: is_word },
    Shape { name: "Google API key", prefix: "AIza", length: (35, 35), is_char: is_url },
    Shape { name: "npm token", prefix: "npm_", length: (36, 36), is_char: is_word },
    Shape { name: "PyPI token", prefix: "pypi-AgE", length: (50, 500), is_char: is_url },
    Shape { name: "SendGrid key", prefix: "SG.", length: (60, 80), is_char: is_dotted },
    Shape { name: "Hugging Face token", prefix: "hf_", length: (34, 40), is_char: is_word },
    Shape { name: "DigitalOcean token", prefix: "dop_v1_", length: (64, 64), is_char: is_word },
    Shape { name: "JSON web token", prefix: "eyJ", length: (60, 4000), is_char: is_dotted },
];

fn is_upper(char: char) -> bool {
    char.is_ascii_uppercase() || char.is_ascii_digit()
}

fn is_word(char: char) -> bool {
    char.is_ascii_alphanumeric() || char == '_'
}

fn is_url(char: char) -> bool {
    is_word(char) || char == '-'
}

fn is_dotted(char: char) -> bool {
    is_url(char) || char == '.'
}

/// Whether a variable of this name is meant for a secret.
pub(crate) fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_uppercase().replace(['-', '.'], "_");
    let parts: Vec<&str> = name.split('_').filter(|part| !part.is_empty()).collect();
    if parts.last().is_some_and(|last| HARMLESS_ENDS.contains(last)) || name == "PWD" {
        return false;
    }
    NAMES.iter().any(|wanted| {
        let wanted: Vec<&str> = wanted.split('_').collect();
        // Nothing but the end: PASSWORD_MIN is about one, TOKEN_SECRET is one.
        parts.ends_with(&wanted)
            || parts.last().is_some_and(|last| {
                wanted.len() == 1
                    && last.len() > wanted.concat().len()
                    && last.ends_with("PASSWORD")
            })
    })
}

/// Whether a value given to such a name is one, not a place to find it.
pub(crate) fn is_secret_value(value: &str) -> bool {
    let is_harmless = HARMLESS_VALUES.iter().any(|harmless| value.eq_ignore_ascii_case(harmless));
    let is_reference = value.starts_with(['$', '/', '<', '{', '%']) || value.contains("://");
    !is_harmless && !is_reference
}

/// The kind of key that is somewhere in `text`.
pub(crate) fn shape(text: &str) -> Option<&'static str> {
    if text.contains("-----BEGIN ") && text.contains("PRIVATE KEY") {
        return Some("private key");
    }
    for shape in SHAPES {
        for (at, _) in text.match_indices(shape.prefix) {
            let (before, rest) = text.split_at_checked(at)?;
            let rest = rest.strip_prefix(shape.prefix)?;
            let length = rest.chars().take_while(|&char| (shape.is_char)(char)).count();
            let is_start = !before.ends_with(is_word);
            let is_example = rest.get(..length).is_some_and(|key| key.ends_with("EXAMPLE"));
            if is_start && !is_example && (shape.length.0..=shape.length.1).contains(&length) {
                return Some(shape.name);
            }
        }
    }
    password_in_url(text).then_some("password in a URL")
}

/// `scheme://user:password@host`, with a password that is no variable.
fn password_in_url(text: &str) -> bool {
    text.match_indices("://").any(|(at, mark)| {
        let rest = text.get(at + mark.len()..).unwrap_or_default();
        let end = rest.find(|char: char| matches!(char, '/' | '?' | '#') || char.is_whitespace());
        let authority = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
        let Some((user, _)) = authority.rsplit_once('@') else { return false };
        let Some((_, password)) = user.split_once(':') else { return false };
        is_secret_value(password) && !password.chars().all(|char| matches!(char, '*' | 'x' | 'X'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets_are_told_from_names_about_secrets() {
        for name in [
            "DB_PASSWORD",
            "MYSQL_ROOT_PASSWORD",
            "NPM_TOKEN",
            "aws_secret_access_key",
            "API_KEY",
            "DBPASSWORD",
            "client-secret",
        ] {
            assert!(is_secret_name(name), "{name}");
        }
        for name in [
            "PASSWORD_FILE",
            "TOKEN_URL",
            "SECRET_NAME",
            "PWD",
            "KEY",
            "MONKEY",
            "PASSWORD_MIN_LENGTH",
            "TOKENIZER",
            "AWS_ACCESS_KEY_ID",
        ] {
            assert!(!is_secret_name(name), "{name}");
        }
    }

    #[test]
    fn keys_are_known_by_their_form() {
        let token = format!("ghp_{}", "a1".repeat(18));
        assert_eq!(shape(&format!("Authorization: token {token}")), Some("GitHub token"));
        assert_eq!(shape("AKIA234567ABCDEFGHIJ"), Some("AWS access key id"));
        assert_eq!(shape("postgres://app:hunter2@db/app"), Some("password in a URL"));
        for text in [
            "AKIAIOSFODNN7EXAMPLE",
            "ghp_short",
            "https://user@host/",
            "a://b:$P@c",
            "https://host:443/a@b",
        ] {
            assert_eq!(shape(text), None, "{text}");
        }
    }
}

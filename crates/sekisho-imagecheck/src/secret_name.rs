//! Variables that hold a secret, by their names.

/// Parts of names, between underscores, that say what the value is.
const WORDS: [&str; 9] = [
    "PASSWORD",
    "PASSWD",
    "PASSPHRASE",
    "SECRET",
    "TOKEN",
    "APIKEY",
    "CREDENTIAL",
    "CREDENTIALS",
    "PWD",
];

/// Two words that say it together.
const PAIRS: [(&str, &str); 5] = [
    ("API", "KEY"),
    ("ACCESS", "KEY"),
    ("PRIVATE", "KEY"),
    ("SECRET", "KEY"),
    ("ENCRYPTION", "KEY"),
];

/// Last words of names whose value tells where a secret is, or something about it.
const ABOUT: [&str; 14] = [
    "FILE", "PATH", "DIR", "URL", "URI", "NAME", "ID", "TTL", "TYPE", "LENGTH", "ENABLED",
    "EXPIRY", "ARN", "HEADER",
];

/// Whether the name says that the value is a secret, and the value may be one.
pub fn is_secret(name: &str, value: &str) -> bool {
    is_secret_name(name) && is_value(value)
}

fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    // The working directory of a shell.
    if matches!(name.as_str(), "PWD" | "OLDPWD") {
        return false;
    }
    let words: Vec<&str> = name.split(['_', '-', '.']).collect();
    let is_about = words.last().is_some_and(|last| ABOUT.contains(last));
    !is_about
        && (words.iter().any(|word| WORDS.contains(word))
            || words.iter().zip(words.iter().skip(1)).any(|(a, b)| PAIRS.contains(&(*a, *b))))
}

/// Whether the value can be a secret: switches, places and references are none.
fn is_value(value: &str) -> bool {
    let is_switch = ["true", "false", "none", "null", "0", "1"].contains(&value);
    value.len() >= 3 && !is_switch && !value.starts_with(['/', '$', '%', '<'])
}

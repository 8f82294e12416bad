//! What a registry asks for before it answers.
//!
//! # Source
//!
//! RFC 9110, 11.6.1 "WWW-Authenticate"; "Token Authentication Specification" of the
//! distribution project.

use std::collections::BTreeMap;

/// Longest header that is looked at.
const MAX_BYTES: usize = 16 * 1024;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Challenge {
    Basic,
    Bearer { realm: String, service: Option<String>, scope: Option<String> },
}

impl Challenge {
    /// The challenge of a header that is understood, Bearer before Basic.
    pub(crate) fn parse(header: &str) -> Option<Self> {
        let challenges = split(header)?;
        let find = |wanted: &str| {
            challenges.iter().find(|(scheme, _)| scheme.eq_ignore_ascii_case(wanted))
        };
        if let Some((_, parameters)) = find("bearer")
            && let Some(realm) = parameters.get("realm")
        {
            return Some(Self::Bearer {
                realm: realm.clone(),
                service: parameters.get("service").cloned(),
                scope: parameters.get("scope").cloned(),
            });
        }
        find("basic").map(|_| Self::Basic)
    }
}

type Parameters = BTreeMap<String, String>;

/// Cuts a header into schemes with their parameters.
fn split(header: &str) -> Option<Vec<(String, Parameters)>> {
    if header.len() > MAX_BYTES {
        return None;
    }
    let mut challenges: Vec<(String, Parameters)> = Vec::new();
    let mut rest = header.trim_start();
    while !rest.is_empty() {
        let end = rest.find([' ', '=', ',', '\t']).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        let after = after.trim_start();
        if word.is_empty() {
            rest = after.strip_prefix(',')?.trim_start();
        } else if let Some(value) = after.strip_prefix('=') {
            let (value, after) = take_value(value.trim_start())?;
            challenges.last_mut()?.1.insert(word.to_ascii_lowercase(), value);
            rest = after.trim_start();
        } else {
            challenges.push((word.to_owned(), Parameters::new()));
            rest = after;
        }
    }
    Some(challenges)
}

/// A token, or a quoted string with its escapes.
fn take_value(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([',', ' ', '\t']).unwrap_or(text.len());
        let (value, rest) = text.split_at(end);
        return Some((value.to_owned(), rest));
    };
    let mut value = String::new();
    let mut chars = quoted.char_indices();
    while let Some((at, char)) = chars.next() {
        match char {
            '"' => return Some((value, quoted.get(at + 1..)?)),
            '\\' => value.push(chars.next()?.1),
            char => value.push(char),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bearer_is_read_with_its_parameters() {
        let header = r#"Bearer realm="https://auth.example/token",service="reg\"istry",scope="repository:a/b:pull,push""#;
        assert_eq!(
            Challenge::parse(header),
            Some(Challenge::Bearer {
                realm: "https://auth.example/token".to_owned(),
                service: Some("reg\"istry".to_owned()),
                scope: Some("repository:a/b:pull,push".to_owned()),
            })
        );
    }

    #[test]
    fn of_several_challenges_bearer_is_taken() {
        let header = r#"Basic realm="x", Bearer realm=https://a/t , service=s"#;
        assert!(matches!(Challenge::parse(header), Some(Challenge::Bearer { .. })));
        assert_eq!(Challenge::parse("basic realm=\"x\""), Some(Challenge::Basic));
    }

    #[test]
    fn what_is_not_understood_is_nothing() {
        for header in ["", "Negotiate", "Bearer", "Bearer realm=\"open", "=", "realm=x"] {
            assert_eq!(Challenge::parse(header), None, "{header}");
        }
    }
}

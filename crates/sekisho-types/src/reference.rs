use std::{fmt, str::FromStr};

use crate::Digest;

/// The name of an image: `alpine`, `registry.example:5000/team/app:1.2@sha256:…`.
///
/// Short names are completed as Docker does: `alpine` is `docker.io/library/alpine:latest`.
///
/// # Source
///
/// The grammar of the `reference` package of the distribution project.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reference {
    /// Host, with its port where it has one: `docker.io`.
    pub registry: String,
    /// `library/alpine`.
    pub repository: String,
    /// None only where there is a digest.
    pub tag: Option<String>,
    pub digest: Option<Digest>,
}

/// Why a text is not a reference.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReferenceError {
    #[error("{text:?} is not the name of an image: {what}")]
    Invalid { text: String, what: &'static str },
    #[error("{text:?} is not the name of an image")]
    Digest {
        text: String,
        #[source]
        source: crate::DigestError,
    },
}

const DOCKER_HUB: &str = "docker.io";

/// Longest name, by the grammar.
const MAX_REPOSITORY_BYTES: usize = 255;

impl Reference {
    /// What a registry is asked for: the digest where there is one, else the tag.
    pub fn version(&self) -> String {
        match (&self.digest, &self.tag) {
            (Some(digest), _) => digest.to_string(),
            (None, Some(tag)) => tag.clone(),
            (None, None) => "latest".to_owned(),
        }
    }

    /// As people write it: without what Docker would complete.
    pub fn to_familiar(&self) -> String {
        let mut text = match (self.registry.as_str(), self.repository.strip_prefix("library/")) {
            (DOCKER_HUB, Some(name)) => name.to_owned(),
            (DOCKER_HUB, None) => self.repository.clone(),
            (registry, _) => format!("{registry}/{}", self.repository),
        };
        if let Some(tag) = &self.tag {
            text = format!("{text}:{tag}");
        }
        if let Some(digest) = &self.digest {
            text = format!("{text}@{digest}");
        }
        text
    }
}

impl FromStr for Reference {
    type Err = ReferenceError;

    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        let invalid = |what| ReferenceError::Invalid { text: text.to_owned(), what };
        let (name, digest) = match text.split_once('@') {
            Some((name, digest)) => {
                let digest = Digest::parse(digest)
                    .map_err(|source| ReferenceError::Digest { text: text.to_owned(), source })?;
                (name, Some(digest))
            }
            None => (text, None),
        };
        // A colon after the last slash starts a tag; one before it a port.
        let (name, tag) = match name.rsplit_once(':') {
            Some((name, tag)) if !tag.contains('/') => (name, Some(tag)),
            _ => (name, None),
        };
        if tag.is_some_and(|tag| !is_tag(tag)) {
            return Err(invalid("the tag has a character that tags may not have, or is too long"));
        }
        let (registry, repository) = match name.split_once('/') {
            Some((host, rest)) if is_host(host) => (host, rest.to_owned()),
            Some(_) => (DOCKER_HUB, name.to_owned()),
            None => (DOCKER_HUB, format!("library/{name}")),
        };
        let registry = if registry == "index.docker.io" { DOCKER_HUB } else { registry };
        if repository.len() > MAX_REPOSITORY_BYTES {
            return Err(invalid("it is longer than 255 characters"));
        }
        if !repository.split('/').all(is_component) {
            return Err(invalid("names have lower-case letters, digits, and single . _ - between"));
        }
        let tag = match (tag, digest) {
            (Some(tag), _) => Some(tag.to_owned()),
            (None, Some(_)) => None,
            (None, None) => Some("latest".to_owned()),
        };
        Ok(Self { registry: registry.to_owned(), repository, tag, digest })
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.registry, self.repository)?;
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        match &self.digest {
            Some(digest) => write!(f, "@{digest}"),
            None => Ok(()),
        }
    }
}

/// Whether the part before the first slash is a host and no directory.
fn is_host(part: &str) -> bool {
    let is_marked = part.contains(['.', ':']) || part == "localhost" || part.starts_with('[');
    let is_clean =
        part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte));
    is_clean && (is_marked || part.bytes().any(|byte| byte.is_ascii_uppercase()))
}

fn is_tag(tag: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    tag.len() <= 128
        && tag.bytes().next().is_some_and(is_word)
        && tag.bytes().all(|byte| is_word(byte) || b".-".contains(&byte))
}

fn is_component(part: &str) -> bool {
    let is_end = |byte: Option<&u8>| {
        byte.is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    let bytes = part.as_bytes();
    is_end(bytes.first())
        && is_end(bytes.last())
        && bytes.iter().all(|byte| is_end(Some(byte)) || b"._-".contains(byte))
        && !part.contains("..")
        && !part.contains("___")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_names_are_completed() {
        for (text, want) in [
            ("alpine", "docker.io/library/alpine:latest"),
            ("alpine:3.20", "docker.io/library/alpine:3.20"),
            ("team/app", "docker.io/team/app:latest"),
            ("index.docker.io/team/app:1", "docker.io/team/app:1"),
            ("localhost/app", "localhost/app:latest"),
            ("127.0.0.1:5000/a/b-c__d:v1.0", "127.0.0.1:5000/a/b-c__d:v1.0"),
        ] {
            assert_eq!(text.parse::<Reference>().unwrap().to_string(), want);
        }
    }

    #[test]
    fn a_digest_wins_over_a_tag() {
        let digest = Digest::Sha256([7; 32]);
        let reference: Reference = format!("ghcr.io/a/b:1@{digest}").parse().unwrap();
        assert_eq!(reference.version(), digest.to_string());
        let reference: Reference = format!("alpine@{digest}").parse().unwrap();
        assert_eq!(
            (reference.tag.clone(), reference.to_familiar()),
            (None, format!("alpine@{digest}"))
        );
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for text in
            ["", "UPPER", "a//b", "a:", "a:b c", "a@sha256:00", "../a", "-a", "a/b/", "h.io/"]
        {
            assert!(text.parse::<Reference>().is_err(), "{text}");
        }
    }
}

//! A package URL from its text.

use std::{borrow::Cow, collections::BTreeMap, str::FromStr};

use super::Purl;

/// Longest text that is taken for a package URL.
const MAX_BYTES: usize = 8 * 1024;

/// Why a text is no package URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PurlError {
    #[error("it is longer than {MAX_BYTES} bytes")]
    TooLong,
    #[error("it does not start with pkg:")]
    Scheme,
    #[error("it has no type")]
    Type,
    #[error("it has no name")]
    Name,
    #[error("a percent sign is not followed by two hexadecimal digits of UTF-8")]
    Escape,
    #[error("it has a wrong qualifier")]
    Qualifier,
}

impl FromStr for Purl {
    type Err = PurlError;

    /// Reads a package URL, and spells its parts as their type spells them.
    ///
    /// # Source
    ///
    /// ECMA-427, Package-URL Specification, section 5.7 (how to parse a purl string).
    fn from_str(text: &str) -> Result<Self, PurlError> {
        if text.len() > MAX_BYTES {
            return Err(PurlError::TooLong);
        }
        let (rest, subpath) = split_last(text, '#');
        let (rest, qualifiers) = split_last(rest, '?');
        let rest = rest.strip_prefix("pkg:").ok_or(PurlError::Scheme)?.trim_matches('/');
        let (kind, rest) = rest.split_once('/').ok_or(PurlError::Name)?;
        let kind = kind.to_ascii_lowercase();
        let is_type = |char: char| char.is_ascii_alphanumeric() || matches!(char, '.' | '-' | '+');
        if kind.is_empty() || !kind.chars().all(is_type) {
            return Err(PurlError::Type);
        }
        let (namespace, name) = match rest.rsplit_once('/') {
            Some((namespace, name)) => (namespace, name),
            None => ("", rest),
        };
        let (name, version) = match name.rsplit_once('@') {
            Some((name, version)) => (name, version),
            None => (name, ""),
        };
        let mut purl = Self {
            kind,
            namespace: unescape_path(namespace)?,
            name: unescape(name)?,
            version: unescape(version)?,
            qualifiers: parse_qualifiers(qualifiers)?,
            subpath: unescape_path(subpath)?,
        };
        if purl.name.is_empty() {
            return Err(PurlError::Name);
        }
        purl.spell();
        Ok(purl)
    }
}

impl Purl {
    /// Spells the parts as the definition of the type in package-url/purl-spec, `types/`, says.
    fn spell(&mut self) {
        match self.kind.as_str() {
            "apk" | "alpm" | "bitbucket" | "composer" | "deb" | "github" => {
                self.namespace.make_ascii_lowercase();
                self.name.make_ascii_lowercase();
            }
            "npm" | "rpm" => self.namespace.make_ascii_lowercase(),
            "oci" => self.name.make_ascii_lowercase(),
            "pypi" => self.name = self.name.to_ascii_lowercase().replace(['_', '.'], "-"),
            _ => (),
        }
    }
}

/// What stands before and behind the last `separator`.
fn split_last(text: &str, separator: char) -> (&str, &str) {
    text.rsplit_once(separator).unwrap_or((text, ""))
}

fn parse_qualifiers(text: &str) -> Result<BTreeMap<Cow<'static, str>, String>, PurlError> {
    let mut qualifiers = BTreeMap::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').ok_or(PurlError::Qualifier)?;
        let is_key = |char: char| char.is_ascii_alphanumeric() || matches!(char, '.' | '-' | '_');
        if key.is_empty() || !key.chars().all(is_key) {
            return Err(PurlError::Qualifier);
        }
        let value = unescape(value)?;
        if !value.is_empty() {
            qualifiers.insert(Cow::Owned(key.to_ascii_lowercase()), value);
        }
    }
    Ok(qualifiers)
}

/// Parts without the empty ones and those that lead elsewhere.
fn unescape_path(text: &str) -> Result<String, PurlError> {
    let parts = text.split('/').filter(|part| !matches!(*part, "" | "." | ".."));
    let parts: Vec<String> = parts.map(unescape).collect::<Result<_, _>>()?;
    Ok(parts.join("/"))
}

fn unescape(text: &str) -> Result<String, PurlError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || rest.next().and_then(|byte| char::from(byte).to_digit(16));
        let (Some(high), Some(low)) = (digit(), digit()) else { return Err(PurlError::Escape) };
        bytes.push(u8::try_from(high * 16 + low).map_err(|_| PurlError::Escape)?);
    }
    String::from_utf8(bytes).map_err(|_| PurlError::Escape)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        text.parse::<Purl>().map_or_else(|err| err.to_string(), |purl| format!("{purl:?}"))
    }

    #[test]
    fn what_is_written_is_read_again() {
        for text in [
            "pkg:deb/debian/libstdc%2B%2B6@1:12.2.0-14%2Bdeb12u1?arch=amd64&distro=debian-12",
            "pkg:npm/%40babel/core@7.0.0",
            "pkg:golang/github.com/gorilla/mux@v1.8.0#a/b",
            "pkg:oci/shop@sha256:abc?repository_url=registry.example%2Fteam%2Fshop",
            "pkg:maven/org.slf4j/slf4j-api",
        ] {
            assert_eq!(text.parse::<Purl>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn other_spellings_of_one_package_are_one() {
        for (text, want) in [
            ("pkg:PYPI/Zope.Interface_x@5", "pkg:pypi/zope-interface-x@5"),
            ("pkg://npm/@Scope/name@1", "pkg:npm/%40scope/name@1"),
            ("pkg:npm/@scope/name", "pkg:npm/%40scope/name"),
            ("pkg:deb/Debian//curl@1?Arch=amd64&distro=", "pkg:deb/debian/curl@1?arch=amd64"),
        ] {
            assert_eq!(text.parse::<Purl>().unwrap().to_string(), want);
        }
    }

    #[test]
    fn what_is_no_package_url_is_refused() {
        for (text, want) in [
            ("", "it does not start with pkg:"),
            ("npm/a", "it does not start with pkg:"),
            ("pkg:npm", "it has no name"),
            ("pkg:/a", "it has no name"),
            ("pkg:n m/a", "it has no type"),
            ("pkg:npm/@1", "it has no name"),
            ("pkg:npm/a%2", "a percent sign is not followed by two hexadecimal digits of UTF-8"),
            ("pkg:npm/a%ff", "a percent sign is not followed by two hexadecimal digits of UTF-8"),
            ("pkg:npm/a?b", "it has a wrong qualifier"),
            ("pkg:npm/a?b c=1", "it has a wrong qualifier"),
        ] {
            assert_eq!(read(text), want, "{text}");
        }
        assert_eq!(read(&format!("pkg:npm/{}", "a".repeat(9000))), "it is longer than 8192 bytes");
    }
}

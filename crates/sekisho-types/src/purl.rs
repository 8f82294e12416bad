mod parse;

use std::{borrow::Cow, collections::BTreeMap, fmt, fmt::Write as _};

pub use parse::PurlError;

/// A package URL: `pkg:deb/debian/bash@5.2.15-2?arch=amd64&distro=debian-12`.
///
/// # Source
///
/// ECMA-427, Package-URL Specification, section 5.6 (how to build a purl string).
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Purl {
    /// Lower case, `deb`.
    pub kind: String,
    /// Parts separated by `/`; empty for none.
    pub namespace: String,
    pub name: String,
    /// Empty for none.
    pub version: String,
    /// Keys are lower case; an empty value is left out.
    pub qualifiers: BTreeMap<Cow<'static, str>, String>,
    /// Parts separated by `/`; empty for none.
    pub subpath: String,
}

impl fmt::Display for Purl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "pkg:{}", self.kind)?;
        for part in self.namespace.split('/').filter(|part| !part.is_empty()) {
            f.write_char('/')?;
            escape(f, part)?;
        }
        f.write_char('/')?;
        escape(f, &self.name)?;
        if !self.version.is_empty() {
            f.write_char('@')?;
            escape(f, &self.version)?;
        }
        let mut separator = '?';
        for (key, value) in self.qualifiers.iter().filter(|(_, value)| !value.is_empty()) {
            write!(f, "{separator}{key}=")?;
            escape(f, value)?;
            separator = '&';
        }
        separator = '#';
        for part in self.subpath.split('/').filter(|part| !matches!(*part, "" | "." | "..")) {
            f.write_char(separator)?;
            escape(f, part)?;
            separator = '/';
        }
        Ok(())
    }
}

/// Percent-encodes all but the unreserved characters and the colon (ECMA-427, 5.4).
fn escape(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' | b'~' | b':' => {
                f.write_char(char::from(byte))?;
            }
            _ => write!(f, "%{byte:02X}")?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_escaped_and_qualifiers_sorted() {
        let purl = Purl {
            kind: "deb".to_owned(),
            namespace: "debian".to_owned(),
            name: "libstdc++6".to_owned(),
            version: "1:12.2.0-14+deb12u1".to_owned(),
            qualifiers: BTreeMap::from([
                ("distro".into(), "debian-12".to_owned()),
                ("arch".into(), "amd64".to_owned()),
                ("epoch".into(), String::new()),
            ]),
            subpath: String::new(),
        };
        assert_eq!(
            purl.to_string(),
            "pkg:deb/debian/libstdc%2B%2B6@1:12.2.0-14%2Bdeb12u1?arch=amd64&distro=debian-12"
        );
    }

    #[test]
    fn a_namespace_keeps_its_slashes() {
        let purl = Purl {
            kind: "golang".to_owned(),
            namespace: "github.com/gorilla".to_owned(),
            name: "mux".to_owned(),
            version: "v1.8.0".to_owned(),
            subpath: "/a/../b".to_owned(),
            ..Purl::default()
        };
        assert_eq!(purl.to_string(), "pkg:golang/github.com/gorilla/mux@v1.8.0#a/b");
    }
}

use std::{borrow::Cow, fmt};

use bstr::{BStr, ByteSlice};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The path of a file in an image: relative to its root, normal, never outside it.
///
/// Bytes, since Linux names are; shown lossily. The root itself is the empty path.
/// There is no `AsRef<Path>`: joining an image's path to a path of the host by
/// accident would be an escape.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ImagePath(Box<[u8]>);

/// Why bytes are not a path inside an image.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImagePathError {
    #[error("the path {path:?} leaves the root of the image")]
    LeavesRoot { path: String },
    #[error("the path {path:?} holds a NUL byte")]
    Nul { path: String },
    #[error("a path of {length} bytes is longer than {limit}")]
    TooLong { length: usize, limit: usize },
}

impl ImagePath {
    /// Longest path taken. Linux takes 4,096 bytes a call (`PATH_MAX`); archives may hold
    /// deeper trees, so this is wider, and still bounds what one entry can cost.
    pub const MAX_BYTES: usize = 16 * 1024;

    /// Normalises `path`: a leading `/` or `./`, doubled and trailing slashes and `.` go away;
    /// `a/../b` is `b`.
    ///
    /// # Errors
    ///
    /// When `..` would climb above the root, on a NUL byte, and beyond [`Self::MAX_BYTES`].
    pub fn parse(path: &[u8]) -> Result<Self, ImagePathError> {
        if path.len() > Self::MAX_BYTES {
            let (length, limit) = (path.len(), Self::MAX_BYTES);
            return Err(ImagePathError::TooLong { length, limit });
        }
        if path.contains(&0) {
            return Err(ImagePathError::Nul { path: path.to_str_lossy().into_owned() });
        }
        if is_normal(path) {
            return Ok(Self(path.into()));
        }
        let mut parts: Vec<&[u8]> = Vec::new();
        for part in path.split(|byte| *byte == b'/') {
            match part {
                b"" | b"." => (),
                b".." => {
                    if parts.pop().is_none() {
                        let path = path.to_str_lossy().into_owned();
                        return Err(ImagePathError::LeavesRoot { path });
                    }
                }
                part => parts.push(part),
            }
        }
        Ok(Self(parts.join(&b'/').into()))
    }

    /// As [`Self::parse`], but `..` at the root stays at the root, as the kernel does after
    /// `chroot(2)`. For links and settings, whose target may not exist; never for entries.
    pub fn parse_clamped(path: &[u8]) -> Result<Self, ImagePathError> {
        let mut parts: Vec<&[u8]> = Vec::new();
        for part in path.split(|byte| *byte == b'/') {
            match part {
                b"" | b"." => (),
                b".." => drop(parts.pop()),
                part => parts.push(part),
            }
        }
        Self::parse(&parts.join(&b'/'))
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    pub fn as_bstr(&self) -> &BStr {
        self.0.as_bstr()
    }

    /// The path as text; bytes that are not UTF-8 become U+FFFD.
    pub fn to_str_lossy(&self) -> Cow<'_, str> {
        self.0.to_str_lossy()
    }

    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The last part; empty for the root.
    pub fn file_name(&self) -> &[u8] {
        self.0.rsplit(|byte| *byte == b'/').next().unwrap_or_default()
    }

    /// All but the last part; none for the root.
    pub fn parent(&self) -> Option<Self> {
        if self.is_root() {
            return None;
        }
        let end = self.0.rfind_byte(b'/').unwrap_or(0);
        Some(Self(self.0.get(..end).unwrap_or_default().into()))
    }

    /// This path with `relative` below it; an absolute `relative` starts at the root, and `..`
    /// stays inside the image.
    pub fn join(&self, relative: &[u8]) -> Result<Self, ImagePathError> {
        if relative.starts_with(b"/") {
            return Self::parse_clamped(relative);
        }
        Self::parse_clamped(&[self.as_bytes(), b"/", relative].concat())
    }
}

fn is_normal(path: &[u8]) -> bool {
    path.split(|byte| *byte == b'/').all(|part| !matches!(part, b"" | b"." | b".."))
}

impl fmt::Display for ImagePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.as_bstr(), f)
    }
}

impl fmt::Debug for ImagePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_bstr(), f)
    }
}

/// Text for people and JSON, the very bytes for the cache.
impl Serialize for ImagePath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.serialize_str(&self.to_str_lossy())
        } else {
            serializer.serialize_bytes(&self.0)
        }
    }
}

impl<'de> Deserialize<'de> for ImagePath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            let text = Cow::<'de, str>::deserialize(deserializer)?;
            return Self::parse(text.as_bytes()).map_err(serde::de::Error::custom);
        }
        let bytes = Vec::<u8>::deserialize(deserializer)?;
        Self::parse(&bytes).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(path: &str) -> String {
        match ImagePath::parse(path.as_bytes()) {
            Ok(path) => path.to_string(),
            Err(err) => format!("error: {err}"),
        }
    }

    #[test]
    fn a_path_is_made_relative_and_normal() {
        for (path, want) in [
            ("usr/bin/env", "usr/bin/env"),
            ("./usr//bin/./env", "usr/bin/env"),
            ("/etc/", "etc"),
            ("a/b/../c", "a/c"),
            ("./", ""),
        ] {
            assert_eq!(parsed(path), want);
        }
    }

    #[test]
    fn a_path_that_leaves_the_root_is_refused() {
        for path in ["../etc/passwd", "a/../../b", "/.."] {
            assert!(parsed(path).starts_with("error: the path"), "{path}");
        }
        assert!(parsed("a\0b").contains("NUL"));
    }

    #[test]
    fn a_link_stays_inside_the_image() {
        let base = ImagePath::parse(b"usr/bin").unwrap();
        for (link, want) in [
            ("../lib/x", "usr/lib/x"),
            ("../../../../x", "x"),
            ("/lib64", "lib64"),
            (".", "usr/bin"),
        ] {
            assert_eq!(base.join(link.as_bytes()).unwrap().to_string(), want);
        }
    }

    #[test]
    fn parent_and_name_split_at_the_last_slash() {
        let path = ImagePath::parse(b"usr/bin/env").unwrap();
        assert_eq!(path.file_name(), b"env");
        assert_eq!(path.parent().unwrap().to_string(), "usr/bin");
        assert!(ImagePath::parse(b"etc").unwrap().parent().unwrap().is_root());
        assert_eq!(ImagePath::default().parent(), None);
    }
}

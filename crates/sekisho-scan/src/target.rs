use std::{fmt, path::Path, str::FromStr};

use sekisho_types::report::Source;

/// What is to be scanned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// An archive on standard input, `-`.
    Stdin,
    /// `docker:REF`, `dir:PATH` and so on.
    In(Source, String),
    /// A path, whose kind is told by what lies there.
    Path(String),
    /// A reference without a source: the engines of this machine are asked, then the registry.
    Reference(String),
}

/// Why a text is no target.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    #[error("the target is empty")]
    Empty,
    #[error("{prefix}: has nothing behind it")]
    NoName { prefix: String },
}

/// The sources, by their prefixes.
pub(crate) const SOURCES: [Source; 9] = [
    Source::Docker,
    Source::Podman,
    Source::Containerd,
    Source::Registry,
    Source::DockerArchive,
    Source::OciArchive,
    Source::OciDir,
    Source::Dir,
    Source::Sbom,
];

impl FromStr for Target {
    type Err = TargetError;

    fn from_str(text: &str) -> Result<Self, TargetError> {
        if text.is_empty() {
            return Err(TargetError::Empty);
        }
        if text == "-" {
            return Ok(Self::Stdin);
        }
        if let Some((prefix, name)) = text.split_once(':')
            && let Some(source) = SOURCES.into_iter().find(|source| source.as_str() == prefix)
        {
            if name.is_empty() {
                return Err(TargetError::NoName { prefix: prefix.to_owned() });
            }
            let is_archive = matches!(source, Source::DockerArchive | Source::OciArchive);
            if is_archive && name == "-" {
                return Ok(Self::Stdin);
            }
            return Ok(Self::In(source, name.to_owned()));
        }
        // A reference never starts like this; and what exists is what is meant.
        let is_path = text.starts_with('/')
            || text.starts_with("./")
            || text.starts_with("../")
            || text == "."
            || text == ".."
            || Path::new(text).exists();
        Ok(if is_path { Self::Path(text.to_owned()) } else { Self::Reference(text.to_owned()) })
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stdin => f.write_str("-"),
            Self::In(source, name) => write!(f, "{}:{name}", source.as_str()),
            Self::Path(name) | Self::Reference(name) => f.write_str(name),
        }
    }
}

/// Splits `PATH:NAME` where `PATH` exists, so that paths with colons stay whole.
pub(crate) fn split_path(text: &str) -> (&str, Option<&str>) {
    if Path::new(text).exists() {
        return (text, None);
    }
    text.match_indices(':')
        .map(|(at, _)| text.split_at(at))
        .find(|(path, _)| Path::new(path).exists())
        .map_or((text, None), |(path, name)| (path, name.strip_prefix(':')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_told_by_its_prefix_or_by_what_exists() {
        for (text, want) in [
            ("-", Target::Stdin),
            ("docker:alpine", Target::In(Source::Docker, "alpine".to_owned())),
            ("docker-archive:-", Target::Stdin),
            ("sbom:-", Target::In(Source::Sbom, "-".to_owned())),
            ("oci-dir:a:b", Target::In(Source::OciDir, "a:b".to_owned())),
            ("alpine:3.20", Target::Reference("alpine:3.20".to_owned())),
            ("./missing", Target::Path("./missing".to_owned())),
            ("/", Target::Path("/".to_owned())),
        ] {
            assert_eq!(text.parse(), Ok(want));
        }
        assert!("dir:".parse::<Target>().is_err());
        assert!("".parse::<Target>().is_err());
    }

    #[test]
    fn a_name_follows_a_path_that_exists() {
        assert_eq!(split_path("/dev:tag:1"), ("/dev", Some("tag:1")));
        assert_eq!(split_path("/dev"), ("/dev", None));
        assert_eq!(split_path("/no/such:tag"), ("/no/such:tag", None));
    }
}

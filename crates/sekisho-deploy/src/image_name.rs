use crate::node::{HOLE, is_whole};

/// The parts of an image's name, as far as they are known.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ImageName<'a> {
    /// None for Docker Hub, when it is not named.
    pub(crate) registry: Option<&'a str>,
    pub(crate) repository: &'a str,
    pub(crate) tag: Option<&'a str>,
    pub(crate) digest: Option<&'a str>,
}

impl<'a> ImageName<'a> {
    pub(crate) fn of(name: &'a str) -> Self {
        let (name, digest) = match name.split_once('@') {
            Some((name, digest)) => (name, Some(digest)),
            None => (name, None),
        };
        let (name, tag) = match name.rsplit_once(':') {
            // A port is followed by a path.
            Some((name, tag)) if !tag.contains('/') => (name, Some(tag)),
            _ => (name, None),
        };
        let (registry, repository) = match name.split_once('/') {
            Some((host, rest)) if host.contains(['.', ':', HOLE]) || host == "localhost" => {
                (Some(host), rest)
            }
            _ => (None, name),
        };
        Self { registry, repository, tag, digest }
    }

    /// Whether something unknown may bring a tag or digest of its own.
    pub(crate) fn may_have_more(&self) -> bool {
        self.repository.ends_with(HOLE)
    }

    /// Whether the registry is known.
    pub(crate) fn has_known_registry(&self) -> bool {
        self.registry.map_or_else(|| !self.repository.starts_with(HOLE), is_whole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_up_to_four_parts() {
        let name = ImageName::of("r.example:5000/a/b:1@sha256:00");
        assert_eq!((name.registry, name.repository), (Some("r.example:5000"), "a/b"));
        assert_eq!((name.tag, name.digest), (Some("1"), Some("sha256:00")));
        let name = ImageName::of("r.example:5000/a");
        assert_eq!((name.tag, name.digest), (None, None));
        assert_eq!(ImageName::of("nginx").registry, None);
    }

    #[test]
    fn what_is_unknown_may_be_anything() {
        assert!(ImageName::of("\u{FFFC}").may_have_more());
        assert!(!ImageName::of("\u{FFFC}/a").may_have_more());
        assert!(!ImageName::of("\u{FFFC}/a").has_known_registry());
        assert!(!ImageName::of("\u{FFFC}.dkr.example/a").has_known_registry());
    }
}

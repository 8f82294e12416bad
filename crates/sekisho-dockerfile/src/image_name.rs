/// The name of an image, taken apart.
///
/// More is let through than a registry would take: a variable may stand anywhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageName {
    /// As written.
    pub text: String,
    /// `docker.io` where the name has none.
    pub registry: String,
    /// Without registry, tag and digest; official images are `library/…`.
    pub repository: String,
    pub tag: Option<String>,
    pub digest: Option<String>,
}

impl ImageName {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (name, digest) = match text.split_once('@') {
            Some((name, digest)) => (name, Some(digest.to_owned())),
            None => (text, None),
        };
        let last = name.rsplit('/').next().unwrap_or(name);
        let (name, tag) = match colon(last) {
            Some(at) => {
                let at = name.len() - last.len() + at;
                let (head, tail) = name.split_at_checked(at)?;
                (head, tail.strip_prefix(':').map(str::to_owned))
            }
            None => (name, None),
        };
        if name.is_empty() {
            return None;
        }
        let (registry, path) = match name.split_once('/') {
            Some((host, path)) if host.contains(['.', ':', '$']) || host == "localhost" => {
                (host.to_owned(), path)
            }
            _ => ("docker.io".to_owned(), name),
        };
        let repository = if registry == "docker.io" && !path.contains('/') {
            format!("library/{path}")
        } else {
            path.to_owned()
        };
        Some(Self { text: text.to_owned(), registry, repository, tag, digest })
    }

    pub fn has_variable(&self) -> bool {
        self.text.contains('$')
    }

    /// The last part of the repository.
    pub fn short_name(&self) -> &str {
        self.repository.rsplit('/').next().unwrap_or(&self.repository)
    }

    /// Whether there is no shell, package manager or setuid program in it.
    pub fn is_bare(&self) -> bool {
        self.repository.contains("distroless") || self.repository.contains("chainguard/static")
    }

    pub fn is_windows(&self) -> bool {
        let name = self.repository.to_lowercase();
        name.contains("windows") || name.contains("nanoserver") || name.contains("servercore")
    }
}

/// The colon before a tag, not one in `${A:-b}`.
fn colon(last: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut found = None;
    for (at, char) in last.char_indices() {
        match char {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            ':' if depth == 0 => found = found.or(Some(at)),
            _ => (),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::literal_string_with_formatting_args, reason = "braces of Dockerfiles")]
    fn names_are_taken_apart() {
        for (text, want) in [
            ("alpine", "docker.io library/alpine - -"),
            ("a/b:1", "docker.io a/b 1 -"),
            ("r.example:5000/a/b:1@sha256:00", "r.example:5000 a/b 1 sha256:00"),
            ("localhost/a", "localhost a - -"),
            ("alpine:${V:-3}", "docker.io library/alpine ${V:-3} -"),
            ("${REGISTRY}/a:1", "${REGISTRY} a 1 -"),
        ] {
            let name = ImageName::parse(text).unwrap();
            let or_none = |it: Option<String>| it.unwrap_or("-".to_owned());
            let shown = format!(
                "{} {} {} {}",
                name.registry,
                name.repository,
                or_none(name.tag),
                or_none(name.digest)
            );
            assert_eq!(shown, want);
        }
    }
}

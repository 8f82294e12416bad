//! Ends of paths, by which a rule chooses files.

/// Whether the path ends in `end`: whole components, in which `*` stands for any characters.
pub(crate) fn ends_in(path: &[u8], end: &str) -> bool {
    // Most ends are turned down by their last letter.
    if !end.ends_with('*') && path.last() != end.as_bytes().last() {
        return false;
    }
    let mut parts = path.rsplit(|byte| *byte == b'/');
    end.rsplit('/')
        .all(|pattern| parts.next().is_some_and(|part| is_like(part, pattern.as_bytes())))
}

/// A `*` matches as little as the rest allows, and is tried again further on when that fails.
fn is_like(mut name: &[u8], mut pattern: &[u8]) -> bool {
    let mut retry: Option<(&[u8], &[u8])> = None;
    loop {
        match (pattern, name) {
            ([b'*', rest @ ..], _) => {
                pattern = rest;
                retry = Some((rest, name));
            }
            ([a, pattern_rest @ ..], [b, name_rest @ ..]) if a == b => {
                (pattern, name) = (pattern_rest, name_rest);
            }
            ([], []) => return true,
            _ => {
                let Some((after, [_, later @ ..])) = retry else { return false };
                retry = Some((after, later));
                (pattern, name) = (after, later);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_end_in_whole_components() {
        for (path, end, want) in [
            ("root/.npmrc", ".npmrc", true),
            (".npmrc", ".npmrc", true),
            ("root/x.npmrc", ".npmrc", false),
            ("root/.docker/config.json", ".docker/config.json", true),
            ("config.json", ".docker/config.json", false),
            ("etc/key.p12", "*.p12", true),
            (".env.production", ".env*", true),
            ("a/b.c.d", "*.c.*", true),
            ("a/aXbXc", "a*b*c", true),
            ("a/aXbX", "a*b*c", false),
        ] {
            assert_eq!(ends_in(path.as_bytes(), end), want, "{path} {end}");
        }
    }
}

//! Which release of Alpine an image installs packages from.
//!
//! # Source
//!
//! apk-repositories(5): a line a repository, a URL that ends in `<release>/<repository>`, after an
//! optional tag.

/// The release that a list of repositories names, `v3.20` or `edge`; none where it names none or
/// several, since packages of the newer one may be among those of the older.
pub(crate) fn alpine_stream(repositories: &str) -> Option<String> {
    let mut found: Option<&str> = None;
    for line in repositories.lines().map(str::trim).filter(|line| !line.starts_with('#')) {
        // What has a tag is installed only where somebody asks for it by that.
        if line.is_empty() || line.starts_with('@') {
            continue;
        }
        let release = line.trim_end_matches('/').rsplit('/').nth(1).unwrap_or_default();
        let is_number = release.strip_prefix('v').is_some_and(|number| {
            number
                .split('.')
                .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
        });
        if !is_number && release != "edge" {
            continue;
        }
        match found {
            Some(other) if other != release => return None,
            _ => found = Some(release),
        }
    }
    found.map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_release_is_in_the_path_of_a_repository() {
        let stream = |text: &str| alpine_stream(text).unwrap_or_default();
        let main = "https://mirror.example/alpine/v3.20/main\n";
        assert_eq!(stream(main), "v3.20");
        assert_eq!(stream(&format!("# https://mirror.example/edge/main\n{main}\n")), "v3.20");
        assert_eq!(stream("http://mirror.example/alpine/edge/community/\n"), "edge");
        assert_eq!(stream(&format!("{main}@edge http://mirror.example/edge/testing\n")), "v3.20");
        assert_eq!(stream(&format!("{main}http://mirror.example/edge/testing\n")), "");
        assert_eq!(stream("/media/cdrom/apks\n"), "");
    }
}

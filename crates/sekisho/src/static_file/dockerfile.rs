//! Dockerfiles, and Containerfiles, which are the same.

use std::path::Path;

use sekisho_dockerfile::{ALL, Context, MAX_FILE_BYTES, Settings, Subject, fix, judge};

use super::{FileKind, Judged, StaticFile};
use crate::settings::CheckSettings;

pub(super) const KIND: FileKind = FileKind {
    name: "Dockerfile",
    names: "Dockerfile, Dockerfile.*, Containerfile, *.dockerfile",
    is_named,
    may_be_named: is_named,
    is_likely,
    judge: |files, settings| {
        let mut judged = Judged::default();
        for file in files {
            let answer = judge(ALL, &subject(file, settings));
            judged.add(answer.findings, answer.results, answer.unknowns);
        }
        judged
    },
    fix: |file, settings| fix(ALL, &subject(file, settings)),
    max_bytes: MAX_FILE_BYTES as u64,
};

/// Largest `.dockerignore` that is read.
const MAX_IGNORE_BYTES: u64 = 1 << 20;

/// `Dockerfile`, `Dockerfile.prod`, `api.dockerfile`, with either name, in any case.
fn is_named(path: &Path) -> bool {
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else { return false };
    let name = name.to_ascii_lowercase();
    ["dockerfile", "containerfile"].iter().any(|word| {
        let around = name.strip_prefix(word).map(|rest| rest.is_empty() || rest.starts_with('.'));
        let before = name.strip_suffix(word).is_some_and(|rest| rest.ends_with('.'));
        // The list of what is not sent to the builder is named after the file.
        (around == Some(true) || before) && !name.ends_with(".dockerignore")
    })
}

/// Whether the first word that is no comment starts a Dockerfile.
fn is_likely(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.lines().map(str::trim);
    let first = lines.find(|line| !line.is_empty() && !line.starts_with('#')).unwrap_or_default();
    let mut words = first.split_whitespace();
    let keyword = words.next().unwrap_or_default().to_ascii_uppercase();
    // `FROM` also starts a query, where a list of columns or an alias without AS may follow.
    matches!(keyword.as_str(), "ARG" | "FROM")
        && words.next().is_some_and(|word| !word.contains(','))
}

fn subject(file: &StaticFile, settings: &CheckSettings) -> Subject {
    let mut subject = Subject::new(&file.name, &file.bytes);
    subject.settings = Settings { trusted_registries: settings.trusted_registries.clone() };
    subject.context = file.path.as_deref().map_or(Context::Unknown, context);
    subject
}

/// The `.dockerignore` that the builder would take: one named after the file, else that of the
/// directory. A build started from elsewhere cannot be known from the file.
fn context(path: &Path) -> Context {
    let own = path.file_name().map(|name| {
        let mut name = name.to_owned();
        name.push(".dockerignore");
        path.with_file_name(name)
    });
    let places = own.into_iter().chain([path.with_file_name(".dockerignore")]);
    for place in places {
        let is_small =
            fs_err::metadata(&place).is_ok_and(|it| it.is_file() && it.len() <= MAX_IGNORE_BYTES);
        if is_small && let Ok(bytes) = fs_err::read(&place) {
            return Context::Ignores(String::from_utf8_lossy(&bytes).into_owned());
        }
    }
    Context::Everything
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_dockerfiles_are_known() {
        for name in
            ["Dockerfile", "a/Dockerfile.prod", "api.dockerfile", "Containerfile", "dockerfile"]
        {
            assert!(is_named(Path::new(name)), "{name}");
        }
        for name in [
            "Dockerfile.dockerignore",
            "dockerfiles",
            "my-dockerfile.rs",
            "Makefile",
            "Dockerfile-old",
        ] {
            assert!(!is_named(Path::new(name)), "{name}");
        }
    }

    #[test]
    fn texts_of_dockerfiles_are_known() {
        assert!(is_likely(b"# syntax=docker/dockerfile:1\n\nARG V=1\nFROM a\n"));
        assert!(is_likely(b"from alpine\n"));
        for text in [&b"all:\n\tmake\n"[..], b"", b"{}", b"FROM\n"] {
            assert!(!is_likely(text), "{text:?}");
        }
    }
}

//! What the environment says. The binary alone reads it.

use std::path::PathBuf;

/// A directory that the environment names; a relative one would depend on where we are.
#[expect(clippy::disallowed_methods, reason = "the binary reads the environment")]
pub(crate) fn directory(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).map(PathBuf::from).filter(|dir| dir.is_absolute())
}

/// A variable that is set to something.
#[expect(clippy::disallowed_methods, reason = "the binary reads the environment")]
pub(crate) fn text(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|text| !text.is_empty())
}

//! What the environment says. The binary alone reads it.

use std::path::PathBuf;

use anyhow::Context;
use jiff::Timestamp;

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

/// Where what can be made again is kept for this user.
pub(crate) fn cache_directory() -> Option<PathBuf> {
    let base = directory("XDG_CACHE_HOME").or_else(|| Some(directory("HOME")?.join(".cache")))?;
    Some(base.join("sekisho"))
}

/// The time of this run: that of `SOURCE_DATE_EPOCH` where somebody wants the same bytes again.
#[expect(clippy::disallowed_methods, reason = "the binary reads the environment and the clock")]
pub(crate) fn now() -> anyhow::Result<Timestamp> {
    match std::env::var_os("SOURCE_DATE_EPOCH") {
        Some(epoch) => {
            let seconds = epoch.to_str().and_then(|text| text.parse().ok());
            let seconds = seconds.context("SOURCE_DATE_EPOCH is no number of seconds")?;
            Timestamp::from_second(seconds).context("SOURCE_DATE_EPOCH is out of range")
        }
        None => Ok(Timestamp::try_from(std::time::SystemTime::now())?),
    }
}

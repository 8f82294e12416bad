//! The order of versions, as each ecosystem's own tools order them.
//!
//! Comparing allocates little and never fails on long digits. A text that is no version of its
//! scheme has no order: whoever asks says so, and does not guess.
//!
//! Packages and advisories are not here.

mod digits;
mod scheme;
mod schemes {
    pub(crate) mod apk;
    pub(crate) mod composer;
    pub(crate) mod deb;
    pub(crate) mod gem;
    pub(crate) mod go;
    pub(crate) mod maven;
    pub(crate) mod nuget;
    pub(crate) mod pep440;
    pub(crate) mod rpm;
    pub(crate) mod semver;
}

pub use scheme::Scheme;

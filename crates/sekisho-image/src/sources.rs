//! Where images lie on disk.

pub(crate) mod archive;
pub(crate) mod directory;
mod layout;
pub(crate) mod oci_dir;
pub(crate) mod stream;

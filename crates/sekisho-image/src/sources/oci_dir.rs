use std::{
    io::{self, Read},
    path::{Path, PathBuf},
    sync::Arc,
};

use super::layout::choose_entry;
use crate::{Content, Descriptor, Image, ImageError, Platform, content::read_bounded, resolve};

/// An OCI layout in a directory.
///
/// # Source
///
/// OCI Image Specification, image-layout.md.
#[derive(Debug)]
pub struct OciDir {
    path: PathBuf,
}

impl OciDir {
    /// Opens the image that `reference` names in `index.json`, or the only one.
    pub fn open(
        path: &Path,
        reference: Option<&str>,
        platform: Option<&Platform>,
    ) -> Result<Image, ImageError> {
        let name = path.display().to_string();
        let index_path = path.join("index.json");
        let index = open_file(&index_path).and_then(read_bounded).map_err(|source| {
            if source.kind() == io::ErrorKind::NotFound {
                ImageError::NoLayout { name: name.clone() }
            } else {
                ImageError::Path { path: index_path, source }
            }
        })?;
        let root = choose_entry(&index, &name, reference, platform)?;
        resolve(Arc::new(Self { path: path.to_owned() }), root, platform)
    }
}

impl Content for OciDir {
    fn open(&self, descriptor: &Descriptor) -> io::Result<Box<dyn Read + Send>> {
        let digest = &descriptor.digest;
        let path = self.path.join("blobs").join(digest.algorithm()).join(digest.to_hex());
        Ok(Box::new(open_file(&path)?))
    }
}

/// Opens a regular file; a pipe in its place would wait for ever.
pub(super) fn open_file(path: &Path) -> io::Result<fs_err::File> {
    if !fs_err::metadata(path)?.is_file() {
        let message = format!("{} is not a regular file", path.display());
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    }
    fs_err::File::open(path)
}

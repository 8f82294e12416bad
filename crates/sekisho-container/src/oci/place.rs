use std::path::{Path, PathBuf};

use rustix::mount::{MountFlags, UnmountFlags, mount, unmount};
use tempfile::TempDir;

use crate::RunError;

/// The files of one job: those of the image with a layer of their own to write to.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) root: PathBuf,
    is_mounted: bool,
    /// Removed last.
    pub(super) directory: TempDir,
}

impl Place {
    /// Mounts an overlay where that is possible, and lays the files out anew where it is not:
    /// without root, or on a file system that cannot be a part of one.
    pub(super) fn new(
        parent: &Path,
        base: &Path,
        lay_out: &dyn Fn(&Path) -> Result<(), RunError>,
    ) -> Result<Self, RunError> {
        let wrong = |source| RunError::Layout { path: parent.to_owned(), source };
        let directory =
            tempfile::Builder::new().prefix("job-").tempdir_in(parent).map_err(wrong)?;
        let at = |name: &str| directory.path().join(name);
        for name in ["upper", "work", "root"] {
            fs_err::create_dir(at(name)).map_err(wrong)?;
        }
        let root = at("root");
        let is_mounted = overlay(base, &at("upper"), &at("work"), &root);
        let place = Self { root, is_mounted, directory };
        if !is_mounted {
            lay_out(&place.root)?;
        }
        Ok(place)
    }
}

fn overlay(lower: &Path, upper: &Path, work: &Path, root: &Path) -> bool {
    let paths = [lower, upper, work].map(|path| path.to_str().unwrap_or(":"));
    // Characters that mean something in the options of a mount.
    if paths.iter().any(|path| path.contains([':', ',', '\\'])) {
        return false;
    }
    let [lower, upper, work] = paths;
    let options = format!("lowerdir={lower},upperdir={upper},workdir={work}");
    let Ok(options) = std::ffi::CString::new(options) else { return false };
    let mounted = mount("overlay", root, "overlay", MountFlags::NODEV, options.as_c_str());
    if let Err(errno) = mounted {
        tracing::debug!(%errno, "no overlay can be mounted: the files are laid out for each test");
    }
    mounted.is_ok()
}

impl Drop for Place {
    fn drop(&mut self) {
        if self.is_mounted
            && let Err(errno) = unmount(&self.root, UnmountFlags::DETACH)
        {
            tracing::warn!(%errno, path = %self.root.display(), "an overlay was not unmounted");
        }
    }
}

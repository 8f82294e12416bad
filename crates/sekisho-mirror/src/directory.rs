use std::{io, path::Path};

use crate::{
    FetchError,
    download::{Downloaded, keep},
    state::beside,
};

/// Copies the file at `from` to `path`, unless it is there already with the same size and time.
pub(crate) fn copy(from: &Path, path: &Path) -> Result<Downloaded, FetchError> {
    let error = |source| FetchError::Copy { path: from.to_owned(), source };
    copied(from, path).map_err(error)
}

fn copied(from: &Path, path: &Path) -> io::Result<Downloaded> {
    let metadata = fs_err::metadata(from)?;
    let modified = metadata.modified()?;
    let is_same = fs_err::metadata(path).is_ok_and(|there| {
        there.len() == metadata.len() && there.modified().is_ok_and(|time| time == modified)
    });
    if is_same {
        return Ok(Downloaded::Unchanged);
    }
    if let Some(folder) = path.parent() {
        fs_err::create_dir_all(folder)?;
    }
    let part = beside(path, "part");
    // A part of a download is of another source.
    drop(fs_err::remove_file(beside(&part, "http")));
    fs_err::copy(from, &part)?;
    let file = fs_err::OpenOptions::new().write(true).open(&part)?.into_file();
    file.set_modified(modified)?;
    file.sync_all()?;
    keep(path)?;
    fs_err::rename(&part, path)?;
    Ok(Downloaded::Changed)
}

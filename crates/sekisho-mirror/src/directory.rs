use std::{
    io,
    path::{Path, PathBuf},
};

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

/// The files two levels below `root` that are no parts or states of others.
pub(crate) fn files(root: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for folder in entries(root)? {
        files.extend(entries(&folder)?.into_iter().filter(|path| path.is_file()));
    }
    files.sort();
    Ok(files)
}

fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs_err::read_dir(folder) {
        Ok(entries) => entries,
        Err(err)
            if matches!(err.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) =>
        {
            return Ok(Vec::new());
        }
        Err(err) => return Err(err),
    };
    let mut paths = Vec::new();
    for entry in entries {
        let entry = entry?;
        if !entry.file_name().to_string_lossy().starts_with('.') {
            paths.push(entry.path());
        }
    }
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_and_parts_are_no_files_of_a_feed() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("2024");
        fs_err::create_dir(&folder).unwrap();
        for name in ["b.json", "a.json", ".a.json.http", ".c.json.part"] {
            fs_err::write(folder.join(name), "").unwrap();
        }
        fs_err::write(root.path().join("x"), "").unwrap();
        assert_eq!(files(root.path()).unwrap(), [folder.join("a.json"), folder.join("b.json")]);
        assert!(files(&root.path().join("none")).unwrap().is_empty());
    }
}

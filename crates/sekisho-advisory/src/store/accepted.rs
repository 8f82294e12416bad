//! The serial that was last accepted, kept apart from the manifest: an old manifest is valid, and
//! only who remembers a newer one can tell that it is old.

use std::{
    io::{self, ErrorKind, Read, Seek, Write},
    path::{Path, PathBuf},
};

use sekisho_archive::sha256;

use super::{error::OpenError, key::TrustedKeys};

/// Digits of a record, so that a newer serial covers all of an older one.
const WIDTH: usize = 20;

/// Where the serial of a database and key is kept.
fn path(directory: &Path, trust: &TrustedKeys, key_id: &str) -> PathBuf {
    match trust.accepted() {
        Some(records) => {
            let place = fs_err::canonicalize(directory).unwrap_or_else(|_| directory.to_owned());
            let name = sha256(place.as_os_str().as_encoded_bytes()).to_hex();
            records.join(format!("{}-{key_id}.serial", name.get(..16).unwrap_or_default()))
        }
        None => directory.join(format!("accepted-{key_id}.serial")),
    }
}

/// Refuses a serial lower than one that was accepted before, and keeps a higher one.
///
/// Where nothing can be written, as on a read-only file system, what is recorded still counts.
pub(super) fn accept(
    directory: &Path,
    trust: &TrustedKeys,
    key_id: &str,
    serial: u64,
) -> Result<(), OpenError> {
    let record = path(directory, trust, key_id);
    let read = |source| OpenError::Read { path: record.clone(), source };
    if let Some(parent) = record.parent().filter(|parent| !parent.exists()) {
        // What this misses is told by the attempt to open below.
        drop(fs_err::create_dir_all(parent));
    }
    let opened = fs_err::OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&record);
    let (mut file, is_writable) = match opened {
        Ok(file) => {
            file.file().lock().map_err(read)?;
            (file, true)
        }
        Err(err) if is_read_only(&err) => match fs_err::File::open(&record) {
            Ok(file) => (file, false),
            Err(err) if err.kind() == ErrorKind::NotFound => {
                tracing::debug!(path = ?record, "the serial of the database is not kept");
                return Ok(());
            }
            Err(err) => return Err(read(err)),
        },
        Err(err) => return Err(read(err)),
    };
    let accepted = parse(&mut file, &record)?;
    if serial < accepted {
        let dir = directory.to_owned();
        return Err(OpenError::RolledBack { dir, serial, accepted, record });
    }
    if is_writable && accepted < serial {
        let text = format!("{serial:0WIDTH$}\n");
        let written = file.rewind().and_then(|()| file.write_all(text.as_bytes()));
        if let Err(err) = written {
            let error: &dyn std::error::Error = &err;
            tracing::warn!(error, "the serial of the database is not kept");
        }
    }
    Ok(())
}

/// Refuses a serial lower than one that was accepted before, and keeps nothing.
pub(super) fn check(
    directory: &Path,
    trust: &TrustedKeys,
    key_id: &str,
    serial: u64,
) -> Result<(), OpenError> {
    let accepted = last(directory, trust, key_id)?;
    if serial < accepted {
        let (dir, record) = (directory.to_owned(), path(directory, trust, key_id));
        return Err(OpenError::RolledBack { dir, serial, accepted, record });
    }
    Ok(())
}

/// The serial that was last accepted, zero before the first.
pub(super) fn last(directory: &Path, trust: &TrustedKeys, key_id: &str) -> Result<u64, OpenError> {
    let record = path(directory, trust, key_id);
    match fs_err::File::open(&record) {
        Ok(mut file) => parse(&mut file, &record),
        Err(err) if err.kind() == ErrorKind::NotFound => Ok(0),
        Err(source) => Err(OpenError::Read { path: record, source }),
    }
}

fn parse(file: &mut fs_err::File, record: &Path) -> Result<u64, OpenError> {
    let mut text = String::new();
    let read = file.take(2 * WIDTH as u64).read_to_string(&mut text);
    read.map_err(|source| OpenError::Read { path: record.to_owned(), source })?;
    match text.trim() {
        "" => Ok(0),
        digits => digits.parse().map_err(|_| OpenError::Manifest {
            path: record.to_owned(),
            reason: "it holds no serial".to_owned(),
        }),
    }
}

fn is_read_only(err: &io::Error) -> bool {
    matches!(
        err.kind(),
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem | ErrorKind::NotFound
    )
}

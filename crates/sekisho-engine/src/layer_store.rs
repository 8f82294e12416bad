//! The layer store of Docker, read from disk.
//!
//! # Source
//!
//! The packages `image` and `layer` of the moby project: `image/<driver>/imagedb/content` holds
//! configurations by id, `image/<driver>/layerdb` what is known of a layer by its chain id.

use std::{
    io::{self, BufReader, Read},
    os::fd::OwnedFd,
    path::{Path, PathBuf},
};

use rustix::fs::{CWD, Mode, OFlags};
use sekisho_archive::{decompress, limits, sha256};
use sekisho_types::Digest;

use crate::{EngineError, TarSplit};

/// Longest `cache-id`: 64 digits, and `-init` for what belongs to no image.
const MAX_ID_BYTES: usize = 128;

/// Longest number in a file `size`.
const MAX_SIZE_BYTES: u64 = 32;

/// An image whose configuration has been read and whose layers can be.
#[derive(Debug)]
pub struct StoredImage {
    /// The configuration document, whose digest is the id of the image.
    pub config: Vec<u8>,
    /// Bottom first.
    pub layers: Vec<StoredLayer>,
}

/// A layer as its unpacked files and what else its tar had.
#[derive(Debug)]
pub struct StoredLayer {
    /// What Docker says that its files take; its tar is larger.
    pub estimated_bytes: u64,
    tar_split: PathBuf,
    files: PathBuf,
}

impl StoredLayer {
    /// Opens the tar of the layer.
    pub fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let root: OwnedFd = rustix::fs::openat(CWD, &self.files, flags, Mode::empty())?;
        let (_, lines) = decompress(BufReader::new(fs_err::File::open(&self.tar_split)?))?;
        Ok(Box::new(TarSplit::new(lines, root)))
    }
}

/// Where a storage driver keeps the files of a layer; none for a driver whose layers are not
/// plain directories.
fn files_of(driver: &str, cache_id: &str) -> Option<PathBuf> {
    match driver {
        "overlay2" | "fuse-overlayfs" => Some(Path::new(driver).join(cache_id).join("diff")),
        // A directory holds the files of all the layers below too.
        "vfs" => Some(Path::new("vfs/dir").join(cache_id)),
        _ => None,
    }
}

/// Reads the image `id` with the layers `diff_ids` from the data directory of a daemon.
///
/// None where the daemon keeps its layers in another way.
///
/// # Errors
///
/// When the directory is not readable for this user, or not what it should be.
pub(crate) fn read(
    root: &Path,
    driver: &str,
    id: Digest,
    diff_ids: &[Digest],
) -> Result<Option<StoredImage>, EngineError> {
    if files_of(driver, "").is_none() {
        return Ok(None);
    }
    let images = root.join("image").join(driver);
    let config_path = images.join("imagedb/content").join(id.algorithm()).join(id.to_hex());
    let config = read_file(&config_path, limits::DOCUMENT_BYTES)?;
    let actual = sha256(&config);
    if actual != id {
        return Err(EngineError::StoreDigest { path: config_path, expected: id, actual });
    }
    let mut layers = Vec::new();
    let mut chain_id: Option<Digest> = None;
    for diff_id in diff_ids {
        let chain = match chain_id {
            None => *diff_id,
            Some(parent) => sha256(format!("{parent} {diff_id}").as_bytes()),
        };
        chain_id = Some(chain);
        let known = images.join("layerdb").join(chain.algorithm()).join(chain.to_hex());
        layers.push(read_layer(root, driver, &known)?);
    }
    Ok(Some(StoredImage { config, layers }))
}

fn read_layer(root: &Path, driver: &str, known: &Path) -> Result<StoredLayer, EngineError> {
    let damaged =
        |what: &str| EngineError::StoreDamage { path: known.to_owned(), what: what.to_owned() };
    let cache_id = read_file(&known.join("cache-id"), MAX_ID_BYTES as u64)?;
    let cache_id = String::from_utf8(cache_id).map_err(|_| damaged("cache-id is no text"))?;
    let cache_id = cache_id.trim();
    // It becomes a part of a path.
    let is_clean = !cache_id.is_empty()
        && cache_id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let files = files_of(driver, cache_id)
        .filter(|_| is_clean)
        .ok_or_else(|| damaged("cache-id is no name of a directory"))?;
    let size = read_file(&known.join("size"), MAX_SIZE_BYTES)?;
    let estimated_bytes = String::from_utf8_lossy(&size).trim().parse().unwrap_or(0);
    let layer = StoredLayer {
        estimated_bytes,
        tar_split: known.join("tar-split.json.gz"),
        files: root.join(files),
    };
    layer.open().map_err(|source| EngineError::Store { path: known.to_owned(), source })?;
    Ok(layer)
}

fn read_file(path: &Path, max_bytes: u64) -> Result<Vec<u8>, EngineError> {
    let wrong = |source| EngineError::Store { path: path.to_owned(), source };
    let mut bytes = Vec::new();
    let file = fs_err::File::open(path).map_err(wrong)?;
    file.take(max_bytes + 1).read_to_end(&mut bytes).map_err(wrong)?;
    if bytes.len() as u64 > max_bytes {
        return Err(wrong(io::ErrorKind::FileTooLarge.into()));
    }
    Ok(bytes)
}

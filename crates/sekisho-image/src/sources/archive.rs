//! Images in a tar: `docker save`, and OCI layouts packed up.

use std::{
    collections::BTreeMap,
    io::{self, BufReader, Cursor, Read},
    os::unix::fs::FileExt,
    path::Path,
    sync::Arc,
};

use sekisho_archive::{
    Compression,
    tar::{Entry, EntryKind, TarReader},
};
use sekisho_types::{Digest, ImagePath};

use super::{layout::choose_entry, oci_dir::open_file};
use crate::{
    Content, Descriptor, Image, ImageConfig, ImageError, Platform,
    content::{read_bounded, verify_document},
    document::SavedImage,
    image::{StoredLayer, digest_of_entry},
    resolve,
};

/// Most files in an archive: an image has a thousand layers and a few documents for each.
const MAX_ENTRIES: u64 = 100_000;

/// Most links on the way to a file; old versions of Docker link equal layers once.
const MAX_LINKS: usize = 8;

/// Which of the two kinds of archive is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// `manifest.json` at the top.
    DockerArchive,
    /// `index.json` at the top.
    OciArchive,
}

/// The files of an archive, by name.
#[derive(Debug)]
pub struct Archive {
    /// As the user knows it.
    name: String,
    file: Option<Arc<fs_err::File>>,
    entries: BTreeMap<String, Stored>,
}

/// Where a file of an archive is.
#[derive(Debug, Clone)]
pub(super) enum Stored {
    /// In the archive's file.
    At {
        offset: u64,
        size_bytes: u64,
    },
    /// Read already, as the archive went by.
    Document(Arc<[u8]>),
    /// Read already, and left to whoever asked.
    Passed,
    Link(String),
}

impl Archive {
    /// Lists a plain tar; none for a compressed one, which can only be streamed.
    pub fn open(path: &Path) -> Result<Option<Self>, ImageError> {
        let name = path.display().to_string();
        let wrong = |source| ImageError::Path { path: path.to_owned(), source };
        let file = Arc::new(open_file(path).map_err(wrong)?);
        let mut start = [0; Compression::MAGIC_BYTES];
        let n = file.file().read_at(&mut start, 0).map_err(wrong)?;
        if Compression::sniff(start.get(..n).unwrap_or_default()) != Compression::Plain {
            return Ok(None);
        }
        let wrong = |source| ImageError::Archive { name: name.clone(), source };
        let reader = fs_err::File::open(path)
            .map_err(|source| ImageError::Path { path: path.to_owned(), source })?;
        let mut tar = TarReader::seeking(BufReader::with_capacity(8 * 1024, reader));
        let mut entries = BTreeMap::new();
        while let Some(entry) = tar.next_entry().map_err(wrong)? {
            let stored = match entry.kind {
                EntryKind::File if tar.is_sparse() => continue,
                EntryKind::File => {
                    Stored::At { offset: tar.offset(), size_bytes: entry.size_bytes }
                }
                _ => match link(&entry) {
                    Some(target) => Stored::Link(target),
                    None => continue,
                },
            };
            insert(&mut entries, &entry, stored)?;
        }
        Ok(Some(Self { name, file: Some(file), entries }))
    }

    /// What was kept of an archive that went by.
    pub(super) fn of_stream(name: String, entries: BTreeMap<String, Stored>) -> Self {
        Self { name, file: None, entries }
    }

    /// What kind of image it holds; `docker save` writes both kinds since version 25.
    pub fn layout(&self) -> Result<Layout, ImageError> {
        if self.entries.contains_key("manifest.json") {
            Ok(Layout::DockerArchive)
        } else if self.entries.contains_key("index.json") {
            Ok(Layout::OciArchive)
        } else {
            Err(ImageError::NoImageArchive { name: self.name.clone() })
        }
    }

    /// Opens the image that `reference` names, or the only one.
    pub fn image(
        self,
        layout: Layout,
        reference: Option<&str>,
        platform: Option<&Platform>,
    ) -> Result<Image, ImageError> {
        match layout {
            Layout::DockerArchive => self.docker_image(reference),
            Layout::OciArchive => {
                let index = self.document("index.json")?;
                let root = choose_entry(&index, &self.name, reference, platform)?;
                let mut image = resolve(Arc::new(self), root, platform)?;
                for layer in &mut image.layers {
                    layer.stored.entry = layer.stored.digest.as_ref().map(entry_of);
                }
                Ok(image)
            }
        }
    }

    fn docker_image(self, reference: Option<&str>) -> Result<Image, ImageError> {
        let what = || format!("manifest.json of {:?}", self.name);
        let images: Vec<SavedImage> = serde_json::from_slice(&self.document("manifest.json")?)
            .map_err(|source| ImageError::Json { what: what(), source })?;
        let image = choose_image(&images, &self.name, reference)?;
        let bytes = self.document(&image.config)?;
        if let Some(digest) = config_digest(&image.config) {
            verify_document(&bytes, digest)?;
        }
        let config = ImageConfig::parse(&bytes)?;
        let mut stored = Vec::new();
        for layer in &image.layers {
            let entry = self.target(layer)?;
            let size_bytes = match self.entries.get(&entry) {
                Some(Stored::At { size_bytes, .. }) => Some(*size_bytes),
                Some(Stored::Document(_) | Stored::Passed | Stored::Link(_)) | None => None,
            };
            let digest = digest_of_entry(&entry);
            stored.push(StoredLayer {
                digest,
                size_bytes,
                entry: Some(entry),
                ..StoredLayer::default()
            });
        }
        let names: Vec<Option<String>> = stored.iter().map(|layer| layer.entry.clone()).collect();
        let open = move |index: usize| match names.get(index) {
            Some(Some(name)) => self.read(name),
            Some(None) | None => Err(io::ErrorKind::NotFound.into()),
        };
        Image::new(config.digest, config, stored, Box::new(open))
    }

    fn document(&self, entry: &str) -> Result<Vec<u8>, ImageError> {
        self.find(entry)?;
        self.read(entry)
            .and_then(read_bounded)
            .map_err(|source| ImageError::Path { path: Path::new(&self.name).join(entry), source })
    }

    fn read(&self, entry: &str) -> io::Result<Box<dyn Read + Send>> {
        let stored = self.find(entry).map_err(io::Error::other)?;
        match (stored, &self.file) {
            (Stored::At { offset, size_bytes }, Some(file)) => Ok(Box::new(Section {
                file: Arc::clone(file),
                position: *offset,
                left: *size_bytes,
            })),
            (Stored::Document(bytes), _) => Ok(Box::new(Cursor::new(Arc::clone(bytes)))),
            (Stored::At { .. } | Stored::Passed | Stored::Link(_), _) => {
                Err(io::Error::other(format!("{entry:?} went by before it was needed")))
            }
        }
    }

    fn find(&self, entry: &str) -> Result<&Stored, ImageError> {
        let target = self.target(entry)?;
        self.entries.get(&target).ok_or(ImageError::MissingEntry { entry: target })
    }

    /// The name under which a file's bytes are, links followed.
    fn target(&self, entry: &str) -> Result<String, ImageError> {
        let missing = || ImageError::MissingEntry { entry: entry.to_owned() };
        let mut name = normal(entry);
        for _ in 0..MAX_LINKS {
            match self.entries.get(&name).ok_or_else(missing)? {
                Stored::Link(target) => name.clone_from(target),
                Stored::At { .. } | Stored::Document(_) | Stored::Passed => return Ok(name),
            }
        }
        Err(missing())
    }
}

impl Content for Archive {
    fn open(&self, descriptor: &Descriptor) -> io::Result<Box<dyn Read + Send>> {
        self.read(&entry_of(&descriptor.digest))
    }
}

fn entry_of(digest: &Digest) -> String {
    format!("blobs/{}/{}", digest.algorithm(), digest.to_hex())
}

/// Adds a file and gives its normal name; a later one of the same name wins, as with tar.
pub(super) fn insert(
    entries: &mut BTreeMap<String, Stored>,
    entry: &Entry,
    stored: Stored,
) -> Result<String, ImageError> {
    let name = normal(&String::from_utf8_lossy(&entry.name));
    entries.insert(name.clone(), stored);
    if entries.len() as u64 > MAX_ENTRIES {
        return Err(ImageError::TooMany { what: "files", limit: MAX_ENTRIES });
    }
    Ok(name)
}

/// The target of a link, as a name in the archive.
pub(super) fn link(entry: &Entry) -> Option<String> {
    let target = match entry.kind {
        EntryKind::Symlink => {
            let name = ImagePath::parse_clamped(&entry.name).ok()?;
            name.parent()?.join(&entry.link).ok()?
        }
        EntryKind::HardLink => ImagePath::parse_clamped(&entry.link).ok()?,
        EntryKind::File
        | EntryKind::CharDevice
        | EntryKind::BlockDevice
        | EntryKind::Directory
        | EntryKind::Fifo => return None,
    };
    Some(target.to_str_lossy().into_owned())
}

/// Without a leading `./`, as some tools write names and others refer to them.
fn normal(name: &str) -> String {
    ImagePath::parse_clamped(name.as_bytes())
        .map_or_else(|_| name.to_owned(), |path| path.to_str_lossy().into_owned())
}

fn choose_image<'a>(
    images: &'a [SavedImage],
    name: &str,
    reference: Option<&str>,
) -> Result<&'a SavedImage, ImageError> {
    let tags: Vec<String> = images
        .iter()
        .map(|image| image.repo_tags.first().unwrap_or(&image.config).clone())
        .collect();
    let offered = if tags.is_empty() { "none".to_owned() } else { tags.join(", ") };
    let name = name.to_owned();
    match (reference, images) {
        (Some(wanted), _) => images
            .iter()
            .find(|image| {
                image.config == wanted
                    || image
                        .repo_tags
                        .iter()
                        .any(|tag| tag == wanted || tag.strip_suffix(":latest") == Some(wanted))
            })
            .ok_or_else(|| ImageError::NoSuchImage { name, wanted: wanted.to_owned(), offered }),
        (None, [image]) => Ok(image),
        (None, []) => {
            Err(ImageError::NoSuchImage { name, wanted: "any image".to_owned(), offered })
        }
        (None, images) => Err(ImageError::Ambiguous { name, n_images: images.len(), offered }),
    }
}

/// The digest in the name of a configuration: `<hex>.json` or `blobs/sha256/<hex>`.
fn config_digest(name: &str) -> Option<Digest> {
    let name = normal(name);
    let hex = name.strip_suffix(".json").unwrap_or(&name);
    digest_of_entry(&name).or_else(|| Digest::parse(&format!("sha256:{hex}")).ok())
}

/// A part of a file, read without moving the position that others share.
struct Section {
    file: Arc<fs_err::File>,
    position: u64,
    left: u64,
}

impl Read for Section {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = usize::try_from(self.left).map_or(buffer.len(), |left| left.min(buffer.len()));
        let buffer = buffer.get_mut(..wanted).unwrap_or_default();
        if buffer.is_empty() {
            return Ok(0);
        }
        let n = self.file.file().read_at(buffer, self.position)?;
        if n == 0 {
            return Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                format!("the archive ends {} bytes too early", self.left),
            ));
        }
        self.position += n as u64;
        self.left -= n as u64;
        Ok(n)
    }
}

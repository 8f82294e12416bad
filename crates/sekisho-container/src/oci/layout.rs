//! Lays out the files of an image in an empty directory.
//!
//! What a container sees is known before anything is written, so every file is made once, under
//! directories that were made here. Symbolic links come last: as long as files are written, there
//! is none that could lead anywhere.

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    fs::File,
    io::{self, Write},
    os::{
        fd::{AsFd, BorrowedFd, OwnedFd},
        unix::ffi::OsStrExt,
    },
    path::Path,
};

use rustix::{
    fs::{
        AtFlags, CWD, FileType, Gid, Mode, OFlags, ResolveFlags, Uid, XattrFlags, chownat, fchmod,
        fchown, fsetxattr, linkat, mkdirat, mknodat, openat, openat2, symlinkat,
    },
    io::Errno,
};
use sekisho_archive::{
    BlobReader,
    tar::{Entry, TarReader},
};
use sekisho_image::{
    HardLink, Image, LayerTreeBuilder, Node, NodeKind, PlaceError, Placed, Squashed,
};
use sekisho_types::ImagePath;

use crate::RunError;

/// Bytes that are copied at once.
const CHUNK_BYTES: usize = 256 * 1024;

struct Layout<'a> {
    root: OwnedFd,
    files: &'a Squashed,
    /// Whether owners and devices can be made.
    is_root: bool,
}

pub(super) fn lay_out(
    image: &Image,
    files: &Squashed,
    hard_links: &[Vec<HardLink>],
    root: &Path,
    is_root: bool,
) -> Result<(), RunError> {
    let wrong = |source| RunError::Layout { path: root.to_owned(), source };
    let flags = OFlags::DIRECTORY | OFlags::CLOEXEC | OFlags::NOFOLLOW;
    let directory = openat(CWD, root, flags, Mode::empty()).map_err(|err| wrong(err.into()))?;
    let layout = Layout { root: directory, files, is_root };
    layout.make_directories().map_err(wrong)?;
    for (index, layer) in image.layers.iter().enumerate() {
        let links = hard_links.get(index).map(Vec::as_slice).unwrap_or_default();
        let (reader, expected) = image.raw_layer(index).map_err(|err| {
            tracing::debug!(error = &err as &dyn std::error::Error, "a layer cannot be read again");
            RunError::Once
        })?;
        let diff_id = layer.diff_id;
        let copied =
            BlobReader::new(reader, expected).and_then(|reader| layout.copy(index, links, reader));
        copied.map_err(|source| {
            wrong(io::Error::new(source.kind(), format!("the layer {diff_id}: {source}")))
        })?;
    }
    layout.make_links().map_err(wrong)?;
    layout.finish_directories().map_err(wrong)
}

fn os(path: &ImagePath) -> &OsStr {
    OsStr::from_bytes(path.as_bytes())
}

fn mode(node: &Node) -> Mode {
    Mode::from_bits_truncate(u32::from(node.mode))
}

impl Layout<'_> {
    fn directories(&self) -> impl Iterator<Item = (&ImagePath, &Node)> {
        let files = self.files.iter().map(|(path, file)| (path, &file.node));
        files.filter(|(path, node)| node.kind == NodeKind::Directory && !path.is_root())
    }

    fn make_directories(&self) -> io::Result<()> {
        for (path, _) in self.directories() {
            mkdirat(&self.root, os(path), Mode::RWXU)?;
        }
        Ok(())
    }

    /// Owners and modes, the deepest first, so that none is closed before what is in it.
    fn finish_directories(&self) -> io::Result<()> {
        let all: Vec<(&ImagePath, &Node)> = self.directories().collect();
        for (path, node) in all.into_iter().rev() {
            let flags = OFlags::DIRECTORY | OFlags::CLOEXEC;
            let directory = self.open(path, flags, Mode::empty())?;
            self.own(directory.as_fd(), node)?;
        }
        let node = self.files.get(&ImagePath::default()).map(|file| &file.node);
        match node {
            Some(node) => self.own(self.root.as_fd(), node),
            None => Ok(fchmod(&self.root, Mode::from_bits_truncate(0o755))?),
        }
    }

    /// Opens a file below the root; no link is followed on the way.
    fn open(&self, path: &ImagePath, flags: OFlags, mode: Mode) -> Result<OwnedFd, Errno> {
        let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS;
        openat2(&self.root, os(path), flags, mode, resolve)
    }

    /// The owner before the mode, since a change of owner takes setuid away.
    fn own(&self, file: BorrowedFd<'_>, node: &Node) -> io::Result<()> {
        if self.is_root {
            fchown(file, Some(Uid::from_raw(node.uid)), Some(Gid::from_raw(node.gid)))?;
        }
        fchmod(file, mode(node))?;
        Ok(())
    }

    /// Writes those files of a layer that a container sees.
    fn copy(&self, index: usize, links: &[HardLink], reader: BlobReader) -> io::Result<()> {
        let is_seen = |path: &ImagePath| {
            self.files
                .get(path)
                .is_some_and(|file| file.layer == index && file.node.kind == NodeKind::File)
        };
        // Further names of each content.
        let mut names: BTreeMap<&ImagePath, Vec<&ImagePath>> = BTreeMap::new();
        for link in links.iter().filter(|link| is_seen(&link.path)) {
            names.entry(&link.target).or_default().push(&link.path);
        }
        let is_link = |path: &ImagePath| links.binary_search_by(|link| link.path.cmp(path)).is_ok();
        let mut builder = LayerTreeBuilder::default();
        let mut tar = TarReader::new(reader);
        while let Some(entry) = tar.next_entry().map_err(io::Error::other)? {
            let path = match builder.add(&entry) {
                Ok(Placed::File { path, .. }) => path,
                Ok(Placed::Other) | Err(PlaceError::Refused(_)) => continue,
                Err(err @ PlaceError::TooMany { .. }) => return Err(io::Error::other(err)),
            };
            let own = Some(&path).filter(|path| is_seen(path) && !is_link(path));
            let more = names.get(&path).map(Vec::as_slice).unwrap_or_default();
            let mut all = own.into_iter().chain(more.iter().copied());
            let Some(first) = all.next() else { continue };
            self.write(first, &entry, &mut tar)?;
            for name in all {
                let flags = AtFlags::empty();
                match linkat(&self.root, os(first), &self.root, os(name), flags) {
                    // An earlier content of the same name was linked already.
                    Err(Errno::EXIST) | Ok(()) => (),
                    Err(err) => return Err(err.into()),
                }
            }
        }
        tar.into_inner().finish()?;
        Ok(())
    }

    fn write(
        &self,
        path: &ImagePath,
        entry: &Entry,
        content: &mut TarReader<BlobReader>,
    ) -> io::Result<()> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::TRUNC | OFlags::CLOEXEC;
        let mut file = File::from(self.open(path, flags, Mode::RUSR | Mode::WUSR)?);
        let mut chunk = vec![0; CHUNK_BYTES];
        loop {
            let n = io::Read::read(content, &mut chunk)?;
            match chunk.get(..n) {
                None | Some([]) => break,
                Some(bytes) => file.write_all(bytes)?,
            }
        }
        if let Some(found) = self.files.get(path) {
            self.own(file.as_fd(), &found.node)?;
        }
        if self.is_root && !entry.capability.is_empty() {
            let flags = XattrFlags::empty();
            if let Err(errno) = fsetxattr(&file, "security.capability", &entry.capability, flags) {
                tracing::debug!(%errno, "capabilities of a file were not set");
            }
        }
        Ok(())
    }

    /// Pipes with names and symbolic links. Devices are left out: a container has its own.
    fn make_links(&self) -> io::Result<()> {
        let files = || self.files.iter().map(|(path, file)| (path, &file.node));
        for (path, node) in files() {
            match &node.kind {
                NodeKind::Fifo => {
                    mknodat(&self.root, os(path), FileType::Fifo, Mode::RUSR | Mode::WUSR, 0)?;
                    let flags = OFlags::PATH | OFlags::CLOEXEC;
                    drop(self.open(path, flags, Mode::empty())?);
                }
                NodeKind::File
                | NodeKind::Directory
                | NodeKind::Symlink(_)
                | NodeKind::CharDevice
                | NodeKind::BlockDevice => (),
            }
        }
        for (path, node) in files() {
            let NodeKind::Symlink(target) = &node.kind else { continue };
            // An empty target cannot be made, nor followed.
            if target.is_empty() {
                continue;
            }
            symlinkat(OsStr::from_bytes(target), &self.root, os(path))?;
            if self.is_root {
                let owner = (Some(Uid::from_raw(node.uid)), Some(Gid::from_raw(node.gid)));
                chownat(&self.root, os(path), owner.0, owner.1, AtFlags::SYMLINK_NOFOLLOW)?;
            }
        }
        Ok(())
    }
}

/// Opens a file as a process in the root would, whatever the links in it say.
pub(super) fn open_inside(root: &Path, path: &str, flags: OFlags) -> io::Result<OwnedFd> {
    let root_flags = OFlags::DIRECTORY | OFlags::CLOEXEC | OFlags::NOFOLLOW;
    let root = openat(CWD, root, root_flags, Mode::empty())?;
    let flags = flags | OFlags::CLOEXEC;
    Ok(openat2(&root, path, flags, Mode::empty(), ResolveFlags::IN_ROOT)?)
}

/// Makes a directory and those above it where they are missing.
pub(super) fn make_directory(root: &Path, path: &str) -> io::Result<()> {
    let mut made = String::from("/");
    for part in path.split('/').filter(|part| !part.is_empty()) {
        let parent = open_inside(root, &made, OFlags::DIRECTORY)?;
        if part == ".." || part == "." {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        match mkdirat(&parent, part, Mode::from_bits_truncate(0o755)) {
            Ok(()) | Err(Errno::EXIST) => (),
            Err(err) => return Err(err.into()),
        }
        made.push_str(part);
        made.push('/');
    }
    Ok(())
}

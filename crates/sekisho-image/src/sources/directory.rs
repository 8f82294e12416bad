//! A root file system in a directory of this machine.

use std::{
    ffi::OsStr,
    fs::File,
    io,
    os::{fd::OwnedFd, unix::ffi::OsStrExt},
    path::Path,
};

use rustix::{
    fs::{AtFlags, CWD, Dir, FileType, Mode, OFlags, ResolveFlags, Stat},
    io::Errno,
};
use sekisho_types::ImagePath;

use crate::{ImageError, Node, NodeKind};

/// File systems that the kernel makes up and that no image holds, by `f_type` of statfs(2):
/// proc, sysfs, both cgroups, devpts, debugfs, tracefs, securityfs, bpf, mqueue, pstore,
/// efivarfs, configfs, fusectl.
const KERNEL_MADE: [u64; 14] = [
    0x9fa0,
    0x6265_6572,
    0x0027_e0eb,
    0x6367_7270,
    0x1cd1,
    0x6462_6720,
    0x7472_6163,
    0x7363_6673,
    0xcafe_4a11,
    0x1980_0202,
    0x6165_676c,
    0xde5e_81e4,
    0x6265_6570,
    0x6573_5543,
];

/// One file below the root, or a place that could not be read.
#[derive(Debug)]
pub struct DirectoryEntry<'a> {
    pub path: ImagePath,
    pub node: Result<Node, io::Error>,
    /// Raw value of the extended attribute `security.capability`; empty for none.
    pub capability: Vec<u8>,
    directory: &'a OwnedFd,
}

impl DirectoryEntry<'_> {
    /// Opens the file for reading; a link in its place, or a pipe, is refused.
    pub fn open(&self) -> io::Result<File> {
        let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK;
        let name = OsStr::from_bytes(self.path.file_name());
        Ok(File::from(rustix::fs::openat(self.directory, name, flags, Mode::empty())?))
    }
}

/// Visits everything below `root`, each directory's files in order of name.
///
/// No link is followed and no file opened. `root` itself may be a link.
///
/// # Errors
///
/// When `root` cannot be opened. What cannot be read below it is visited as an error.
pub fn walk(root: &Path, visit: &mut dyn FnMut(DirectoryEntry<'_>)) -> Result<(), ImageError> {
    let wrong = |errno: Errno| ImageError::Path { path: root.to_owned(), source: errno.into() };
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let root_fd = rustix::fs::openat(CWD, root, flags, Mode::empty()).map_err(wrong)?;
    let root_device = rustix::fs::fstat(&root_fd).map_err(wrong)?.st_dev;
    // Directories still to be read; opened by path, so that deep trees need no deep stack and
    // few descriptors.
    let mut todo = vec![ImagePath::default()];
    while let Some(path) = todo.pop() {
        let unreadable = |errno: Errno| DirectoryEntry {
            path: path.clone(),
            node: Err(errno.into()),
            capability: Vec::new(),
            directory: &root_fd,
        };
        let fd = match open_below(&root_fd, &path, flags) {
            Ok(fd) => fd,
            Err(errno) => {
                visit(unreadable(errno));
                continue;
            }
        };
        if is_kernel_made(&fd, root_device) {
            continue;
        }
        let names = match names(&fd) {
            Ok(names) => names,
            Err(errno) => {
                visit(unreadable(errno));
                continue;
            }
        };
        let mut directories = Vec::new();
        for name in names {
            let Ok(child) = path.join(&name) else { continue };
            let node = node(&fd, &name);
            if let Ok(Node { kind: NodeKind::Directory, .. }) = &node {
                directories.push(child.clone());
            }
            let capability = match &node {
                Ok(Node { kind: NodeKind::File, mode, .. }) if mode & 0o111 != 0 => {
                    capability(&fd, &name)
                }
                Ok(_) | Err(_) => Vec::new(),
            };
            visit(DirectoryEntry { path: child, node, capability, directory: &fd });
        }
        todo.extend(directories.into_iter().rev());
    }
    Ok(())
}

fn open_below(root: &OwnedFd, path: &ImagePath, flags: OFlags) -> Result<OwnedFd, Errno> {
    let name = if path.is_root() { OsStr::new(".") } else { OsStr::from_bytes(path.as_bytes()) };
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
    rustix::fs::openat2(root, name, flags, Mode::empty(), resolve)
}

fn is_kernel_made(fd: &OwnedFd, root_device: u64) -> bool {
    let is_mount = rustix::fs::fstat(fd).is_ok_and(|stat| stat.st_dev != root_device);
    is_mount
        && rustix::fs::fstatfs(fd).is_ok_and(|file_system| {
            u64::try_from(file_system.f_type).is_ok_and(|kind| KERNEL_MADE.contains(&kind))
        })
}

fn names(fd: &OwnedFd) -> Result<Vec<Vec<u8>>, Errno> {
    let mut names = Vec::new();
    for entry in Dir::read_from(fd)? {
        let name = entry?.file_name().to_bytes().to_vec();
        if name != b"." && name != b".." {
            names.push(name);
        }
    }
    names.sort_unstable();
    Ok(names)
}

fn node(directory: &OwnedFd, name: &[u8]) -> Result<Node, io::Error> {
    let name = OsStr::from_bytes(name);
    let stat: Stat = rustix::fs::statat(directory, name, AtFlags::SYMLINK_NOFOLLOW)?;
    let kind = match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile => NodeKind::File,
        FileType::Directory => NodeKind::Directory,
        FileType::Symlink => {
            let target = rustix::fs::readlinkat(directory, name, Vec::new())?;
            NodeKind::Symlink(target.into_bytes().into())
        }
        FileType::CharacterDevice => NodeKind::CharDevice,
        FileType::BlockDevice => NodeKind::BlockDevice,
        FileType::Fifo | FileType::Socket | FileType::Unknown => NodeKind::Fifo,
    };
    let is_file = kind == NodeKind::File;
    Ok(Node {
        kind,
        mode: u16::try_from(stat.st_mode & 0o7777).unwrap_or(0),
        uid: stat.st_uid,
        gid: stat.st_gid,
        size_bytes: if is_file { u64::try_from(stat.st_size).unwrap_or(0) } else { 0 },
    })
}

/// The raw attribute; a file system without attributes, or a file that went away, has none.
fn capability(directory: &OwnedFd, name: &[u8]) -> Vec<u8> {
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let Ok(fd) = rustix::fs::openat(directory, OsStr::from_bytes(name), flags, Mode::empty())
    else {
        return Vec::new();
    };
    let mut value = [0; 64];
    match rustix::fs::fgetxattr(&fd, "security.capability", &mut value[..]) {
        Ok(n) => value.get(..n).unwrap_or_default().to_vec(),
        Err(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn a_link_out_of_the_root_is_seen_and_not_followed() {
        let root = tempfile::tempdir().unwrap();
        fs_err::create_dir_all(root.path().join("etc/deep")).unwrap();
        fs_err::write(root.path().join("etc/deep/file"), "12345").unwrap();
        symlink("/etc", root.path().join("out")).unwrap();
        let mut shown = Vec::new();
        walk(root.path(), &mut |entry| {
            let node = entry.node.as_ref().unwrap();
            shown.push(format!("{} {}", entry.path, node.size_bytes));
            match node.kind {
                NodeKind::File => assert!(entry.open().is_ok()),
                _ => assert!(entry.open().is_err() || node.kind == NodeKind::Directory),
            }
        })
        .unwrap();
        assert_eq!(shown, ["etc 0", "out 0", "etc/deep 0", "etc/deep/file 5"]);
    }
}

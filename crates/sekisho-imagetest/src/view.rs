//! What tests are asked of: the files of an image as a container sees them, and what it starts.

use std::collections::BTreeMap;

use sekisho_image::{ImageConfig, Node, NodeKind, Squashed};
use sekisho_types::{ImagePath, report::Report};

/// An image, as far as suites want to know it.
#[derive(Debug, Default)]
pub struct View {
    pub files: Squashed,
    /// By the path of the file itself, links resolved.
    pub contents: BTreeMap<ImagePath, FileContent>,
    /// None for a plain directory.
    pub config: Option<ImageConfig>,
    /// Packages, executables and findings; none where no suite asks for them.
    pub report: Option<Report>,
    /// Uncompressed, bottom first.
    pub layer_bytes: Vec<u64>,
}

/// What was read of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileContent {
    pub sha256: [u8; 32],
    /// None where it is larger than what is kept.
    pub bytes: Option<Vec<u8>>,
}

/// A file that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) path: ImagePath,
    pub(crate) node: Node,
}

/// Why a file cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unreadable {
    #[error("File {path} not found in image")]
    Missing { path: String },
    #[error("Cannot read specified path: {path} is a directory, not a file")]
    Directory { path: String },
    #[error("Cannot read specified path: {path} is no regular file")]
    Special { path: String },
    #[error("the links of {path} form a circle")]
    Circle { path: String },
    /// A question without an answer.
    #[error("{path} has {size_bytes} bytes, which are too many to be searched")]
    TooLarge { path: String, size_bytes: u64 },
    /// A question without an answer.
    #[error("{path} was not read: the target can be read only once, and a link leads there")]
    Unread { path: String },
}

impl Unreadable {
    /// Whether the answer is not known, rather than no.
    pub(crate) fn is_unanswered(&self) -> bool {
        matches!(self, Self::TooLarge { .. } | Self::Unread { .. })
    }
}

/// A directory of which nothing is known.
fn directory() -> Node {
    Node { kind: NodeKind::Directory, mode: 0o755, uid: 0, gid: 0, size_bytes: 0 }
}

impl View {
    /// What lies at a path: links in its directories are followed, the last one is not.
    pub(crate) fn lookup(&self, path: &str) -> Option<Found> {
        let path = ImagePath::parse_clamped(path.as_bytes()).ok()?;
        let Some(parent) = path.parent() else {
            let node = self.files.get(&path).map_or_else(directory, |file| file.node.clone());
            return Some(Found { path, node });
        };
        let path = self.files.resolve(&parent)?.join(path.file_name()).ok()?;
        let mut node = self.files.get(&path)?.node.clone();
        if matches!(node.kind, NodeKind::Symlink(_)) {
            // The kernel gives every link the same mode, whatever an archive says.
            node.mode = 0o777;
        }
        Some(Found { path, node })
    }

    /// The file that a path leads to, all links followed.
    pub(crate) fn follow(&self, path: &str) -> Result<Found, Unreadable> {
        let missing = || Unreadable::Missing { path: path.to_owned() };
        let parsed = ImagePath::parse_clamped(path.as_bytes()).map_err(|_| missing())?;
        let circle = || Unreadable::Circle { path: path.to_owned() };
        let resolved = self.files.resolve(&parsed).ok_or_else(circle)?;
        if resolved.is_root() {
            let node = self.files.get(&resolved).map_or_else(directory, |file| file.node.clone());
            return Ok(Found { path: resolved, node });
        }
        let node = self.files.get(&resolved).ok_or_else(missing)?.node.clone();
        Ok(Found { path: resolved, node })
    }

    /// The content of the file that a path leads to.
    pub(crate) fn read(&self, path: &str) -> Result<&[u8], Unreadable> {
        let Found { path: resolved, node } = self.follow(path)?;
        let path = || path.to_owned();
        match node.kind {
            NodeKind::Directory => return Err(Unreadable::Directory { path: path() }),
            NodeKind::File => (),
            NodeKind::Symlink(_)
            | NodeKind::CharDevice
            | NodeKind::BlockDevice
            | NodeKind::Fifo => return Err(Unreadable::Special { path: path() }),
        }
        match self.contents.get(&resolved) {
            Some(FileContent { bytes: Some(bytes), .. }) => Ok(bytes),
            Some(FileContent { bytes: None, .. }) => {
                Err(Unreadable::TooLarge { path: path(), size_bytes: node.size_bytes })
            }
            None if node.size_bytes == 0 => Ok(&[]),
            None => Err(Unreadable::Unread { path: path() }),
        }
    }

    /// The directories directly below a directory, by name.
    pub(crate) fn directories(&self, path: &str) -> Result<Vec<String>, Unreadable> {
        let Found { path: resolved, node } = self.follow(path)?;
        if node.kind != NodeKind::Directory {
            return Err(Unreadable::Missing { path: path.to_owned() });
        }
        let below = self.files.below(&resolved);
        let children = below.filter(|(child, file)| {
            file.node.kind == NodeKind::Directory && child.parent().as_ref() == Some(&resolved)
        });
        Ok(children
            .map(|(child, _)| String::from_utf8_lossy(child.file_name()).into_owned())
            .collect())
    }

    /// The variables of the image.
    pub(crate) fn env(&self) -> &[String] {
        self.config.as_ref().map(|config| config.env.as_slice()).unwrap_or_default()
    }
}

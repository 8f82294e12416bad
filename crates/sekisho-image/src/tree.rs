//! The files of one layer, as an engine would unpack them.
//!
//! # Source
//!
//! OCI Image Specification, layer.md, "Applying Changesets" and "Whiteouts". Where it is silent,
//! what Docker and containerd do: an entry below a link of its own layer goes where the link
//! points, and a later entry of the same name replaces the earlier one.

use std::collections::BTreeMap;

use sekisho_archive::{
    limits,
    tar::{Entry, EntryKind},
};
use sekisho_types::ImagePath;
use serde::{Deserialize, Serialize};

/// Most links on the way to a file, as in the kernel (`MAXSYMLINKS`).
pub(crate) const MAX_LINKS: usize = 40;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Node {
    pub kind: NodeKind,
    /// Permission bits with setuid, setgid and sticky.
    pub mode: u16,
    pub uid: u32,
    pub gid: u32,
    /// Of a file's content.
    pub size_bytes: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum NodeKind {
    File,
    Directory,
    /// With the target as written.
    Symlink(Box<[u8]>),
    CharDevice,
    BlockDevice,
    Fifo,
}

/// A second name for a file of the same layer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HardLink {
    pub path: ImagePath,
    /// The name under which the content came.
    pub target: ImagePath,
}

/// What one layer does to the layers below it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayerTree {
    /// Sorted by path.
    pub entries: Vec<(ImagePath, Node)>,
    /// Paths of lower layers that are gone, sorted.
    pub whiteouts: Vec<ImagePath>,
    /// Directories whose content of lower layers is gone, sorted.
    pub opaque: Vec<ImagePath>,
    /// Sorted by path.
    pub hard_links: Vec<HardLink>,
}

/// Collects the entries of a layer in the order in which they come.
#[derive(Debug, Default)]
pub struct LayerTreeBuilder {
    entries: Vec<Numbered>,
    whiteouts: Vec<ImagePath>,
    opaque: Vec<ImagePath>,
    hard_links: Vec<(u32, HardLink)>,
    /// Links of this layer, for entries that lie below one.
    symlinks: BTreeMap<ImagePath, Box<[u8]>>,
    /// The parent that was resolved last, and what came out.
    parent: Option<(ImagePath, ImagePath)>,
    n_name_bytes: u64,
}

#[derive(Debug)]
struct Numbered {
    path: ImagePath,
    number: u32,
    node: Node,
}

/// Where an entry went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Placed {
    /// A file with content, and the number by which [`LayerTreeBuilder::finish`] knows it.
    File { path: ImagePath, number: u32 },
    /// Anything without content of its own.
    Other,
}

/// Why an entry has no place in the tree.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlaceError {
    /// This entry is bad, the next one may be good.
    #[error("{0}")]
    Refused(String),
    #[error("the layer has more than {limit} {what}")]
    TooMany { what: &'static str, limit: u64 },
}

impl LayerTreeBuilder {
    /// Places an entry of a tar.
    ///
    /// # Errors
    ///
    /// A path that leaves the image, or a hard link to nothing, is refused; a layer with more
    /// entries or longer names than the limits allow is given up.
    pub fn add(&mut self, entry: &Entry) -> Result<Placed, PlaceError> {
        let path =
            ImagePath::parse(&entry.name).map_err(|err| PlaceError::Refused(err.to_string()))?;
        let path = self.below_links(path)?;
        if let Some(placed) = self.add_whiteout(&path)? {
            return Ok(placed);
        }
        let narrow = |id: u64| u32::try_from(id).unwrap_or(u32::MAX);
        let mut node = Node {
            kind: NodeKind::File,
            mode: entry.mode,
            uid: narrow(entry.uid),
            gid: narrow(entry.gid),
            size_bytes: 0,
        };
        match entry.kind {
            EntryKind::File => {
                node.size_bytes = entry.size_bytes;
                let number = self.push(path.clone(), node)?;
                return Ok(Placed::File { path, number });
            }
            EntryKind::HardLink => return self.add_hard_link(path, entry),
            EntryKind::Symlink => {
                let target: Box<[u8]> = entry.link.clone().into();
                self.symlinks.insert(path.clone(), target.clone());
                self.parent = None;
                node.kind = NodeKind::Symlink(target);
            }
            EntryKind::Directory => node.kind = NodeKind::Directory,
            EntryKind::CharDevice if entry.device == (0, 0) => {
                // What overlayfs itself writes for a deleted file.
                self.count(&path)?;
                self.whiteouts.push(path);
                return Ok(Placed::Other);
            }
            EntryKind::CharDevice => node.kind = NodeKind::CharDevice,
            EntryKind::BlockDevice => node.kind = NodeKind::BlockDevice,
            EntryKind::Fifo => node.kind = NodeKind::Fifo,
        }
        self.push(path, node)?;
        Ok(Placed::Other)
    }

    /// Places a file of a plain directory.
    pub fn add_node(&mut self, path: ImagePath, node: Node) -> Result<u32, PlaceError> {
        self.push(path, node)
    }

    fn push(&mut self, path: ImagePath, node: Node) -> Result<u32, PlaceError> {
        self.count(&path)?;
        let limit = limits::LAYER_ENTRIES;
        let too_many = || PlaceError::TooMany { what: "entries", limit };
        let number = u32::try_from(self.entries.len()).map_err(|_| too_many())?;
        self.entries.push(Numbered { path, number, node });
        Ok(number)
    }

    /// Keeps count of everything that is remembered.
    fn count(&mut self, path: &ImagePath) -> Result<(), PlaceError> {
        self.n_name_bytes += path.as_bytes().len() as u64;
        let n_entries = self.entries.len() + self.whiteouts.len() + self.opaque.len();
        for (n, what, limit) in [
            (n_entries as u64, "entries", limits::LAYER_ENTRIES),
            (self.n_name_bytes, "bytes of names", limits::LAYER_NAME_BYTES),
        ] {
            if n >= limit {
                return Err(PlaceError::TooMany { what, limit });
            }
        }
        Ok(())
    }

    fn add_whiteout(&mut self, path: &ImagePath) -> Result<Option<Placed>, PlaceError> {
        let Some(hidden) = path.file_name().strip_prefix(b".wh.") else { return Ok(None) };
        self.count(path)?;
        let parent = path.parent().unwrap_or_default();
        if hidden == b".wh..opq" {
            self.opaque.push(parent);
        } else if hidden.starts_with(b".wh.") {
            // Notes of an aufs host (`.wh..wh.plnk`), which say nothing about the image.
        } else {
            match parent.join(hidden) {
                Ok(hidden) if hidden != parent && !hidden.is_root() => self.whiteouts.push(hidden),
                Ok(_) | Err(_) => {
                    return Err(PlaceError::Refused(format!("a whiteout of nothing: {path:?}")));
                }
            }
        }
        Ok(Some(Placed::Other))
    }

    fn add_hard_link(&mut self, path: ImagePath, entry: &Entry) -> Result<Placed, PlaceError> {
        let target =
            ImagePath::parse(&entry.link).map_err(|err| PlaceError::Refused(err.to_string()))?;
        let target = self.below_links(target)?;
        self.n_name_bytes += target.as_bytes().len() as u64;
        let number = self.push(
            path.clone(),
            // Filled in from the target in the end.
            Node { kind: NodeKind::File, mode: 0, uid: 0, gid: 0, size_bytes: 0 },
        )?;
        self.hard_links.push((number, HardLink { path, target }));
        Ok(Placed::Other)
    }

    /// Follows links of this layer in the directories above `path`.
    fn below_links(&mut self, path: ImagePath) -> Result<ImagePath, PlaceError> {
        if self.symlinks.is_empty() {
            return Ok(path);
        }
        let Some(parent) = path.parent().filter(|parent| !parent.is_root()) else {
            return Ok(path);
        };
        let resolved = match &self.parent {
            Some((asked, resolved)) if *asked == parent => resolved.clone(),
            _ => {
                let resolved = self.follow(&parent)?;
                self.parent = Some((parent.clone(), resolved.clone()));
                resolved
            }
        };
        if resolved == parent {
            return Ok(path);
        }
        resolved.join(path.file_name()).map_err(|err| PlaceError::Refused(err.to_string()))
    }

    fn follow(&self, path: &ImagePath) -> Result<ImagePath, PlaceError> {
        let refused = |err: sekisho_types::ImagePathError| PlaceError::Refused(err.to_string());
        let mut resolved = ImagePath::default();
        let mut rest: Vec<Box<[u8]>> = parts_reversed(path.as_bytes());
        let mut n_links = 0;
        while let Some(part) = rest.pop() {
            let next = resolved.join(&part).map_err(refused)?;
            match self.symlinks.get(&next) {
                None => resolved = next,
                Some(target) => {
                    n_links += 1;
                    if n_links > MAX_LINKS {
                        return Err(PlaceError::Refused(format!("{path:?} is a circle of links")));
                    }
                    if target.starts_with(b"/") {
                        resolved = ImagePath::default();
                    }
                    rest.extend(parts_reversed(target));
                }
            }
        }
        Ok(resolved)
    }

    /// The tree, and for each number given out whether its entry is in it: one that a later
    /// entry replaced is not. Hard links to nothing are given as paths of their own.
    pub fn finish(mut self) -> (LayerTree, Vec<bool>, Vec<HardLink>) {
        let mut is_kept = vec![true; self.entries.len()];
        let mut dangling = Vec::new();
        self.resolve_hard_links(&mut is_kept, &mut dangling);
        self.entries.sort_by(|a, b| (&a.path, a.number).cmp(&(&b.path, b.number)));
        drop_replaced(&self.entries, &mut is_kept);
        self.entries.retain(|entry| kept(&is_kept, entry.number));
        let mut hard_links: Vec<HardLink> = self
            .hard_links
            .into_iter()
            .filter(|(number, _)| kept(&is_kept, *number))
            .map(|(_, link)| link)
            .collect();
        hard_links.sort_by(|a, b| a.path.cmp(&b.path));
        for paths in [&mut self.whiteouts, &mut self.opaque] {
            paths.sort_unstable();
            paths.dedup();
        }
        let tree = LayerTree {
            entries: self.entries.into_iter().map(|entry| (entry.path, entry.node)).collect(),
            whiteouts: self.whiteouts,
            opaque: self.opaque,
            hard_links,
        };
        (tree, is_kept, dangling)
    }

    /// Gives each hard link the node of the last file of that name before it.
    fn resolve_hard_links(&mut self, is_kept: &mut [bool], dangling: &mut Vec<HardLink>) {
        if self.hard_links.is_empty() {
            return;
        }
        // Only names that links point to are of interest.
        let mut newest: BTreeMap<ImagePath, Option<(Node, ImagePath)>> =
            self.hard_links.iter().map(|(_, link)| (link.target.clone(), None)).collect();
        let mut links = self.hard_links.iter_mut().peekable();
        for entry in &mut self.entries {
            let mut origin = entry.path.clone();
            if let Some((_, link)) = links.next_if(|(number, _)| *number == entry.number) {
                let Some(Some((node, first))) = newest.get(&link.target) else {
                    if let Some(kept) = is_kept.get_mut(entry.number as usize) {
                        *kept = false;
                    }
                    dangling.push(link.clone());
                    continue;
                };
                entry.node = node.clone();
                link.target.clone_from(first);
                origin = first.clone();
            }
            if let Some(slot) = newest.get_mut(&entry.path)
                && entry.node.kind != NodeKind::Directory
            {
                *slot = Some((entry.node.clone(), origin));
            }
        }
    }
}

fn kept(is_kept: &[bool], number: u32) -> bool {
    is_kept.get(number as usize).copied().unwrap_or(false)
}

/// Of entries with one path the last stays, and nothing stays below what is no directory.
fn drop_replaced(sorted: &[Numbered], is_kept: &mut [bool]) {
    let mut drop_it = |number: u32| {
        if let Some(kept) = is_kept.get_mut(number as usize) {
            *kept = false;
        }
    };
    for pair in sorted.windows(2) {
        if let [first, second] = pair
            && first.path == second.path
        {
            drop_it(first.number);
        }
    }
    let mut blocked = BTreeMap::new();
    let mut last: Option<(ImagePath, bool)> = None;
    for entry in sorted {
        let Some(parent) = entry.path.parent() else { continue };
        let is_blocked = match &last {
            Some((path, is_blocked)) if *path == parent => *is_blocked,
            _ => is_blocked(&parent, sorted, &mut blocked),
        };
        if is_blocked {
            drop_it(entry.number);
        }
        last = Some((parent, is_blocked));
    }
}

/// Whether `directory` or one above it is something else in this layer.
fn is_blocked(
    directory: &ImagePath,
    sorted: &[Numbered],
    known: &mut BTreeMap<ImagePath, bool>,
) -> bool {
    let mut asked = Vec::new();
    let mut at = directory.clone();
    let mut answer = false;
    while !at.is_root() {
        if let Some(known) = known.get(&at) {
            answer = *known;
            break;
        }
        // The last of equal paths is the one that counts.
        let end = sorted.partition_point(|entry| entry.path <= at);
        let found = end.checked_sub(1).and_then(|index| sorted.get(index));
        let is_other =
            found.is_some_and(|entry| entry.path == at && entry.node.kind != NodeKind::Directory);
        let parent = at.parent().unwrap_or_default();
        asked.push(at);
        if is_other {
            answer = true;
            break;
        }
        at = parent;
    }
    for path in asked {
        known.insert(path, answer);
    }
    answer
}

fn parts_reversed(path: &[u8]) -> Vec<Box<[u8]>> {
    path.split(|byte| *byte == b'/').filter(|part| !part.is_empty()).map(Into::into).rev().collect()
}

#[cfg(test)]
mod tests;

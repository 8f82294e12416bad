use sekisho_image::{LayerTree, NodeKind, Squashed, SquashedFile};
use sekisho_types::{Digest, ImagePath};
use serde::{Deserialize, Serialize};

use crate::{Accounts, PackageCache, caches::caches};

/// Most places of one kind that are kept by name; beyond it they are counted.
const MAX_PLACES: usize = 100;

/// Most hidden files that are named for one layer, the largest first.
const MAX_HIDDEN: usize = 10;

/// What the checks want to know of the files of an image.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileFacts {
    pub accounts: Accounts,
    /// `etc/shadow`, where it is there.
    pub shadow: Option<Place>,
    /// Files that anyone may write.
    pub writable_files: Places,
    /// Directories that anyone may write, and delete the files of others in.
    pub writable_directories: Places,
    /// Files with the setuid or the setgid bit.
    pub setuid: Vec<Place>,
    pub caches: Vec<PackageCache>,
    /// Directories of version control.
    pub repositories: Places,
    /// Whether packages are recorded as distroless images do, in `var/lib/dpkg/status.d`.
    pub has_status_directory: bool,
    /// For each layer, bottom first: what later layers delete or replace.
    pub hidden: Vec<LayerFiles>,
}

/// A file and what is known of it without reading it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    pub path: String,
    pub layer: Option<Digest>,
    /// Permission bits with setuid, setgid and sticky.
    pub mode: u16,
    pub uid: u32,
    pub gid: u32,
    pub size_bytes: u64,
}

/// Places of one kind: the first of them, and how many there are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Places {
    pub first: Vec<Place>,
    pub n_total: u64,
}

/// Files of one layer that no container sees.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayerFiles {
    pub size_bytes: u64,
    pub n_files: u64,
    /// The largest, largest first.
    pub largest: Vec<HiddenFile>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HiddenFile {
    pub path: String,
    pub size_bytes: u64,
}

impl FileFacts {
    /// Gathers them from the merged view and the layers it is made of, bottom first. `read`
    /// gives the content of one of [`SYSTEM_FILES`](crate::SYSTEM_FILES).
    pub fn gather<'a>(
        tree: &Squashed,
        layers: &[(Option<Digest>, &LayerTree)],
        read: impl Fn(&str) -> Option<&'a [u8]>,
    ) -> Self {
        let diff_id = |layer: usize| layers.get(layer).and_then(|(diff_id, _)| *diff_id);
        let accounts = Accounts::parse(read("etc/passwd"), read("etc/shadow"), read("etc/group"));
        let mut facts = Self { accounts, caches: caches(tree, diff_id), ..Self::default() };
        for (path, file) in tree.iter() {
            facts.see(path, file, &diff_id);
        }
        facts.hidden = layers
            .iter()
            .enumerate()
            .map(|(index, (_, layer))| LayerFiles::hidden(index, layer, tree))
            .collect();
        facts
    }

    fn see(
        &mut self,
        path: &ImagePath,
        file: &SquashedFile,
        diff_id: &impl Fn(usize) -> Option<Digest>,
    ) {
        const STICKY: u16 = 0o1000;
        const OTHERS_WRITE: u16 = 0o002;
        let node = &file.node;
        let place = || Place {
            path: path.to_string(),
            layer: diff_id(file.layer),
            mode: node.mode,
            uid: node.uid,
            gid: node.gid,
            size_bytes: node.size_bytes,
        };
        match node.kind {
            NodeKind::File => {
                if node.mode & OTHERS_WRITE != 0 {
                    self.writable_files.add(place);
                }
                if node.mode & 0o6000 != 0 && self.setuid.len() < 10 * MAX_PLACES {
                    self.setuid.push(place());
                }
                if path.as_bytes() == b"etc/shadow" {
                    self.shadow = Some(place());
                }
            }
            NodeKind::Directory => {
                if node.mode & OTHERS_WRITE != 0 && node.mode & STICKY == 0 {
                    self.writable_directories.add(place);
                }
                match path.file_name() {
                    b".git" | b".hg" | b".svn" => self.repositories.add(place),
                    b"status.d" if path.as_bytes() == b"var/lib/dpkg/status.d" => {
                        self.has_status_directory = true;
                    }
                    _ => (),
                }
            }
            NodeKind::Symlink(_)
            | NodeKind::CharDevice
            | NodeKind::BlockDevice
            | NodeKind::Fifo => (),
        }
    }
}

impl Places {
    fn add(&mut self, place: impl FnOnce() -> Place) {
        self.n_total += 1;
        if self.first.len() < MAX_PLACES {
            self.first.push(place());
        }
    }
}

impl LayerFiles {
    fn hidden(index: usize, layer: &LayerTree, tree: &Squashed) -> Self {
        let mut hidden = Self::default();
        for (path, node) in &layer.entries {
            // A file of no bytes costs nothing, and a lookup for each of a million is dear.
            if node.kind != NodeKind::File || node.size_bytes == 0 {
                continue;
            }
            if tree.get(path).is_some_and(|file| file.layer == index) {
                continue;
            }
            hidden.size_bytes = hidden.size_bytes.saturating_add(node.size_bytes);
            hidden.n_files += 1;
            let file = HiddenFile { path: path.to_string(), size_bytes: node.size_bytes };
            let at = hidden.largest.partition_point(|other| other.size_bytes >= node.size_bytes);
            if at < MAX_HIDDEN {
                hidden.largest.insert(at, file);
                hidden.largest.truncate(MAX_HIDDEN);
            }
        }
        hidden
    }
}

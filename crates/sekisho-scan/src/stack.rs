//! The layers of a subject on top of each other, with what each of them says.

use std::{collections::BTreeMap, sync::Arc};

use sekisho_image::{Node, NodeKind, Squashed};
use sekisho_types::{Digest, ImagePath, OsRelease, Unknown};

use crate::{
    facts::{CatalogedFile, ExecutableFile, LayerFacts},
    os_release,
};

/// Bottom first.
#[derive(Debug)]
pub(crate) struct Stack {
    pub(crate) layers: Vec<StackLayer>,
    pub(crate) squashed: Squashed,
}

#[derive(Debug, Clone)]
pub(crate) struct StackLayer {
    /// None for a plain directory.
    pub(crate) diff_id: Option<Digest>,
    pub(crate) facts: Arc<LayerFacts>,
}

impl Stack {
    pub(crate) fn new(layers: Vec<StackLayer>) -> Self {
        let mut squashed = Squashed::default();
        for (index, layer) in layers.iter().enumerate() {
            squashed.push(index, &layer.facts.tree);
        }
        Self { layers, squashed }
    }

    pub(crate) fn diff_id(&self, layer: usize) -> Option<Digest> {
        self.layers.get(layer)?.diff_id
    }

    /// Whether `layer` is the one whose file a container sees at `path`.
    fn is_top(&self, layer: usize, path: &ImagePath) -> bool {
        self.squashed
            .get(path)
            .is_some_and(|file| file.layer == layer && file.node.kind == NodeKind::File)
    }

    /// The cataloged files that a container sees, with the layer of each.
    pub(crate) fn files(&self) -> impl Iterator<Item = (usize, &CatalogedFile)> {
        self.layers.iter().enumerate().flat_map(move |(index, layer)| {
            let files = layer.facts.files.iter();
            files.filter(move |file| self.is_top(index, &file.path)).map(move |file| (index, file))
        })
    }

    /// The executables that a container sees, with the layer of each.
    pub(crate) fn executables(&self) -> Vec<(usize, &ExecutableFile, &Node)> {
        let mut found = Vec::new();
        for (index, layer) in self.layers.iter().enumerate() {
            for executable in &layer.facts.executables {
                if let Some(file) = self.squashed.get(&executable.path)
                    && file.layer == index
                {
                    found.push((index, executable, &file.node));
                }
            }
        }
        found.sort_by(|a, b| a.1.path.cmp(&b.1.path));
        found
    }

    /// Whether `layer` takes away or replaces what lower layers have at `path`.
    pub(crate) fn hides(&self, layer: usize, path: &ImagePath) -> bool {
        let Some(layer) = self.layers.get(layer) else { return false };
        let tree = &layer.facts.tree;
        let has = |paths: &[ImagePath], path: &ImagePath| paths.binary_search(path).is_ok();
        let is_there = tree.entries.binary_search_by(|(name, _)| name.cmp(path)).is_ok();
        if is_there || has(&tree.whiteouts, path) {
            return true;
        }
        let mut above = path.parent();
        while let Some(directory) = above.filter(|directory| !directory.is_root()) {
            if has(&tree.whiteouts, &directory) || has(&tree.opaque, &directory) {
                return true;
            }
            above = directory.parent();
        }
        has(&tree.opaque, &ImagePath::default())
    }

    /// The content of a small system file, links followed.
    pub(crate) fn system_file(&self, path: &str) -> Option<&[u8]> {
        let path = self.squashed.resolve(&ImagePath::parse(path.as_bytes()).ok()?)?;
        let file = self.squashed.get(&path)?;
        self.layers.get(file.layer)?.facts.system_file(&path)
    }

    /// The small system files in a directory that a container sees.
    pub(crate) fn system_files_below(&self, directory: &str) -> Vec<(&ImagePath, &[u8])> {
        let mut found = Vec::new();
        for (index, layer) in self.layers.iter().enumerate() {
            for (path, content) in &layer.facts.system_files {
                if path.as_bytes().starts_with(directory.as_bytes()) && self.is_top(index, path) {
                    found.push((path, content.as_slice()));
                }
            }
        }
        found.sort();
        found
    }

    pub(crate) fn os(&self) -> Option<OsRelease> {
        const RELEASE_FILES: [&str; 9] = [
            // The derived distribution before the one it derives from.
            "etc/alpine-release",
            "etc/centos-release",
            "etc/oracle-release",
            "etc/fedora-release",
            "etc/redhat-release",
            "etc/SuSE-release",
            "etc/system-release",
            "etc/arch-release",
            "etc/debian_version",
        ];
        let text = |path: &str| self.system_file(path).map(String::from_utf8_lossy);
        let stated = ["etc/os-release", "usr/lib/os-release"]
            .into_iter()
            .find_map(|path| os_release::parse(&text(path)?));
        let mut os = stated.or_else(|| {
            RELEASE_FILES
                .into_iter()
                .find_map(|path| os_release::from_release_file(path.as_bytes(), &text(path)?))
        })?;
        // Debian testing has no VERSION_ID; its release file has the name to come.
        if os.id == "debian" && os.version.is_empty() && os.codename.is_none() {
            os.codename = text("etc/debian_version")
                .and_then(|text| os_release::from_release_file(b"etc/debian_version", &text))
                .and_then(|os| os.codename);
        }
        Some(os)
    }

    /// What could not be read, of everything that a container would see.
    pub(crate) fn unknowns(&self) -> Vec<Unknown> {
        let mut unknowns = Vec::new();
        for (index, layer) in self.layers.iter().enumerate() {
            for (path, reason) in &layer.facts.unknowns {
                let entries = &layer.facts.tree.entries;
                let is_placed = entries.binary_search_by(|(name, _)| name.cmp(path)).is_ok();
                // What has no place in the tree is no less unknown.
                if !is_placed || self.squashed.get(path).is_some_and(|file| file.layer == index) {
                    let (path, reason) = (path.clone(), reason.clone());
                    unknowns.push(Unknown { path, layer: layer.diff_id, reason });
                }
            }
        }
        unknowns.sort();
        unknowns.dedup();
        unknowns
    }
}

/// Resolves paths whose directories repeat.
#[derive(Debug)]
pub(crate) struct Locator<'a> {
    squashed: &'a Squashed,
    directories: BTreeMap<ImagePath, Option<ImagePath>>,
}

impl<'a> Locator<'a> {
    pub(crate) fn new(squashed: &'a Squashed) -> Self {
        Self { squashed, directories: BTreeMap::new() }
    }

    /// Where a path leads when the links in its directories are followed, but not the last name.
    pub(crate) fn locate(&mut self, path: &ImagePath) -> Option<ImagePath> {
        if self.squashed.get(path).is_some() {
            return Some(path.clone());
        }
        let parent = path.parent()?;
        let resolved = match self.directories.get(&parent) {
            Some(resolved) => resolved.clone(),
            None => {
                let resolved = self.squashed.resolve(&parent);
                self.directories.insert(parent, resolved.clone());
                resolved
            }
        };
        resolved?.join(path.file_name()).ok()
    }
}

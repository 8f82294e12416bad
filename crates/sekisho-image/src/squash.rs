//! What a container sees: the layers of an image on top of each other.
//!
//! # Source
//!
//! OCI Image Specification, layer.md, "Applying Changesets" and "Whiteouts".

use std::{
    collections::BTreeMap,
    ops::Bound::{Excluded, Unbounded},
};

use sekisho_types::ImagePath;

use crate::{LayerTree, Node, NodeKind, tree::MAX_LINKS};

/// The merged view of layers, each path with the layer it is from.
#[derive(Debug, Clone, Default)]
pub struct Squashed {
    files: BTreeMap<ImagePath, SquashedFile>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SquashedFile {
    /// Index of the layer, from the bottom.
    pub layer: usize,
    pub node: Node,
}

impl Squashed {
    /// Lays a layer on top.
    pub fn push(&mut self, layer: usize, tree: &LayerTree) {
        // Both only hide what lower layers have, wherever in the layer they stand.
        for path in &tree.whiteouts {
            self.remove(path);
        }
        for path in &tree.opaque {
            self.remove_below(path);
        }
        let mut parent = ImagePath::default();
        for (path, node) in &tree.entries {
            let above = path.parent().unwrap_or_default();
            if above != parent {
                self.make_directories(layer, &above);
                parent = above;
            }
            let file = SquashedFile { layer, node: node.clone() };
            let old = self.files.insert(path.clone(), file);
            let was_directory = old.is_some_and(|old| old.node.kind == NodeKind::Directory);
            if was_directory && node.kind != NodeKind::Directory {
                self.remove_below(path);
            }
        }
    }

    /// A layer that has a file below something has a directory there, listed or not.
    fn make_directories(&mut self, layer: usize, path: &ImagePath) {
        let mut at = path.clone();
        while !at.is_root() {
            if self.files.get(&at).is_some_and(|file| file.node.kind == NodeKind::Directory) {
                break;
            }
            let node =
                Node { kind: NodeKind::Directory, mode: 0o755, uid: 0, gid: 0, size_bytes: 0 };
            self.files.insert(at.clone(), SquashedFile { layer, node });
            at = at.parent().unwrap_or_default();
        }
    }

    fn remove(&mut self, path: &ImagePath) {
        if let Some(file) = self.files.remove(path)
            && file.node.kind == NodeKind::Directory
        {
            self.remove_below(path);
        }
    }

    fn remove_below(&mut self, path: &ImagePath) {
        let below: Vec<ImagePath> = self.below(path).map(|(path, _)| path.clone()).collect();
        for path in below {
            self.files.remove(&path);
        }
    }

    /// The files below a directory, in order of path.
    pub fn below(&self, path: &ImagePath) -> impl Iterator<Item = (&ImagePath, &SquashedFile)> {
        let prefix: Vec<u8> = match path.as_bytes() {
            b"" => Vec::new(),
            path => [path, b"/"].concat(),
        };
        // Between "a" and "a/b" lie names such as "a-b".
        let first = prefix.clone();
        self.files
            .range((Excluded(path), Unbounded))
            .skip_while(move |(path, _)| path.as_bytes() < first.as_slice())
            .take_while(move |(path, _)| path.as_bytes().starts_with(&prefix))
    }

    /// What lies at `path` itself; a link is not followed.
    pub fn get(&self, path: &ImagePath) -> Option<&SquashedFile> {
        self.files.get(path)
    }

    /// All files, in order of path.
    pub fn iter(&self) -> impl Iterator<Item = (&ImagePath, &SquashedFile)> {
        self.files.iter()
    }

    pub fn len(&self) -> usize {
        self.files.len()
    }

    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Where `path` leads when every link in it is followed; the file itself may be missing.
    /// None when the links form a circle.
    pub fn resolve(&self, path: &ImagePath) -> Option<ImagePath> {
        let mut resolved = ImagePath::default();
        let mut rest: Vec<Vec<u8>> = parts_reversed(path.as_bytes());
        let mut n_links = 0;
        while let Some(part) = rest.pop() {
            let next = resolved.join(&part).ok()?;
            match self.files.get(&next).map(|file| &file.node.kind) {
                Some(NodeKind::Symlink(target)) => {
                    n_links += 1;
                    if n_links > MAX_LINKS {
                        return None;
                    }
                    if target.starts_with(b"/") {
                        resolved = ImagePath::default();
                    }
                    rest.extend(parts_reversed(target));
                }
                _ => resolved = next,
            }
        }
        Some(resolved)
    }
}

fn parts_reversed(path: &[u8]) -> Vec<Vec<u8>> {
    path.split(|byte| *byte == b'/')
        .filter(|part| !part.is_empty())
        .map(<[u8]>::to_vec)
        .rev()
        .collect()
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    fn path(text: &str) -> ImagePath {
        ImagePath::parse(text.as_bytes()).unwrap()
    }

    fn squash(layers: &[&[&str]]) -> Squashed {
        let mut squashed = Squashed::default();
        for (index, lines) in layers.iter().enumerate() {
            let mut tree = LayerTree::default();
            for line in *lines {
                let mut node =
                    Node { kind: NodeKind::File, mode: 0, uid: 0, gid: 0, size_bytes: 0 };
                if let Some(gone) = line.strip_prefix("- ") {
                    tree.whiteouts.push(path(gone));
                } else if let Some(opaque) = line.strip_prefix("! ") {
                    tree.opaque.push(path(opaque));
                } else if let Some((name, target)) = line.split_once(" -> ") {
                    node.kind = NodeKind::Symlink(target.as_bytes().into());
                    tree.entries.push((path(name), node));
                } else {
                    if line.ends_with('/') {
                        node.kind = NodeKind::Directory;
                    }
                    tree.entries.push((path(line), node));
                }
            }
            tree.entries.sort_by(|a, b| a.0.cmp(&b.0));
            squashed.push(index, &tree);
        }
        squashed
    }

    fn shown(layers: &[&[&str]]) -> String {
        let mut shown = String::new();
        for (path, file) in squash(layers).iter() {
            writeln!(shown, "{path} from {}", file.layer).unwrap();
        }
        shown
    }

    #[test]
    fn a_whiteout_hides_lower_layers_only() {
        insta::assert_snapshot!(
            shown(&[&["d/", "d/a", "d-x", "e/", "e/f", "g"], &["- d", "- g", "g", "! e", "e/h"]]),
            @r"
        d-x from 0
        e from 0
        e/h from 1
        g from 1
        "
        );
    }

    #[test]
    fn a_file_replaces_a_directory_and_a_directory_a_link() {
        insta::assert_snapshot!(
            shown(&[&["d/", "d/a", "d/b/", "d/b/c", "lib -> usr/lib"], &["d", "lib/x"]]),
            @r"
        d from 1
        lib from 1
        lib/x from 1
        "
        );
    }

    #[test]
    fn links_are_followed_inside_the_image() {
        let squashed = squash(&[&["bin -> usr/bin", "usr/bin/sh -> ../../../bin/dash", "o -> o"]]);
        let resolved = |text| squashed.resolve(&path(text)).map(|path| path.to_string());
        assert_eq!(resolved("bin/sh"), Some("usr/bin/dash".to_owned()));
        assert_eq!(resolved("bin/no"), Some("usr/bin/no".to_owned()));
        assert_eq!(resolved("o/x"), None);
    }
}

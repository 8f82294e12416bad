//! Reads one layer, or one directory, into facts.

use std::{
    collections::BTreeMap,
    io::{self, Read},
    path::Path,
};

use sekisho_archive::{
    BlobReader, BlobSummary,
    tar::{EntryKind, TarReader},
};
use sekisho_image::{ImageError, NodeKind, walk};
use sekisho_types::ImagePath;

use crate::{
    asked::Asked,
    facts::LayerFacts,
    look::{Looker, MAGIC_BYTES, chain, sort},
};

/// Most bytes of a file that is read again for a hard link to it. Package manifests and
/// databases that lie under two names are small.
const LINKED_BYTES: u64 = 64 << 20;

/// Files that have to be read again: what a name links to, and the names.
pub(crate) type Linked = BTreeMap<ImagePath, Vec<ImagePath>>;

/// Reads a layer, which is verified when this returns.
///
/// `again` opens the layer a second time, for files whose content came under another name.
pub(crate) fn read_layer(
    layer: BlobReader,
    again: &dyn Fn() -> io::Result<BlobReader>,
    asked: &Asked,
) -> io::Result<(LayerFacts, BlobSummary)> {
    let (mut facts, summary, linked) = read_once(layer, asked)?;
    if !linked.is_empty() {
        read_linked(again()?, &linked, asked, &mut facts)?;
    }
    Ok((facts, summary))
}

/// Reads a layer, which is verified when this returns, and tells what is missing from its facts.
pub(crate) fn read_once(
    layer: BlobReader,
    asked: &Asked,
) -> io::Result<(LayerFacts, BlobSummary, Linked)> {
    let mut looker = Looker::new(asked);
    let mut tar = TarReader::new(layer);
    while let Some(entry) = tar.next_entry().map_err(io::Error::other)? {
        let mut start = [0; MAGIC_BYTES];
        let n = {
            let peeked = tar.peek(MAGIC_BYTES)?;
            start.iter_mut().zip(&*peeked).map(|(to, from)| *to = *from).count()
        };
        looker.add(&entry, start.get(..n).unwrap_or_default(), &mut tar)?;
    }
    let summary = tar.into_inner().finish()?;
    let (facts, links) = looker.finish(summary.size_bytes);
    let linked = Looker::new(asked).linked(&links);
    Ok((facts, summary, linked))
}

/// Names what cannot be read a second time.
pub(crate) fn give_up_linked(linked: Linked, facts: &mut LayerFacts) {
    for path in linked.into_values().flatten() {
        let reason = "a hard link in an archive that can be read only once".to_owned();
        facts.unknowns.push((path, reason));
    }
    sort(facts);
}

/// Looks into the content of files under their other names.
pub(crate) fn read_linked(
    layer: BlobReader,
    linked: &Linked,
    asked: &Asked,
    facts: &mut LayerFacts,
) -> io::Result<()> {
    let mut tar = TarReader::new(layer);
    let mut contents: BTreeMap<&ImagePath, Vec<u8>> = BTreeMap::new();
    while let Some(entry) = tar.next_entry().map_err(io::Error::other)? {
        let Ok(path) = ImagePath::parse(&entry.name) else { continue };
        let Some((path, _)) = linked.get_key_value(&path) else { continue };
        if entry.kind == EntryKind::File && entry.size_bytes <= LINKED_BYTES {
            let mut content = Vec::new();
            tar.read_to_end(&mut content)?;
            contents.insert(path, content);
        }
    }
    tar.into_inner().finish()?;
    for (target, paths) in linked {
        for path in paths {
            let Some(content) = contents.get(target) else {
                let reason = format!("a hard link to {target:?}, which is too large or a link");
                facts.unknowns.push((path.clone(), reason));
                continue;
            };
            let mut looker = Looker::new(asked);
            let size_bytes = content.len() as u64;
            // Executables have been copied already.
            looker.look(0, path.clone(), 0, size_bytes, &[], &[], &mut content.as_slice())?;
            looker.hand_over(facts);
        }
    }
    sort(facts);
    Ok(())
}

/// Reads everything below a directory.
pub(crate) fn read_directory(root: &Path, asked: &Asked) -> Result<LayerFacts, ImageError> {
    let mut looker = Looker::new(asked);
    let mut size_bytes = 0;
    let mut failed = None;
    walk(root, &mut |entry| {
        let node = match &entry.node {
            Ok(node) => node.clone(),
            Err(err) => return looker.add_unknown(entry.path.clone(), err.to_string()),
        };
        let (is_file, mode, n_bytes) = (node.kind == NodeKind::File, node.mode, node.size_bytes);
        let number = match looker.add_node(entry.path.clone(), node) {
            Ok(number) => number,
            Err(err) => {
                failed.get_or_insert(err);
                return;
            }
        };
        if !is_file {
            return;
        }
        size_bytes += n_bytes;
        let looked = entry.open().and_then(|mut file| {
            let mut start = Vec::new();
            (&mut file).take(MAGIC_BYTES as u64).read_to_end(&mut start)?;
            let mut content = start.as_slice().chain(file);
            let path = entry.path.clone();
            looker.look(number, path, mode, n_bytes, &entry.capability, &start, &mut content)
        });
        if let Err(err) = looked {
            looker.add_unknown(entry.path.clone(), chain(&err));
        }
    })?;
    match failed {
        Some(source) => Err(ImageError::Path { path: root.to_owned(), source }),
        None => Ok(looker.finish(size_bytes).0),
    }
}

//! Reads one layer, or one directory, into facts.

use std::{
    collections::BTreeMap,
    io::{self, BufReader, Read},
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

/// Most bytes that are looked into for all the hard links of a layer: each name is a look at the
/// whole content, and a layer has room for two million names. Real ones have one or two.
const LINKED_TOTAL_BYTES: u64 = 512 << 20;

/// Start of a file of a directory that is read at once; most are smaller.
const START_BYTES: usize = 64 * 1024;

/// What is read at once of the rest of it.
const READ_BYTES: usize = 32 * 1024;

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

/// Looks into the content of files under their other names, one file in memory at a time.
pub(crate) fn read_linked(
    layer: BlobReader,
    linked: &Linked,
    asked: &Asked,
    facts: &mut LayerFacts,
) -> io::Result<()> {
    let mut tar = TarReader::new(layer);
    // A later entry of the same name replaces what an earlier one gave.
    let mut found: BTreeMap<&ImagePath, LayerFacts> = BTreeMap::new();
    let mut n_left = LINKED_TOTAL_BYTES;
    let mut content = Vec::new();
    while let Some(entry) = tar.next_entry().map_err(io::Error::other)? {
        let Ok(path) = ImagePath::parse(&entry.name) else { continue };
        let Some((target, paths)) = linked.get_key_value(&path) else { continue };
        found.remove(target);
        if entry.kind != EntryKind::File || entry.size_bytes > LINKED_BYTES {
            continue;
        }
        content.clear();
        let mut looked = LayerFacts::default();
        for path in paths {
            let Some(left) = n_left.checked_sub(entry.size_bytes) else {
                let limit = LINKED_TOTAL_BYTES;
                let reason = format!("the hard links of the layer lead to more than {limit} bytes");
                looked.unknowns.push((path.clone(), reason));
                continue;
            };
            n_left = left;
            if content.is_empty() {
                tar.read_to_end(&mut content)?;
            }
            let mut looker = Looker::new(asked);
            let size_bytes = content.len() as u64;
            // Executables have been copied already.
            looker.look(0, path.clone(), 0, size_bytes, &[], &[], &mut content.as_slice())?;
            looker.hand_over(&mut looked);
        }
        found.insert(target, looked);
    }
    tar.into_inner().finish()?;
    for (target, paths) in linked {
        match found.remove(target) {
            Some(looked) => facts.extend(looked),
            None => facts.unknowns.extend(paths.iter().map(|path| {
                (path.clone(), format!("a hard link to {target:?}, which is too large or a link"))
            })),
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
    let mut start = Vec::new();
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
            start.clear();
            (&mut file).take(START_BYTES as u64).read_to_end(&mut start)?;
            let magic = start.get(..MAGIC_BYTES).unwrap_or(&start);
            let mut content = start.as_slice().chain(BufReader::with_capacity(READ_BYTES, file));
            // Files of the kernel have more than they say.
            let n_bytes = n_bytes.max(start.len() as u64);
            let path = entry.path.clone();
            looker.look(number, path, mode, n_bytes, &entry.capability, magic, &mut content)
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

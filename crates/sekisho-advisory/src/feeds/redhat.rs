//! What Red Hat says of each weakness in each of its products: documents of CSAF in the profile
//! VEX, one a CVE, in one archive.
//!
//! A record is a document. Packages are named as rpms: those that are fixed by the names of what
//! is installed, those that stay open by the name of their source. A product is named by its CPE,
//! spelled as the ecosystem `Red Hat` of OSV spells it.
//!
//! Beside the archive may lie what changed since it was made: `changed/2024/cve-2024-1.json`
//! stands for the document of that path in the archive, and `deletions.csv` names those that were
//! taken back.
//!
//! # Source
//!
//! OASIS CSAF 2.0, 3.2.2 (product tree), 3.2.3 (vulnerabilities); Red Hat's "Security data
//! guidelines": categories of remediations, modules in purls.

mod document;
mod products;
mod purl;
mod told;

use std::{
    collections::BTreeSet,
    io::{BufRead, Read},
};

use sekisho_archive::tar::{EntryKind, TarReader};

use crate::{FeedError, Item, error::ReadError, feed::FeedFile, records::Records};

/// Largest document. Those of a weakness in the kernel or in Go list every build of every
/// product and have about 40 MB.
const MAX_DOCUMENT_BYTES: u64 = 128 << 20;

/// Largest list of deletions; a line a document.
const MAX_DELETIONS_BYTES: u64 = 64 << 20;

const CHANGED: &str = "redhat/changed/";

pub(crate) fn read(files: &[FeedFile], out: &mut Records<'_>) -> Result<(), FeedError> {
    let mut deleted = BTreeSet::new();
    let mut changed = BTreeSet::new();
    for file in files {
        let at = |err: ReadError| err.at(file.path.clone());
        if file.name.ends_with("/deletions.csv") {
            deleted = deletions(file).map_err(at)?;
        } else if let Some(path) = file.name.strip_prefix(CHANGED) {
            changed.insert(path.to_owned());
        }
    }
    for file in files {
        let at = |err: ReadError| err.at(file.path.clone());
        if file.name.ends_with(".tar.zst") {
            archive(file, &deleted, &changed, out).map_err(at)?;
        } else if let Some(path) = file.name.strip_prefix(CHANGED) {
            let mut content = file.unpacked().map_err(|err| at(err.into()))?;
            document(path, &deleted, &mut content, out).map_err(at)?;
        }
    }
    Ok(())
}

/// The paths in the first column of a list.
fn deletions(file: &FeedFile) -> Result<BTreeSet<String>, ReadError> {
    let mut text = String::new();
    file.unpacked()?.take(MAX_DELETIONS_BYTES).read_to_string(&mut text)?;
    let first =
        |line: &str| line.split(',').next().unwrap_or_default().trim().trim_matches('"').to_owned();
    Ok(text.lines().map(first).filter(|path| !path.is_empty()).collect())
}

fn archive(
    file: &FeedFile,
    deleted: &BTreeSet<String>,
    changed: &BTreeSet<String>,
    out: &mut Records<'_>,
) -> Result<(), ReadError> {
    let mut tar = TarReader::new(file.unpacked()?);
    let mut n_documents: u64 = 0;
    while let Some(entry) = tar.next_entry()? {
        let name = String::from_utf8_lossy(&entry.name).into_owned();
        let path = name.trim_start_matches("./");
        if entry.kind != EntryKind::File || !entry.name.ends_with(b".json") {
            continue;
        }
        n_documents += 1;
        if changed.contains(path) {
            out.skip(path, "a newer document lies beside the archive");
        } else if entry.size_bytes > MAX_DOCUMENT_BYTES {
            out.skip(path, &format!("the document has {} bytes", entry.size_bytes));
        } else {
            document(path, deleted, &mut tar, out)?;
        }
    }
    if n_documents == 0 {
        return Err(ReadError::Damaged { what: "no documents", at: tar.offset() });
    }
    // The end of the compressed stream has to be there as well.
    let mut rest = tar.into_inner();
    while !rest.fill_buf()?.is_empty() {
        let n = rest.fill_buf()?.len();
        rest.consume(n);
    }
    Ok(())
}

fn document(
    path: &str,
    deleted: &BTreeSet<String>,
    content: &mut dyn Read,
    out: &mut Records<'_>,
) -> Result<(), ReadError> {
    let mut json = Vec::new();
    content.take(MAX_DOCUMENT_BYTES + 1).read_to_end(&mut json)?;
    if json.len() as u64 > MAX_DOCUMENT_BYTES {
        out.skip(path, &format!("the document has more than {MAX_DOCUMENT_BYTES} bytes"));
    } else if deleted.contains(path) {
        out.skip(path, "the document was taken back");
    } else {
        match told::advisory(&json) {
            Ok(parsed) => {
                out.date(&parsed.advisory.modified);
                out.import(Item::Advisory(parsed.advisory));
                out.leave_out(path, &parsed.left_out);
            }
            Err(reason) => out.skip(path, &reason),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;

//! Writes the seeds of the fuzz targets: `fuzz-seeds CORPUS`.

use std::{io, path::PathBuf};

fn main() -> io::Result<()> {
    let corpus = std::env::args_os().nth(1).map(PathBuf::from);
    match corpus.filter(|corpus| !corpus.as_os_str().as_encoded_bytes().starts_with(b"-")) {
        Some(corpus) => sekisho_testkit::seeds::write(&corpus),
        None => Err(io::Error::other("usage: fuzz-seeds CORPUS")),
    }
}

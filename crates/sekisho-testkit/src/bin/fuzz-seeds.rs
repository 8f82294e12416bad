//! Writes the seeds of the fuzz targets: `fuzz-seeds CORPUS`.

use std::{io, path::Path};

fn main() -> io::Result<()> {
    let Some(corpus) = std::env::args_os().nth(1) else {
        return Err(io::Error::other("usage: fuzz-seeds CORPUS"));
    };
    sekisho_testkit::seeds::write(Path::new(&corpus))
}

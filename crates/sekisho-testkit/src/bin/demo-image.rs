//! Writes the image of `make demo` as an OCI layout: `demo-image DIR`.

use std::{io, path::PathBuf};

use sekisho_testkit::{Bundle, demo};

fn main() -> io::Result<()> {
    let directory = std::env::args_os().nth(1).map(PathBuf::from);
    match directory.filter(|directory| !directory.as_os_str().as_encoded_bytes().starts_with(b"-"))
    {
        Some(directory) => Bundle::oci(&[(demo::NAME, &demo::image())]).write_to(&directory),
        None => Err(io::Error::other("usage: demo-image DIR")),
    }
}

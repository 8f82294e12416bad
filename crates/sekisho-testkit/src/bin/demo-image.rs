//! Writes the image of `make demo` as an OCI layout: `demo-image DIR`.

use std::{io, path::Path};

use sekisho_testkit::{Bundle, demo};

fn main() -> io::Result<()> {
    let Some(directory) = std::env::args_os().nth(1) else {
        return Err(io::Error::other("usage: demo-image DIR"));
    };
    Bundle::oci(&[(demo::NAME, &demo::image())]).write_to(Path::new(&directory))
}

//! Writes the image of `make demo` as an OCI layout, and packs its example feed:
//! `demo-image DIR [EXAMPLE FEEDS]`.

use std::{io, path::Path};

use sekisho_testkit::{Bundle, demo};

fn main() -> io::Result<()> {
    let args: Vec<_> = std::env::args_os().skip(1).collect();
    let is_flag = args.first().is_none_or(|arg| arg.as_encoded_bytes().starts_with(b"-"));
    match args.as_slice() {
        [directory] if !is_flag => write_image(Path::new(directory)),
        [directory, example, feeds] if !is_flag => {
            write_image(Path::new(directory))?;
            demo::pack_feed(Path::new(example), Path::new(feeds))
        }
        _ => Err(io::Error::other("usage: demo-image DIR [EXAMPLE FEEDS]")),
    }
}

fn write_image(directory: &Path) -> io::Result<()> {
    Bundle::oci(&[(demo::NAME, &demo::image())]).write_to(directory)
}

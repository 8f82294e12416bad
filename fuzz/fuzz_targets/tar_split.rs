#![no_main]
//! A tar from what Docker keeps of it; files are taken from a directory of one.

use std::{
    fs::File,
    io::{self, Cursor, Read as _},
    os::fd::OwnedFd,
    path::PathBuf,
    sync::LazyLock,
};

use libfuzzer_sys::fuzz_target;
use sekisho_engine::TarSplit;

/// More than this is not read: a hundred bytes may ask for the same file again and again.
const READ_BYTES: u64 = 16 << 20;

static DIRECTORY: LazyLock<PathBuf> = LazyLock::new(|| {
    let directory = std::env::temp_dir().join("sekisho-fuzz-tar-split");
    std::fs::create_dir_all(&directory).expect("a directory");
    std::fs::write(directory.join("a"), "content").expect("a file");
    directory
});

fuzz_target!(|data: &[u8]| {
    let root = OwnedFd::from(File::open(&*DIRECTORY).expect("a directory"));
    let lines = Box::new(Cursor::new(data.to_vec()));
    drop(io::copy(&mut TarSplit::new(lines, root).take(READ_BYTES), &mut io::sink()));
});

#![no_main]
//! The database of pacman.

sekisho_fuzz::fuzz_files! {
    "var/lib/pacman/local/a-1/desc",
    "var/lib/pacman/local/a-1/files",
}

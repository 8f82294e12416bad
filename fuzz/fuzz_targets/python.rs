#![no_main]
//! Metadata of an installed Python package.

sekisho_fuzz::fuzz_files! {
    "usr/lib/python3/site-packages/a-1.dist-info/METADATA",
}

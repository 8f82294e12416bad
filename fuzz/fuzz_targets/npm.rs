#![no_main]
//! A package below node_modules.

sekisho_fuzz::fuzz_files! {
    "app/node_modules/a/package.json",
}

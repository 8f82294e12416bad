#![no_main]
//! The dependencies of a .NET program.

sekisho_fuzz::fuzz_files! {
    "app/a.deps.json",
}

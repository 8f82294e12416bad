#![no_main]
//! The Berkeley DB database of rpm.

sekisho_fuzz::fuzz_files! {
    "var/lib/rpm/Packages",
}

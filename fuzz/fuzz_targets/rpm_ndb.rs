#![no_main]
//! The NDB database of rpm.

sekisho_fuzz::fuzz_files! {
    "usr/lib/sysimage/rpm/Packages.db",
}

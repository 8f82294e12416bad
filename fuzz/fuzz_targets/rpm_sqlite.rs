#![no_main]
//! The SQLite database of rpm.

sekisho_fuzz::fuzz_files! {
    "var/lib/rpm/rpmdb.sqlite",
}

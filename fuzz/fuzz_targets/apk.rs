#![no_main]
//! The database of apk.

sekisho_fuzz::fuzz_files! {
    "lib/apk/db/installed",
}

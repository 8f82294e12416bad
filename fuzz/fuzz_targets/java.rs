#![no_main]
//! A jar, with the jars inside it.

sekisho_fuzz::fuzz_files! {
    "app/a.jar",
}

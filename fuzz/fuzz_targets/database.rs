#![no_main]
//! The advisory database: manifest, segments, and all of it in one file.

libfuzzer_sys::fuzz_target!(|data: &[u8]| sekisho_fuzz::database(data));

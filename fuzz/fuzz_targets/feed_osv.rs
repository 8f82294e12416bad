#![no_main]
//! One record of OSV, in an archive.

libfuzzer_sys::fuzz_target!(|data: &[u8]| sekisho_fuzz::feed_osv(data));

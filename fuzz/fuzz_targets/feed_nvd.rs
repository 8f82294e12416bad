#![no_main]
//! Feeds of the NVD.

libfuzzer_sys::fuzz_target!(|data: &[u8]| sekisho_fuzz::feed("nvd", "nvd/2024.json", data));

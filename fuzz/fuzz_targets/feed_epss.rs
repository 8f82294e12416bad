#![no_main]
//! Scores of EPSS.

libfuzzer_sys::fuzz_target!(|data: &[u8]| sekisho_fuzz::feed("epss", "epss.csv", data));

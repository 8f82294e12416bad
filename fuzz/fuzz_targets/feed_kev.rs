#![no_main]
//! The catalog of what is known to be exploited.

libfuzzer_sys::fuzz_target!(|data: &[u8]| sekisho_fuzz::feed("kev", "kev.json", data));

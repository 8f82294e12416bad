#![no_main]
//! Lists of Alpine.

libfuzzer_sys::fuzz_target!(|data: &[u8]| sekisho_fuzz::feed(
    "alpine",
    "alpine/v3.20/main.json",
    data
));

#![no_main]
//! The security tracker of Debian.

libfuzzer_sys::fuzz_target!(|data: &[u8]| sekisho_fuzz::feed(
    "debian",
    "debian/tracker.json",
    data
));

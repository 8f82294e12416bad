#![no_main]
//! One document of Red Hat, beside an archive.

libfuzzer_sys::fuzz_target!(|data: &[u8]| sekisho_fuzz::feed(
    "redhat",
    "redhat/changed/2024/a.json",
    data
));

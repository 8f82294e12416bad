#![no_main]
//! Lists of updates of Amazon Linux.

libfuzzer_sys::fuzz_target!(|data: &[u8]| sekisho_fuzz::feed(
    "amazon",
    "amazon/2/updateinfo.xml",
    data
));

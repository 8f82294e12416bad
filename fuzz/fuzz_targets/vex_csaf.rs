#![no_main]
//! CSAF documents of the profile VEX.

libfuzzer_sys::fuzz_target!(|data: &[u8]| sekisho_fuzz::vex(data));

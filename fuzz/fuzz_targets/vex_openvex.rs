#![no_main]
//! OpenVEX documents, and those in the envelopes of attestations.

libfuzzer_sys::fuzz_target!(|data: &[u8]| sekisho_fuzz::vex(data));

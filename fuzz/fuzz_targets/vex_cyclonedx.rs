#![no_main]
//! CycloneDX documents with an analysis of vulnerabilities.

libfuzzer_sys::fuzz_target!(|data: &[u8]| sekisho_fuzz::vex(data));

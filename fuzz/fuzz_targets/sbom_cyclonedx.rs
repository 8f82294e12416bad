#![no_main]
//! Bills of materials in CycloneDX.

libfuzzer_sys::fuzz_target!(|data: &[u8]| drop(sekisho_sbom::Inventory::read(data)));

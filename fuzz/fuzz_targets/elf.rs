#![no_main]
//! ELF files: build information of Go, dependencies of Rust.

libfuzzer_sys::fuzz_target!(|data: &[u8]| sekisho_fuzz::catalog_elf(data));

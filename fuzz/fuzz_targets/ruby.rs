#![no_main]
//! The specification of an installed gem.

sekisho_fuzz::fuzz_files! {
    "usr/lib/ruby/gems/3.0.0/specifications/a-1.gemspec",
}

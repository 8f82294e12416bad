#![no_main]
//! What Composer installed.

sekisho_fuzz::fuzz_files! {
    "app/vendor/composer/installed.json",
}

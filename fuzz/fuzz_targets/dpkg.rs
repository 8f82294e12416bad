#![no_main]
//! The databases of dpkg.

sekisho_fuzz::fuzz_files! {
    "var/lib/dpkg/status",
    "var/lib/dpkg/info/a.list",
    "var/lib/dpkg/status.d/a.md5sums",
}

#![no_main]
//! The list of packages in images without rpm.

sekisho_fuzz::fuzz_files! {
    "var/lib/rpmmanifest/container-manifest-2",
}

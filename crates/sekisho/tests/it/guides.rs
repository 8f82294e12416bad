//! The commands of the guides, run as they stand there.

use std::path::Path;

use assert_cmd::Command;
use sekisho_testkit::{Bundle, demo};

use crate::advisories;

/// Exit codes of a scan that gave a report.
const ANSWERS: [i32; 3] = [0, 1, 3];

/// What stands in blocks of `sh`; `console` is for what needs an engine or a network.
fn blocks(guide: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut lines = guide.lines();
    while let Some(line) = lines.next() {
        if line == "```sh" {
            let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            blocks.push(block.join("\n"));
        }
    }
    blocks
}

/// The files that the guides speak of.
fn write_playground(directory: &Path) {
    let image = demo::image();
    let images = [(demo::NAME, &image)];
    fs_err::write(directory.join("image.tar"), Bundle::docker(&images).to_tar("")).unwrap();
    Bundle::oci(&images).write_to(&directory.join("image")).unwrap();
    advisories::write(directory, advisories::now(), Vec::new());
    fs_err::create_dir_all(directory.join("feeds/alpine/v3.20")).unwrap();
    let feed = r#"{"distroversion":"v3.20","packages":[{"pkg":{"name":"curl","secfixes":{"8.0.0-r1":["CVE-2024-1234"]}}}]}"#;
    fs_err::write(directory.join("feeds/alpine/v3.20/main.json"), feed).unwrap();
    fs_err::create_dir_all(directory.join("rootfs/etc")).unwrap();
    fs_err::write(directory.join("rootfs/etc/os-release"), "ID=debian\nVERSION_ID=12\n").unwrap();
}

#[test]
fn commands_of_the_guides_run() {
    let playground = tempfile::tempdir().unwrap();
    write_playground(playground.path());
    let program = Path::new(env!("CARGO_BIN_EXE_sekisho")).parent().unwrap();
    let guides = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/guides");
    let mut n_blocks = 0;
    for entry in fs_err::read_dir(guides).unwrap() {
        let path = entry.unwrap().path();
        for block in blocks(&fs_err::read_to_string(&path).unwrap()) {
            let output = Command::new("/bin/sh")
                .args(["-u", "-c", &block])
                .current_dir(playground.path())
                .env_clear()
                .env("HOME", playground.path())
                .env("PATH", format!("{}:/usr/bin:/bin", program.display()))
                .timeout(std::time::Duration::from_mins(1))
                .output()
                .unwrap();
            let code = output.status.code().unwrap();
            let stderr = String::from_utf8_lossy(&output.stderr);
            assert!(ANSWERS.contains(&code), "{}:\n{block}\n{code}: {stderr}", path.display());
            n_blocks += 1;
        }
    }
    assert_ne!(n_blocks, 0);
}

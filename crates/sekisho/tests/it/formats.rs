//! Every format through the program: to files, to a full disk, to a reader that goes away.

use std::process::Stdio;

use sekisho_testkit::{BlobCompression, Bundle};
use serde_json::Value;

use crate::{
    advisories,
    program::{self, Run},
    sample,
};

/// Runs the program on the sample image, as `image.tar` in a directory of its own.
fn run(args: &[&str]) -> (tempfile::TempDir, Run) {
    let tar = Bundle::docker(&[("example.org/app:1", &sample::image(BlobCompression::Gzip))]);
    let (directory, _) = program::file("image.tar", &tar.to_tar(""));
    let run = program::run_in(directory.path(), args);
    (directory, run)
}

fn read(directory: &tempfile::TempDir, name: &str) -> String {
    fs_err::read_to_string(directory.path().join(name)).unwrap()
}

#[test]
fn one_run_writes_every_format() {
    let ids = [
        "cyclonedx",
        "gitlab",
        "gitlab-secrets",
        "html",
        "json",
        "junit",
        "markdown",
        "sarif",
        "spdx",
        "table",
    ];
    let formats: Vec<String> = ids.iter().map(|id| format!("--format={id}=report.{id}")).collect();
    let mut args = vec!["image", "scan", "image.tar", "--no-cache"];
    args.extend(formats.iter().map(String::as_str));
    let (directory, run) = run(&args);
    assert_eq!(run.stdout, "", "{}", run.stderr);
    for id in ids {
        let text = read(&directory, &format!("report.{id}"));
        assert!(text.ends_with('\n'), "{id}");
        let start = match id {
            "html" => "<!doctype html>",
            "junit" => "<?xml",
            "markdown" => "## ",
            "table" => "Image",
            _ => "{",
        };
        assert!(text.starts_with(start), "{id}: {text}");
    }
}

#[test]
fn a_bill_of_materials_is_cyclonedx_unless_asked() {
    let (_directory, run) = run(&["image", "sbom", "image.tar", "--no-cache"]);
    let bom: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((&bom["bomFormat"], &bom["specVersion"]), (&"CycloneDX".into(), &"1.6".into()));
    let (directory, run) =
        self::run(&["image", "sbom", "--format", "spdx=app.spdx.json", "image.tar", "--no-cache"]);
    assert_eq!(run.stdout, "", "{}", run.stderr);
    let document: Value = serde_json::from_str(&read(&directory, "app.spdx.json")).unwrap();
    assert_eq!(document["spdxVersion"], "SPDX-2.3");
}

#[test]
fn people_are_spoken_to_in_their_language_and_programs_are_not() {
    let args = ["image", "scan", "image.tar", "--no-cache", "--lang", "ja", "--format", "table"];
    let (directory, run) = run(&[&args[..], &["--format", "sarif=report.sarif"]].concat());
    assert!(run.stdout.starts_with("イメージ"), "{}", run.stdout);
    assert!(read(&directory, "report.sarif").is_ascii());
    let wrong = program::run_in(directory.path(), &["image", "scan", "image.tar", "--lang", "fr"]);
    assert_eq!(wrong.code, 2);
}

#[test]
fn a_language_in_the_settings_that_nobody_speaks_is_an_error_before_the_scan() {
    let (directory, path) = program::file("sekisho.yaml", b"lang: fr\n");
    drop(path);
    let run = program::run_in(directory.path(), &["image", "scan", "nothing.tar"]);
    assert!(run.error().contains("\"fr\""), "{}", run.stderr);
}

#[test]
fn a_full_disk_is_an_error_that_names_format_and_place() {
    for id in ["html", "junit", "sarif", "table"] {
        let format = format!("{id}=/dev/full");
        let (_directory, run) =
            run(&["image", "scan", "image.tar", "--no-cache", "--format", &format]);
        assert_eq!(run.code, 3, "{}", run.stderr);
        let want = format!("error: failed to write {id} to \"/dev/full\": ");
        assert!(run.stderr.starts_with(&want), "{}", run.stderr);
        assert!(run.stderr.contains("No space left on device"), "{}", run.stderr);
    }
}

#[test]
fn a_reader_that_goes_away_changes_no_verdict() {
    let (directory, whole) = run(&["image", "scan", "image.tar", "--no-cache"]);
    #[expect(clippy::disallowed_methods, reason = "a test starts our own program")]
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_sekisho"))
        .env_clear()
        .args(["image", "scan", "image.tar", "--no-cache", "--db"])
        .arg(advisories::directory(advisories::shared()))
        .env("XDG_CONFIG_HOME", advisories::shared().join(".config"))
        .current_dir(directory.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(output.stderr).unwrap(), whole.stderr);
    assert_eq!(output.status.code(), Some(whole.code));
}

//! `sekisho.yaml` and where it is looked for.

use sekisho_testkit::{BlobCompression, Bundle};

use crate::{program::run_in, sample::image_for};

fn directory_with(settings: &str) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let images =
        ["linux/amd64", "linux/arm64"].map(|platform| image_for(platform, BlobCompression::Gzip));
    let bundle = Bundle::oci_platforms("1", &images.each_ref(), 1);
    fs_err::write(directory.path().join("image.tar"), bundle.to_tar("")).unwrap();
    fs_err::create_dir_all(directory.path().join("a/b")).unwrap();
    fs_err::write(directory.path().join("sekisho.yaml"), settings).unwrap();
    directory
}

#[test]
fn settings_are_found_upward_and_flags_win() {
    let settings = "format: [json=report.json]\nplatform: linux/arm64\ncache: {dir: kept}\n";
    let directory = directory_with(settings);
    let here = directory.path().join("a/b");
    let run = run_in(&here, &["image", "scan", "--only", "host", "../../image.tar"]);
    assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (0, "", ""));
    let report = fs_err::read_to_string(here.join("report.json")).unwrap();
    assert!(report.contains("linux/arm64"), "{report}");
    assert!(directory.path().join("kept").is_dir(), "a relative directory starts at the file");
    let args =
        ["image", "scan", "--platform", "linux/amd64", "--format", "json", "../../image.tar"];
    let run = run_in(&here, &args);
    assert_eq!(run.report()["subject"]["platform"], "linux/amd64");
}

#[test]
fn a_mistake_in_the_settings_is_shown_with_its_place() {
    for (settings, wanted) in [
        ("platfrom: linux/arm64\n", &["platfrom", "line 1"][..]),
        ("format: [json]\ncache: {max_size: lots}\n", &["lots", "500MiB"]),
        ("platform: [\n", &["line"]),
        ("format: [json]\nplatform: linux\n", &["linux", "linux/amd64"]),
        ("format: [yaml]\n", &["yaml", "json"]),
    ] {
        let directory = directory_with(settings);
        let run = run_in(directory.path(), &["image", "scan", "image.tar"]);
        let message = run.error();
        for part in wanted {
            assert!(message.contains(part), "{settings:?} gave {message}");
        }
    }
}

#[test]
fn another_settings_file_is_named_by_flag() {
    let directory = directory_with("format: [nothing]\n");
    fs_err::write(directory.path().join("other.yaml"), "format: [json]\n").unwrap();
    let args = ["image", "scan", "--only", "host", "--config", "other.yaml", "image.tar"];
    assert_eq!(run_in(directory.path(), &args).code, 0);
    let args = ["image", "scan", "--config", "missing.yaml", "image.tar"];
    let run = run_in(directory.path(), &args);
    assert!(run.error().contains("missing.yaml"), "{}", run.stderr);
}

//! What goes wrong is named with its file and place, and ends with the right code.

use sekisho_testkit::{BlobCompression, Bundle, Layer, LayerBuilder};

use crate::{
    program::{file, run_in, scan, scan_image, scan_stdin, unknowns},
    sample::{image, one_layer},
};

/// The message of a scan of `tar`, which must fail.
fn message(tar: &[u8]) -> String {
    let (_directory, path) = file("broken.tar", tar);
    let run = scan(&[path.to_str().unwrap()]);
    let shown = run.error().replace(path.parent().unwrap().to_str().unwrap(), "");
    let streamed = scan_stdin(tar.to_vec(), &["-"]);
    streamed.error();
    shown
}

#[test]
fn usage_errors_end_with_2_and_say_what_to_do() {
    let directory = tempfile::tempdir().unwrap();
    for (args, wanted) in [
        (&["image", "scan"][..], "TARGET"),
        (&["image", "scna", "x"], "scan"),
        (&["image", "scan", "--fromat", "json", "x"], "--format"),
        (&["image", "scan", "--platform", "linux", "x"], "linux/amd64"),
        (&["image", "scan", "--cache-size", "many", "x"], "500MiB"),
        (&["image", "scan", "--format", "yaml", "x"], "json"),
        (&["image", "scan", "--format", "json", "--format", "json", "."], "FILE"),
        (&["image", "scan", "dir:"], "nothing behind it"),
    ] {
        let run = run_in(directory.path(), args);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{args:?}: {}", run.stderr);
        assert!(run.stderr.contains(wanted), "{args:?}: {}", run.stderr);
    }
}

#[test]
fn a_path_that_is_no_image_is_named() {
    let (directory, path) = file("notes.txt", b"nothing to see here");
    let empty = directory.path().join("empty");
    fs_err::create_dir(&empty).unwrap();
    let missing = directory.path().join("missing").display().to_string();
    for (target, wanted) in [
        (path.display().to_string(), "notes.txt"),
        (missing.clone(), "missing"),
        (format!("docker-archive:{missing}"), "missing"),
        (format!("oci-dir:{}", empty.display()), "index.json"),
        (format!("oci-archive:{}", empty.display()), "empty"),
        (format!("dir:{missing}"), "missing"),
        (format!("dir:{}", path.display()), "notes.txt"),
    ] {
        let run = scan(&[&target]);
        assert!(run.error().contains(wanted), "{target}: {}", run.stderr);
    }
}

#[test]
fn a_pipe_or_a_device_is_not_waited_for() {
    let directory = tempfile::tempdir().unwrap();
    let pipe = directory.path().join("pipe");
    nix::unistd::mkfifo(&pipe, nix::sys::stat::Mode::S_IRWXU).unwrap();
    let pipe = pipe.display().to_string();
    for target in [&pipe, &format!("docker-archive:{pipe}"), "/dev/zero"] {
        let run = scan(&[target]);
        assert!(run.error().contains("not a regular file"), "{target}: {}", run.stderr);
    }
}

#[test]
fn a_missing_document_or_blob_is_named() {
    let image = image(BlobCompression::Gzip);
    let layer = image.layers[1].blob.digest;
    let mut bundle = Bundle::oci(&[("1", &image)]);
    bundle.remove_blob(&layer);
    let (_directory, path) = file("oci.tar", &bundle.to_tar(""));
    let run = scan(&[path.to_str().unwrap()]);
    assert!(run.error().contains(&layer.to_hex()), "{}", run.stderr);

    let mut bundle = Bundle::oci(&[("1", &image)]);
    bundle.remove_blob(&image.config.digest);
    let (_directory, path) = file("oci.tar", &bundle.to_tar(""));
    let run = scan(&[path.to_str().unwrap()]);
    assert!(run.error().contains(&image.config.digest.to_hex()), "{}", run.stderr);

    let mut bundle = Bundle::docker(&[("a:1", &image)]);
    bundle.nodes.remove("manifest.json");
    bundle.nodes.remove("index.json");
    insta::assert_snapshot!(message(&bundle.to_tar("")), @r#"error: failed to read "/broken.tar": "/broken.tar" is no archive of an image: it holds neither manifest.json nor index.json"#);
}

#[test]
fn a_changed_document_is_named_by_its_digest() {
    let image = image(BlobCompression::Gzip);
    for digest in [image.config.digest, image.manifest.digest] {
        let mut bundle = Bundle::oci(&[("1", &image)]);
        let bytes = bundle.blob(&digest);
        let at = bytes.iter().position(|byte| *byte == b'6').unwrap();
        bytes[at] = b'7';
        let shown = message(&bundle.to_tar(""));
        assert!(shown.contains(&digest.to_hex()) && shown.contains("was changed"), "{shown}");
    }
}

#[test]
fn a_changed_layer_is_named_by_its_digest() {
    for compression in [BlobCompression::Plain, BlobCompression::Gzip, BlobCompression::Zstd] {
        let image = image(compression);
        let digest = image.layers[1].blob.digest;
        for bundle in [Bundle::oci(&[("1", &image)]), Bundle::docker(&[("a:1", &image)])] {
            let mut bundle = bundle;
            let bytes = bundle.blob(&digest);
            let at = bytes.len() - 3;
            bytes[at] ^= 0x10;
            let shown = message(&bundle.to_tar(""));
            assert!(shown.contains(&digest.to_hex()) || shown.contains("layer 2"), "{shown}");
        }
    }
}

#[test]
fn a_layer_that_is_not_the_one_of_the_configuration_is_an_error() {
    let mut layer = LayerBuilder::new().file("a", "b").finish();
    layer.diff_id = sekisho_testkit::sha256(b"another layer");
    let image = one_layer(layer.clone());
    let run = scan_image(&image);
    let shown = run.error();
    assert!(shown.contains(&layer.diff_id.to_hex()), "{shown}");
    // The old archives of Docker have no other digest than this one.
    let old = Bundle::docker_old(&[("a:1", &image)]);
    let shown = message(&old.to_tar(""));
    assert!(shown.contains(&layer.diff_id.to_hex()), "{shown}");
}

#[test]
fn docker_schema_1_is_refused_with_advice() {
    insta::assert_snapshot!(message(&Bundle::oci_schema_1("old").to_tar("")), @r#"error: failed to read "/broken.tar": the image has a manifest of Docker schema 1, which is not supported: registries stopped serving it in 2021; push the image again with a current tool"#);
}

#[test]
fn what_could_not_be_read_is_named_and_ends_with_3() {
    let mut layer = LayerBuilder::new();
    layer.with_parents().file("var/lib/dpkg/status", "Package: broken\nnothing else\n\n");
    let run = scan_image(&one_layer(layer.finish()));
    assert_eq!(run.code, 3, "{}", run.stderr);
    let report = run.report();
    assert_eq!(report["verdict"]["result"], "unknown");
    insta::assert_snapshot!(unknowns(&report).join("\n"), @r"
    var/lib/dpkg/status: dpkg: line 1: a package without a name or a version
    var/lib/dpkg/status: dpkg: line 2: neither a field nor an empty line
    ");
}

#[test]
fn an_image_without_layers_has_an_empty_report() {
    let run = scan_image(&sekisho_testkit::ImageBuilder::new().build());
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(run.report()["packages"], serde_json::json!([]));
    let run = scan_image(&one_layer(Layer::from_tar(Vec::new())));
    assert_eq!(run.code, 0, "{}", run.stderr);
}

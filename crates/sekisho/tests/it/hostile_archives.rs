//! Archives and documents that were made to harm the reader.

use std::{fs::File, io::Write, path::PathBuf};

use sekisho_testkit::{
    Attributes, Blob, BlobCompression, Bundle, Image, LayerBuilder, TarHeader, sha256,
};

use crate::{
    program::{assert_peak_memory, file, scan, scan_stdin},
    sample::{image, one_layer},
};

/// Empty entries in one piece of a test's input; a thousand pieces are ten million.
const ENTRIES_A_PART: usize = 10_000;

#[test]
fn an_archive_that_ends_early_is_never_a_clean_report() {
    let tar = Bundle::docker(&[("a:1", &image(BlobCompression::Gzip))]).to_tar("");
    let end = tar.len() - 1024;
    for n in (0..end).step_by(end / 40).chain([end - 600]) {
        let (_directory, path) = file("cut.tar", &tar[..n]);
        scan(&[path.to_str().unwrap()]).error();
        let run = scan_stdin(tar[..n].to_vec(), &["-"]);
        run.error();
    }
}

#[test]
fn a_compressed_archive_that_ends_early_is_never_a_clean_report() {
    let tar = Bundle::docker_old(&[("a:1", &image(BlobCompression::Gzip))]).to_tar("");
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&tar).unwrap();
    let gzip = gzip.finish().unwrap();
    let zstd = zstd::encode_all(&tar[..], 1).unwrap();
    for whole in [gzip, zstd] {
        for n in [1, 10, whole.len() / 3, whole.len() / 2, whole.len() - 9, whole.len() - 1] {
            let (_directory, path) = file("cut", &whole[..n]);
            let run = scan(&[path.to_str().unwrap()]);
            run.error();
        }
        let trailing = [&whole[..], b"something else"].concat();
        let run = scan_stdin(trailing, &["-"]);
        run.error();
    }
}

#[test]
fn a_layer_that_ends_early_is_an_error_that_names_it() {
    for compression in [BlobCompression::Plain, BlobCompression::Gzip, BlobCompression::Zstd] {
        let image = image(compression);
        let digest = image.layers[0].blob.digest;
        let mut bundle = Bundle::oci(&[("1", &image)]);
        let n = bundle.blob(&digest).len();
        bundle.blob(&digest).truncate(n - 700);
        let directory = tempfile::tempdir().unwrap();
        bundle.write_to(directory.path()).unwrap();
        let run = scan(&[&format!("oci-dir:{}", directory.path().display())]);
        let message = run.error();
        assert!(message.contains("layer 1 of 3"), "{message}");
    }
}

/// One gzip member or zstd frame a part, so that gigabytes take no time to make.
fn repeated(part: &[u8], n: usize, compression: BlobCompression) -> (tempfile::TempDir, PathBuf) {
    let compressed = match compression {
        BlobCompression::Gzip => {
            let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
            gzip.write_all(part).unwrap();
            gzip.finish().unwrap()
        }
        BlobCompression::Zstd => zstd::encode_all(part, 3).unwrap(),
        BlobCompression::Plain => part.to_vec(),
    };
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("bomb");
    let mut out = File::create(&path).unwrap();
    for _ in 0..n {
        out.write_all(&compressed).unwrap();
    }
    (directory, path)
}

/// An OCI layout whose one layer is the file at `blob`.
fn layout_around(blob: &std::path::Path) -> tempfile::TempDir {
    let image = one_layer(LayerBuilder::new().finish());
    let mut bundle = Bundle::oci(&[("1", &image)]);
    bundle.remove_blob(&image.layers[0].blob.digest);
    let mut manifest: serde_json::Value = serde_json::from_slice(&image.manifest.bytes).unwrap();
    let digest = sha256(b"nobody gets so far as to compare it");
    manifest["layers"][0]["digest"] = digest.to_string().into();
    manifest["layers"][0].as_object_mut().unwrap().remove("size");
    bundle.remove_blob(&image.manifest.digest);
    let manifest = Blob::new(manifest.to_string().into_bytes(), image.manifest.media_type.clone());
    bundle.add(Bundle::blob_path(&manifest.digest), &manifest.bytes);
    let index = serde_json::json!({"schemaVersion": 2, "manifests": [manifest.descriptor()]});
    bundle.add("index.json", index.to_string());
    let directory = tempfile::tempdir().unwrap();
    bundle.write_to(directory.path()).unwrap();
    fs_err::rename(blob, directory.path().join(Bundle::blob_path(&digest))).unwrap();
    directory
}

#[test]
fn compressed_bombs_are_stopped() {
    const PART_BYTES: usize = 8 << 20;
    for compression in [BlobCompression::Gzip, BlobCompression::Zstd] {
        // 100 GiB of zeros in a few megabytes, first as a layer.
        let (_bomb, path) = repeated(&vec![0; PART_BYTES], 12_800, compression);
        let directory = layout_around(&path);
        let run = scan(&[&format!("oci-dir:{}", directory.path().display())]);
        let message = run.error();
        assert!(message.contains("layer 1 of 1"), "{message}");
        // Then as a whole archive on standard input: two blocks of zeros end a tar, and what
        // follows is unpacked up to the limit.
        let (_bomb, path) = repeated(&vec![0; PART_BYTES], 12_800, compression);
        let run = scan(&[&format!("docker-archive:{}", path.display())]);
        let message = run.error();
        assert!(message.contains("times its size"), "{message}");
    }
    assert_peak_memory(120);
}

#[test]
fn ten_million_empty_entries_are_given_up() {
    for (name, type_flag) in [("a", b'0'), (".wh.x", b'0')] {
        let part = TarHeader::new(name, type_flag).to_block().repeat(ENTRIES_A_PART);
        let (_entries, path) = repeated(&part, 1000, BlobCompression::Gzip);
        let directory = layout_around(&path);
        let run = scan(&[&format!("oci-dir:{}", directory.path().display())]);
        assert!(run.error().contains("more than 2000000 entries"), "{}", run.stderr);
    }
    assert_peak_memory(400);
}

#[test]
fn ten_million_files_in_an_archive_are_given_up() {
    let part = TarHeader::new("blobs/x", b'0').to_block().repeat(ENTRIES_A_PART);
    let (_entries, path) = repeated(&part, 1000, BlobCompression::Gzip);
    let run = scan(&[path.to_str().unwrap()]);
    assert!(run.error().contains("times its size"), "{}", run.stderr);
    assert_peak_memory(400);
}

#[test]
fn names_of_an_archive_never_leave_it() {
    let outside = tempfile::tempdir().unwrap();
    let secret = outside.path().join("manifest.json");
    fs_err::write(&secret, "[]").unwrap();
    let mut tar = LayerBuilder::new();
    tar.symlink("manifest.json", secret.to_str().unwrap());
    let (_directory, path) = file("link.tar", &tar.finish().tar);
    let run = scan(&[path.to_str().unwrap()]);
    run.error();

    // In a layout on disk the document itself may not be a link into the host either.
    let mut bundle = Bundle::oci(&[("1", &image(BlobCompression::Gzip))]);
    let manifest = br#"[{"Config": "../../etc/passwd", "Layers": ["/etc/passwd"]}]"#;
    bundle.add("manifest.json", manifest);
    let (_directory, path) = file("up.tar", &bundle.to_tar(""));
    let run = scan(&[&format!("docker-archive:{}", path.display())]);
    assert!(run.error().contains("etc/passwd"), "{}", run.stderr);
}

#[test]
fn links_of_an_archive_that_form_a_circle_are_an_error() {
    let mut tar = LayerBuilder::new();
    tar.symlink("manifest.json", "b").symlink("b", "manifest.json");
    let (_directory, path) = file("circle.tar", &tar.finish().tar);
    let run = scan(&[path.to_str().unwrap()]);
    assert!(run.error().contains("manifest.json"), "{}", run.stderr);
}

#[test]
fn deep_and_huge_documents_are_refused() {
    let deep = format!("{}{}", "[".repeat(1_000_000), "]".repeat(1_000_000));
    let wide = format!("[{}0]", "0,".repeat(9_000_000));
    for document in [deep.as_str(), &wide, "", "{", "[1, 2]", "null", "\u{feff}[]"] {
        for name in ["manifest.json", "index.json"] {
            let mut bundle = Bundle::default();
            bundle.add(name, document);
            let tar = bundle.to_tar("");
            let (_directory, path) = file("d.tar", &tar);
            let run = scan(&[path.to_str().unwrap()]);
            assert!(run.error().contains(name), "{}", run.stderr);
            scan_stdin(tar, &["-"]).error();
        }
    }
}

#[test]
fn an_index_that_holds_itself_ends() {
    let image = image(BlobCompression::Gzip);
    let bundle = Bundle::oci_platforms("1", &[&image], 12);
    let (_directory, path) = file("deep.tar", &bundle.to_tar(""));
    let run = scan(&[path.to_str().unwrap()]);
    assert!(run.error().contains("nested more than 8 deep"), "{}", run.stderr);
}

#[test]
fn a_thousand_layers_are_read_and_no_more() {
    let layers = |n: usize| -> Image {
        let mut builder = sekisho_testkit::ImageBuilder::new();
        for number in 0..n {
            let mut layer = LayerBuilder::new();
            layer.file_with(format!("f{number}"), "x", &Attributes::mode(0o600));
            builder.layer(layer.finish(), "COPY");
        }
        builder.build()
    };
    let run = crate::program::scan_image(&layers(1000));
    assert_eq!(run.code, 0, "{}", run.stderr);
    let run = crate::program::scan_image(&layers(1001));
    assert!(run.error().contains("at most 1000"), "{}", run.stderr);
}

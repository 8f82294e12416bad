//! Files and documents of a size that nobody expects.

use std::{
    io::{self, Write},
    path::Path,
    time::{Duration, Instant},
};

use sekisho_archive::{BlobExpectation, BlobReader, Sha256};
use sekisho_testkit::{BLOCK_BYTES, Bundle, ImageBuilder, LayerBuilder, TarHeader};
use serde_json::json;

use crate::{
    program::{assert_peak_memory, judge, judge_image},
    sample::one_layer,
};

const LINE_BYTES: u64 = 2 << 30;

/// What the long line is made of: text that packs well, but no better than text does.
const PART_BYTES: usize = 8 << 20;

/// At the start of the line and at its end.
const SECRETS: [&str; 2] = [
    " database.url=postgres://shop:hv7-Lw2qp@db.example/shop ",
    " database.url=postgres://shop:Kw9-zT4rm@db.example/shop ",
];

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Words without a newline, no two of the same number.
fn words() -> Vec<u8> {
    let mut text = Vec::with_capacity(PART_BYTES + 64);
    let mut number = 0_u32;
    while text.len() < PART_BYTES {
        let noise = number.wrapping_mul(0x9e37_79b9);
        write!(text, "the quick brown fox jumps over {noise:08x} lazy dogs and goes on; ").unwrap();
        number += 1;
    }
    text.truncate(PART_BYTES);
    text
}

/// Writes a layer with one file of one line into `blob`, one gzip member a part, so that it is
/// never here as a whole. There is a secret at both ends of the line.
fn write_line(blob: &Path) {
    let mut header = TarHeader::new("srv/line.txt", b'0');
    header.size_bytes = LINE_BYTES;
    let [first, last] = SECRETS;
    let first = [header.to_block().as_slice(), first.as_bytes()].concat();
    let part = words();
    let n_parts = LINE_BYTES / PART_BYTES as u64 - 1;
    let n_left = LINE_BYTES - n_parts * PART_BYTES as u64 - 2 * last.len() as u64;
    let rest = &part[..usize::try_from(n_left).unwrap()];
    let last = [rest, last.as_bytes(), &[0; 2 * BLOCK_BYTES]].concat();
    let mut out = io::BufWriter::new(fs_err::File::create(blob).unwrap());
    out.write_all(&gzip(&first)).unwrap();
    let packed = gzip(&part);
    for _ in 0..n_parts {
        out.write_all(&packed).unwrap();
    }
    out.write_all(&gzip(&last)).unwrap();
    out.flush().unwrap();
}

/// An OCI layout whose one layer is the file at `blob`.
fn layout(directory: &Path, blob: &Path) {
    let open = || fs_err::File::open(blob).unwrap();
    let mut hash = Sha256::default();
    let mut buffer = vec![0; 1 << 20];
    let mut file = open();
    loop {
        match io::Read::read(&mut file, &mut buffer).unwrap() {
            0 => break,
            n => hash.update(&buffer[..n]),
        }
    }
    let digest = hash.finish();
    let unpacked = BlobReader::new(Box::new(open()), BlobExpectation::default()).unwrap();
    let diff_id = unpacked.finish().unwrap().diff_id;
    let image = one_layer(LayerBuilder::new().finish());
    let mut bundle = Bundle::default();
    let mut add = |bytes: &[u8], media_type: &str| {
        let blob = sekisho_testkit::Blob::new(bytes.to_vec(), media_type);
        bundle.add(Bundle::blob_path(&blob.digest), &blob.bytes);
        blob.descriptor()
    };
    let mut config: serde_json::Value = serde_json::from_slice(&image.config.bytes).unwrap();
    config["rootfs"]["diff_ids"][0] = diff_id.to_string().into();
    let config = add(config.to_string().as_bytes(), &image.config.media_type);
    let mut manifest: serde_json::Value = serde_json::from_slice(&image.manifest.bytes).unwrap();
    manifest["config"] = config;
    manifest["layers"][0]["digest"] = digest.to_string().into();
    manifest["layers"][0]["size"] = fs_err::metadata(blob).unwrap().len().into();
    let manifest = add(manifest.to_string().as_bytes(), &image.manifest.media_type);
    let index = json!({"schemaVersion": 2, "manifests": [manifest]});
    bundle.add("index.json", index.to_string());
    bundle.add("oci-layout", r#"{"imageLayoutVersion": "1.0.0"}"#);
    bundle.write_to(directory).unwrap();
    fs_err::rename(blob, directory.join(Bundle::blob_path(&digest))).unwrap();
}

#[test]
fn a_line_of_two_gigabytes_is_searched_to_its_end() {
    let directory = tempfile::tempdir().unwrap();
    let blob = directory.path().join("blob");
    write_line(&blob);
    layout(directory.path(), &blob);
    let run = judge(&format!("oci-dir:{}", directory.path().display()));
    let report = run.report();
    let findings = report["findings"].as_array().unwrap().iter();
    let found: Vec<_> = findings
        .filter(|finding| finding["kind"] == "secret")
        .map(|finding| (&finding["location"]["path"], finding["location"]["line"].as_u64()))
        .collect();
    assert_eq!(found, [(&json!("srv/line.txt"), Some(1)); 2], "{report}");
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert_peak_memory(200);
}

#[test]
fn a_history_of_a_hundred_thousand_steps_is_read_to_a_limit() {
    let mut builder = ImageBuilder::new();
    builder.layer(LayerBuilder::new().file("srv/a", "b").finish(), "COPY a /srv/a");
    for number in 0..100_000 {
        builder.empty_step(&format!("RUN make step-{number}"));
    }
    let image = builder.build();
    drop(builder);
    let start = Instant::now();
    let run = judge_image(&image);
    assert!(start.elapsed() < Duration::from_mins(1), "{:?}", start.elapsed());
    assert!(matches!(run.code, 1 | 3), "exit {}: {}", run.code, run.stderr);
    run.report();
    assert_peak_memory(500);
}

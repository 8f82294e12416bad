//! Images to be scanned in several places, and what is seen there.

use std::sync::Arc;

use sekisho_engine::Config as Engines;
use sekisho_scan::{Config, Progress, ScanError, scan};
use sekisho_testkit::{
    BlobCompression, Bundle, Image, ImageBuilder, LayerBuilder, LongNames, demo,
};
use serde_json::Value;

/// Images that engines unpack in different ways, by name.
pub(crate) fn images() -> Vec<(&'static str, Image)> {
    vec![("example.org/shop:1.4.2", demo::image()), ("odd:1", odd())]
}

/// What is allowed in a layer and seldom there.
fn odd() -> Image {
    let long = format!("opt/{}file", "long/".repeat(40));
    let mut bottom = LayerBuilder::new();
    bottom
        .with_parents()
        .file("etc/os-release", "ID=debian\nVERSION_ID=\"12\"\n")
        .file("usr/lib/node_modules/a/package.json", r#"{"name": "a", "version": "1.0.0"}"#)
        .hard_link("usr/lib/node_modules/b/package.json", "usr/lib/node_modules/a/package.json")
        .file("usr/lib/node_modules/c/package.json", r#"{"name": "c", "version": "3.0.0"}"#)
        .file("usr/lib/node_modules/d/package.json", r#"{"name": "d", "version": "4.0.0"}"#)
        .file("store/1", r#"{"name": "e", "version": "5.0.0"}"#)
        .hard_link("usr/lib/node_modules/e/package.json", "store/1")
        .executable("usr/bin/run", "#!/bin/sh\necho\n")
        .file("empty", "")
        .file("large", vec![42; 3_000_000])
        .file(&long, "deep")
        .long_names(LongNames::Gnu)
        .file(format!("{long}-gnu"), "deep")
        .file(b"opt/\xff\xfe", "not UTF-8")
        .symlink("lib", "usr/lib")
        .symlink("out", "/etc/passwd")
        .fifo("pipe");
    let mut top = LayerBuilder::new();
    top.with_parents()
        .whiteout("usr/lib/node_modules/c")
        .directory("opt")
        .opaque("opt")
        .file("opt/new", "new");
    let mut image = ImageBuilder::new();
    image
        .compression(BlobCompression::Plain)
        .layer(bottom.finish(), "COPY bottom /")
        .layer(top.finish(), "COPY top /");
    image.build()
}

/// What `docker save` wrote before version 25.
pub(crate) fn archive(name: &str, image: &Image) -> Vec<u8> {
    Bundle::docker_old(&[(name, image)]).to_tar("")
}

/// The report on a target, as it is written.
pub(crate) fn report(target: &str, engines: &Engines) -> Result<Value, ScanError> {
    let config = Config { engines: engines.clone(), ..Config::default() };
    let report = scan(&target.parse().unwrap(), &config, &Arc::new(Progress::default()))?;
    Ok(serde_json::to_value(report).unwrap())
}

/// The report on the archive of an image, as if it had been read elsewhere.
pub(crate) fn expected(archive: &[u8], source: &str, name: &str) -> Value {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs_err::write(file.path(), archive).unwrap();
    let target = format!("docker-archive:{}", file.path().display());
    let mut report = report(&target, &Engines::default()).unwrap();
    report["subject"]["source"] = source.into();
    report["subject"]["name"] = name.into();
    report
}

/// Compares reports, and shows where they differ.
pub(crate) fn assert_same(actual: &Value, expected: &Value) {
    let text = |value| serde_json::to_string_pretty(value).unwrap();
    let (actual, expected) = (text(actual), text(expected));
    let differing = actual.lines().zip(expected.lines()).find(|(a, b)| a != b);
    assert!(actual == expected, "the reports differ: {differing:?}");
}

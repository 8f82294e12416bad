//! What the fuzz targets have in common. `cargo xtask fuzz` runs them.
//!
//! A target fails by a panic, by an input that takes more than ten seconds, and by memory
//! beyond what `cargo xtask fuzz` allows; whatever a parser returns is right.

mod database;

pub use database::database;

use std::{fs, path::PathBuf, sync::LazyLock};

use sekisho_advisory::{Feed, read_feed};
use sekisho_archive::Spool;
use sekisho_catalog::{Cataloged, Cataloger, File, Selection};
use sekisho_sbom::vex::{Vex, VexContext, VexImage, VexSet, read_attestation};
use sekisho_testkit::{LayerBuilder, ZipBuilder};
use sekisho_types::{
    Confidence, ImagePath, Severity,
    report::{Finding, FindingKind, FindingPackage},
};

static SELECTION: LazyLock<Selection> = LazyLock::new(|| Selection::new(true));

/// Makes a fuzz target of the catalogers that want the paths: each input is read at each path.
#[macro_export]
macro_rules! fuzz_files {
    ($($path:literal),+ $(,)?) => {
        ::libfuzzer_sys::fuzz_target!(|data: &[u8]| {
            $($crate::catalog_file($path, data);)+
        });
    };
}

/// Makes one fuzz target of many small formats: the first byte of the input chooses the path.
#[macro_export]
macro_rules! fuzz_one_of {
    ($($path:literal),+ $(,)?) => {
        ::libfuzzer_sys::fuzz_target!(|data: &[u8]| {
            const PATHS: &[&str] = &[$($path),+];
            if let Some((choice, data)) = data.split_first()
                && let Some(path) = PATHS.get(usize::from(*choice))
            {
                $crate::catalog_file(path, data);
            }
        });
    };
}

/// Has every cataloger that wants `path` read `data`.
pub fn catalog_file(path: &str, data: &[u8]) {
    let path = ImagePath::parse(path.as_bytes()).expect("the target names a path in an image");
    let catalogers = SELECTION.for_path(&path);
    assert!(!catalogers.is_empty(), "no cataloger wants {path}");
    for cataloger in catalogers {
        catalog(cataloger, &path, data);
    }
}

/// Has every cataloger of ELF files read `data`.
pub fn catalog_elf(data: &[u8]) {
    let path = ImagePath::parse(b"usr/bin/program").expect("a path in an image");
    for cataloger in SELECTION.for_elf() {
        catalog(cataloger, &path, data);
    }
}

fn catalog(cataloger: &Cataloger, path: &ImagePath, data: &[u8]) {
    let mut content = Spool::from_bytes(data.to_vec());
    let mut out = Cataloged::default();
    drop((cataloger.parse)(&mut File { path, content: &mut content }, &mut out));
}

/// Reads `data` as a document about vulnerabilities, and asks it about a finding.
pub fn vex(data: &[u8]) {
    drop(read_attestation(data, &[]));
    let Ok(vex) = Vex::read(data) else { return };
    let name = vex.statements.first().and_then(|it| it.vulnerabilities.first()).cloned();
    let mut set = VexSet::default();
    set.add("input", vex);
    let image = VexImage::default();
    let context = VexContext { image: &image, os: None, packages: &[] };
    set.apply(&context, &mut [finding(name.unwrap_or_default())]);
}

fn finding(check: String) -> Finding {
    Finding {
        id: String::new(),
        kind: FindingKind::Vulnerability,
        check,
        aliases: Vec::new(),
        severity: Severity::High,
        confidence: Confidence::High,
        title: String::new(),
        message: String::new(),
        remediation: String::new(),
        references: Vec::new(),
        package: Some(FindingPackage {
            name: "c".to_owned(),
            version: "1".to_owned(),
            purl: "pkg:npm/%40b/c@1".to_owned(),
            fixed_version: None,
        }),
        vulnerability: None,
        location: None,
        suppressed: None,
        origin: None,
        japanese: None,
    }
}

/// A folder of this process, in memory where the system has such a place.
fn folder() -> PathBuf {
    let memory = PathBuf::from("/dev/shm");
    let base = if memory.is_dir() { memory } else { std::env::temp_dir() };
    base.join(format!("sekisho-fuzz-{}", std::process::id()))
}

/// A directory of feeds of this process. It holds the archive of Red Hat, beside which documents lie.
static FEEDS: LazyLock<PathBuf> = LazyLock::new(|| {
    let root = folder();
    write_feed(
        &root.join("redhat/csaf_vex.tar.zst"),
        &LayerBuilder::new().file("a.json", "{}").finish().tar,
    );
    root
});

/// Has the reader of the feed `name` read `data` as the file at `path` of the layout.
pub fn feed(name: &str, path: &str, data: &[u8]) {
    write_feed(&FEEDS.join(path), data);
    let feed = Feed::find(name).expect("the target names a feed");
    let mut n_skipped = 0;
    let summary = read_feed(feed, &FEEDS, &mut |item| {
        n_skipped += u64::from(matches!(item, sekisho_advisory::Item::Skipped(_)));
    });
    if let Ok(summary) = summary {
        assert_eq!(summary.records, summary.imported + summary.skipped);
        assert!(n_skipped >= summary.skipped, "a record was left out without a word");
    }
}

/// Has the reader of OSV read `data` as the one record of an archive.
pub fn feed_osv(data: &[u8]) {
    feed("osv/npm", "osv/npm/all.zip", &ZipBuilder::new().stored("a.json", data).finish());
}

fn write_feed(path: &std::path::Path, data: &[u8]) {
    fs::create_dir_all(path.parent().expect("a file in a folder")).expect("a folder");
    fs::write(path, data).expect("a file");
}

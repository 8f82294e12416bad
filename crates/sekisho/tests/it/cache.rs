//! What is kept between runs, and that nothing depends on it.

use std::path::Path;

use sekisho_testkit::{BlobCompression, Bundle, ImageBuilder, LayerBuilder};

use crate::{
    program::{file, scan, scan_stdin},
    sample::{image, one_layer},
};

fn size_bytes(directory: &Path) -> u64 {
    files(directory).iter().map(|path| fs_err::metadata(path).unwrap().len()).sum()
}

fn files(directory: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    let mut todo = vec![directory.to_owned()];
    while let Some(directory) = todo.pop() {
        let Ok(entries) = fs_err::read_dir(directory) else { continue };
        for entry in entries {
            let path = entry.unwrap().path();
            if path.is_dir() { todo.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}

/// An archive with the sample image, and an empty cache beside it.
struct Fixture {
    directory: tempfile::TempDir,
    target: String,
    cache: String,
}

fn fixture() -> Fixture {
    let tar = Bundle::docker(&[("app:1", &image(BlobCompression::Gzip))]).to_tar("");
    let (directory, path) = file("image.tar", &tar);
    let cache = directory.path().join("cache").display().to_string();
    Fixture { target: path.display().to_string(), cache, directory }
}

#[test]
fn a_second_run_answers_from_the_cache_alone() {
    let Fixture { directory, target, cache } = fixture();
    let args = ["--cache-dir", &cache, &target];
    let first = scan(&args);
    assert_eq!(first.code, 0, "{}", first.stderr);
    // The layers are not read again: they can be damaged without anyone noticing.
    let mut tar = fs_err::read(directory.path().join("image.tar")).unwrap();
    let layer = image(BlobCompression::Gzip).layers[1].blob.bytes.clone();
    let at = tar.windows(layer.len()).position(|part| part == layer).unwrap();
    tar[at + layer.len() / 2] ^= 0xff;
    fs_err::write(directory.path().join("image.tar"), tar).unwrap();
    let second = scan(&args);
    assert_eq!((second.code, &second.stdout), (0, &first.stdout), "{}", second.stderr);
    let uncached = scan(&["--no-cache", &target]);
    assert!(uncached.error().contains("layer 2 of 3"), "{}", uncached.stderr);
}

#[test]
fn layers_are_known_again_in_another_image() {
    let Fixture { directory: _directory, target, cache } = fixture();
    assert_eq!(scan(&["--cache-dir", &cache, &target]).code, 0);
    let n_before = files(cache.as_ref()).len();
    let base = one_layer(crate::sample::base());
    let (_base_directory, path) = file("base.tar", &Bundle::docker(&[("b:1", &base)]).to_tar(""));
    let path = path.to_str().unwrap();
    let cached = scan(&["--cache-dir", &cache, path]);
    assert_eq!(cached.stdout, scan(&["--no-cache", path]).stdout);
    // Only the inventory of the other image is new.
    assert_eq!(files(cache.as_ref()).len(), n_before + 1);
}

#[test]
fn processes_side_by_side_share_a_cache() {
    let Fixture { directory: _directory, target, cache } = fixture();
    let expected = scan(&["--no-cache", &target]).stdout;
    std::thread::scope(|scope| {
        let runs: Vec<_> =
            (0..6).map(|_| scope.spawn(|| scan(&["--cache-dir", &cache, &target]))).collect();
        for run in runs {
            let run = run.join().unwrap();
            assert_eq!((run.code, run.stderr.as_str()), (0, ""));
            assert_eq!(run.stdout, expected);
        }
    });
    let names = files(cache.as_ref());
    let leftovers = names.iter().filter(|path| path.file_name().unwrap().len() != 64).count();
    assert_eq!(leftovers, 0, "{names:?}");
}

#[test]
fn damaged_entries_are_read_anew() {
    let Fixture { directory: _directory, target, cache } = fixture();
    let args = ["--cache-dir", &cache, &target];
    let expected = scan(&args).stdout;
    for damage in [&b""[..], b"\x08\0\0\0\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff", &[0xff; 5000]] {
        for path in files(cache.as_ref()) {
            fs_err::write(path, damage).unwrap();
        }
        let run = scan(&args);
        assert_eq!((run.code, &run.stdout), (0, &expected), "{}", run.stderr);
    }
}

#[test]
fn flipped_bits_in_the_cache_change_no_report() {
    let Fixture { directory: _directory, target, cache } = fixture();
    let args = ["--cache-dir", &cache, &target];
    let expected = scan(&args).stdout;
    for path in files(cache.as_ref()) {
        let mut bytes = fs_err::read(&path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs_err::write(path, bytes).unwrap();
    }
    let run = scan(&args);
    assert_eq!((run.code, &run.stdout), (0, &expected), "{}", run.stderr);
}

#[test]
fn the_cache_keeps_to_its_size() {
    let Fixture { directory: _directory, target, cache } = fixture();
    assert_eq!(scan(&["--cache-dir", &cache, &target]).code, 0);
    let unbounded = size_bytes(cache.as_ref());
    assert!(unbounded > 2048, "{unbounded}");
    let run = scan(&["--cache-dir", &cache, "--cache-size", "2KiB", &target]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let (_directory, path) =
        file("base.tar", &Bundle::docker(&[("b:1", &one_layer(crate::sample::base()))]).to_tar(""));
    let run = scan(&["--cache-dir", &cache, "--cache-size", "2KiB", path.to_str().unwrap()]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let bounded = size_bytes(cache.as_ref());
    assert!(bounded <= 2048, "{bounded} bytes of 2 KiB");
}

#[test]
fn no_cache_means_that_nothing_is_written() {
    let Fixture { directory, target, cache: _ } = fixture();
    let home = directory.path().join("home");
    fs_err::create_dir(&home).unwrap();
    assert_eq!(scan(&["--no-cache", &target]).code, 0);
    assert_eq!(files(directory.path()).len(), 1, "{:?}", files(directory.path()));
    let run = scan(&["--no-cache", "--cache-dir", "x", &target]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("cannot be used with"), "{}", run.stderr);
}

#[test]
fn a_cache_that_cannot_be_made_is_an_error_where_it_was_asked_for() {
    let Fixture { directory: _directory, target, cache: _ } = fixture();
    let run = scan(&["--cache-dir", "/proc/no", &target]);
    assert!(run.error().contains("/proc/no"), "{}", run.stderr);
}

#[test]
fn what_could_be_read_only_once_is_not_kept() {
    let mut layer = LayerBuilder::new();
    layer
        .with_parents()
        .file("store/1", r#"{"name": "a", "version": "1.0.0"}"#)
        .hard_link("usr/lib/node_modules/a/package.json", "store/1");
    let image = ImageBuilder::new().layer(layer.finish(), "COPY").build();
    let tar = Bundle::docker(&[("app:1", &image)]).to_tar("");
    let (directory, path) = file("image.tar", &tar);
    let cache = directory.path().join("cache").display().to_string();
    let piped = scan_stdin(tar, &["--cache-dir", &cache, "-"]).report();
    let reason = "a hard link in an archive that can be read only once";
    assert_eq!(piped["unknowns"][0]["reason"], reason);
    let found = scan(&["--cache-dir", &cache, &path.display().to_string()]).report();
    assert_eq!(found["unknowns"].as_array().map(Vec::len), Some(0));
    assert_eq!(found["packages"][0]["name"], "a");
}

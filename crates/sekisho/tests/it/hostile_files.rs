//! Files inside an image that were made to harm whoever parses them.

use sekisho_testkit::LayerBuilder;

use crate::{
    program::{Run, assert_peak_memory, packages, scan_image, unknowns},
    sample::one_layer,
};

/// Every path at which something of a known format is expected.
const PATHS: &[&str] = &[
    "etc/os-release",
    "lib/apk/db/installed",
    "opt/app/app.jar",
    "opt/app/App.deps.json",
    "opt/bin/program",
    "srv/node_modules/a/package.json",
    "srv/vendor/composer/installed.json",
    "usr/lib/python3/dist-packages/a-1.0.dist-info/METADATA",
    "usr/lib/python3/dist-packages/b.egg-info/PKG-INFO",
    "usr/lib/sysimage/rpm/Packages",
    "usr/share/gems/specifications/a-1.0.gemspec",
    "var/lib/dpkg/status",
    "var/lib/dpkg/status.d/a",
    "var/lib/dpkg/info/a.list",
    "var/lib/pacman/local/a-1/desc",
    "var/lib/rpm/Packages",
    "var/lib/rpm/Packages.db",
    "var/lib/rpm/rpmdb.sqlite",
    "var/lib/rpmmanifest/container-manifest-2",
];

/// The starts of formats, so that readers go further than the magic.
const STARTS: &[&[u8]] = &[
    b"",
    b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\x3e\0\x01\0\0\0",
    b"PK\x03\x04",
    b"SQLite format 3\0\x10\0\x01\x01\0\x40\x20\x20",
    b"RpmP",
    b"\0\0\0\0\0\0\0\0\0\0\0\0\x61\x15\x06\0\x09\0\0\0\0\x10\0\0",
    b"Package: a\nVersion: 1\n",
    b"P:a\nV:1\n",
    b"{\"name\": \"a\", \"version\": ",
    b"#!/",
];

fn scan_file(path: &str, content: &[u8]) -> Run {
    let mut layer = LayerBuilder::new();
    layer.executable(path, content);
    let run = scan_image(&one_layer(layer.finish()));
    assert!(matches!(run.code, 0 | 3), "{path}, exit {}: {}", run.code, run.stderr);
    assert!(!run.stderr.contains("panicked"), "{path}: {}", run.stderr);
    run
}

#[test]
fn garbage_is_unknown_or_nothing_whatever_it_claims_to_be() {
    // A xorshift generator: the same garbage each time.
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut garbage = Vec::new();
    for _ in 0..8192 {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        garbage.extend_from_slice(&state.to_le_bytes());
    }
    let (ones, zeros) = (vec![0xff; 65_000], vec![0; 65_000]);
    let mut layer = LayerBuilder::new();
    for (number, start) in STARTS.iter().enumerate() {
        for path in PATHS {
            for (length, filler) in [
                (0, &garbage[..]),
                (200, &garbage),
                (65_000, &garbage),
                (65_000, &ones),
                (65_000, &zeros),
            ] {
                let content = [start, &filler[..length]].concat();
                layer.executable(format!("{number}/{path}"), &content);
                layer.executable(path, &content);
            }
        }
        let run = scan_image(&one_layer(layer.finish()));
        assert!(matches!(run.code, 0 | 3), "exit {}: {}", run.code, run.stderr);
        run.report();
    }
    assert_peak_memory(150);
}

#[test]
fn a_garbage_package_database_is_a_named_unknown() {
    for path in PATHS.iter().filter(|path| {
        path.contains("rpm/") || path.contains("apk/db") || path.ends_with("dpkg/status")
    }) {
        let run = scan_file(path, &[0xfe; 9000]);
        let report = run.report();
        assert_eq!(run.code, 3, "{path} gave {}", run.stdout);
        assert!(unknowns(&report).iter().any(|line| line.starts_with(path)), "{path}: {report}");
        assert_eq!(packages(&report), [""; 0], "{path}");
    }
}

#[test]
fn a_database_of_endless_lines_is_bounded() {
    let line = "x".repeat(20 << 20);
    for text in [
        format!("Package: {line}\nStatus: install ok installed\nVersion: 1\n\n"),
        format!("Package: a\nVersion: 1\nStatus: install ok installed\nDescription: {line}\n\n"),
        line,
    ] {
        for path in ["var/lib/dpkg/status", "lib/apk/db/installed"] {
            scan_file(path, text.as_bytes());
        }
    }
    assert_peak_memory(400);
}

#[test]
fn a_status_of_very_many_packages_is_bounded() {
    use std::fmt::Write as _;
    let mut status = String::new();
    for number in 0..201_000 {
        write!(status, "Package: p{number}\nStatus: install ok installed\nVersion: 1\n\n").unwrap();
    }
    let run = scan_file("var/lib/dpkg/status", status.as_bytes());
    let report = run.report();
    assert_eq!(run.code, 3);
    assert!(unknowns(&report)[0].contains("200000"), "{:?}", unknowns(&report));
}

#[test]
fn text_of_strangers_cannot_steer_a_terminal() {
    let run = scan_file(
        "srv/node_modules/a/package.json",
        b"{\"name\": \"\\u001b[2J\\u202e\", \"version\": \"1\\u0007\"}",
    );
    assert!(!run.stdout.contains('\u{1b}') && !run.stderr.contains('\u{1b}'));
    let mut layer = LayerBuilder::new();
    layer.file(b"srv/\x1b[2J/node_modules/a/package.json", "broken");
    let run = scan_image(&one_layer(layer.finish()));
    assert!(!run.stdout.contains('\u{1b}') && !run.stderr.contains('\u{1b}'));
}

#[test]
fn json_a_thousand_deep_is_unknown() {
    let deep = "{\"a\":".repeat(1000) + "1" + &"}".repeat(1000);
    let endless = "[".repeat(10 << 20);
    for path in PATHS.iter().filter(|path| path.contains(".json")) {
        for text in [&deep, &endless] {
            scan_file(path, text.as_bytes());
        }
    }
    let run = scan_file("srv/node_modules/a/package.json", endless.as_bytes());
    assert_eq!(run.code, 3, "{}", run.stdout);
    assert_peak_memory(150);
}

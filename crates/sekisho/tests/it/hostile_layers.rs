//! Layers that were made to harm the reader, or to show it another image than they unpack to.

use sekisho_testkit::{
    Attributes, BLOCK_BYTES, Elf, Layer, LayerBuilder, LongNames, SparseFormat, TarHeader,
    packages::{dpkg_status, install_distroless},
};

use crate::{
    program::{Run, assert_peak_memory, executables, packages, scan_image, unknowns},
    sample::{deb, one_layer},
};

/// A package that is there if the layer was read to its end.
fn end(layer: &mut LayerBuilder) -> Layer {
    install_distroless(layer, &deb("end", "1.0.0", &[]));
    layer.finish()
}

/// Scans a layer that ends with [`end`], and must be read to there.
fn scan_to_end(layer: &mut LayerBuilder) -> Run {
    let run = scan_image(&one_layer(end(layer)));
    assert!(matches!(run.code, 0 | 3), "exit {}: {}", run.code, run.stderr);
    let found = packages(&run.report());
    assert!(found.contains(&"deb end 1.0.0".to_owned()), "{found:?}");
    run
}

/// The message of a scan of a layer that cannot be read.
fn refused(layer: Layer) -> String {
    let run = scan_image(&one_layer(layer));
    let message = run.error();
    assert!(message.contains("layer 1 of 1"), "{message}");
    message.to_owned()
}

#[test]
fn names_that_leave_the_image_are_unknown_and_stay_inside() {
    let program = Elf::default().to_bytes();
    let mut layer = LayerBuilder::new();
    layer
        .executable("../../bin/outside", &program)
        .executable("a/../../bin/outside", &program)
        .file("nul\0byte", "")
        .hard_link("srv/passwd", "../../../etc/passwd")
        .symlink("srv/host", "/../../../etc")
        .executable("srv/host/inside", &program);
    let run = scan_to_end(&mut layer);
    assert_eq!(run.code, 3);
    let report = run.report();
    assert_eq!(executables(&report), ["etc/inside"]);
    insta::assert_snapshot!(unknowns(&report).join("\n"), @r#"
    bin/outside: the path "../../bin/outside" leaves the root of the image
    bin/outside: the path "a/../../bin/outside" leaves the root of the image
    srv/passwd: the path "../../../etc/passwd" leaves the root of the image
    "#);
}

#[test]
fn absolute_names_and_links_stay_in_the_image() {
    let mut layer = LayerBuilder::new();
    layer
        .executable("/srv/program", Elf::default().to_bytes())
        .symlink("etc/os-release", "/proc/self/environ")
        .symlink("usr/lib/os-release", "/etc/os-release");
    let run = scan_to_end(&mut layer);
    assert_eq!(run.code, 0, "{}", run.stdout);
    let report = run.report();
    assert_eq!(executables(&report), ["srv/program"]);
    assert!(report["subject"]["os"].is_null(), "the host's files were read");
}

#[test]
fn devices_and_pipes_are_never_read() {
    let mut layer = LayerBuilder::new();
    layer
        .char_device("var/lib/dpkg/status", 1, 5)
        .block_device("lib/apk/db/installed", 8, 0)
        .fifo("var/lib/rpm/Packages")
        .char_device("usr/bin/program", 0, 0);
    assert_eq!(scan_to_end(&mut layer).code, 0);
}

#[test]
fn names_that_are_no_text_are_kept_apart() {
    let mut layer = LayerBuilder::new();
    for byte in [0x80, 0xff, 0x1b, b'\n'] {
        let path = [b"srv/".as_slice(), &[byte], b"/program"].concat();
        layer.executable(path, Elf::default().to_bytes());
    }
    layer.executable(b"srv/\xff\xfe/broken", b"\x7fELF and nothing else");
    let run = scan_to_end(&mut layer);
    let report = run.report();
    assert_eq!((run.code, executables(&report).len()), (3, 4), "{}", run.stdout);
    assert!(unknowns(&report)[0].contains("/broken: executable"), "{:?}", unknowns(&report));
}

#[test]
fn directories_a_thousand_deep_are_read() {
    let mut layer = LayerBuilder::new();
    let deep = "d/".repeat(1000);
    layer
        .executable(format!("{deep}pax"), Elf::default().to_bytes())
        .long_names(LongNames::Gnu)
        .executable(format!("{deep}gnu"), Elf::default().to_bytes())
        .file("x/".repeat(100_000), "far beyond PATH_MAX");
    let run = scan_to_end(&mut layer);
    let report = run.report();
    assert_eq!(executables(&report), [format!("{deep}gnu"), format!("{deep}pax")]);
    let unknowns = unknowns(&report);
    assert!(unknowns.len() == 1 && unknowns[0].contains("longer than"), "{unknowns:?}");
}

#[test]
fn circles_of_links_end() {
    let mut layer = LayerBuilder::new();
    layer.symlink("a", "b").symlink("b", "a").symlink("self", "self").symlink("up", "..");
    layer.symlink("etc/os-release", "os-release").file("a/below/a/circle", "");
    for number in 0..1000 {
        layer.symlink(format!("chain/{number}"), format!("{}", number + 1));
    }
    layer.symlink("srv/x", "x/x/x").file("srv/x/deep", "");
    let run = scan_to_end(&mut layer);
    let unknowns = unknowns(&run.report());
    assert!(unknowns.iter().all(|line| line.contains("circle of links")), "{unknowns:?}");
    assert!(!unknowns.is_empty());
}

#[test]
fn links_that_grow_when_followed_end() {
    let mut layer = LayerBuilder::new();
    // Each name stands for ten of the one before: 10^30 parts when all are followed.
    for number in 1..30 {
        layer.symlink(format!("l{number}"), format!("l{}/", number - 1).repeat(10));
    }
    layer.symlink("l0", ".").file("l29/file", "");
    layer.symlink("etc/os-release", "../l29/x");
    scan_to_end(&mut layer);
    assert_peak_memory(120);
}

#[test]
fn hard_links_lead_to_the_content_of_their_layer() {
    let mut layer = LayerBuilder::new();
    layer
        .file("store/1", dpkg_status(&[deb("linked", "1.0.0", &[])]))
        .hard_link("store/2", "store/1")
        .hard_link("var/lib/dpkg/status", "store/2")
        .executable("usr/bin/one", Elf::default().to_bytes())
        .hard_link("usr/bin/two", "usr/bin/one")
        .hard_link("usr/bin/none", "not/there");
    let run = scan_to_end(&mut layer);
    let report = run.report();
    assert_eq!(packages(&report), ["deb end 1.0.0", "deb linked 1.0.0"]);
    assert_eq!(executables(&report), ["usr/bin/one", "usr/bin/two"]);
    insta::assert_snapshot!(unknowns(&report).join("\n"), @r#"usr/bin/none: a hard link to "not/there", which the layer does not hold"#);
}

#[test]
fn hard_links_to_many_large_files_cost_the_memory_of_one() {
    let status = dpkg_status(&[deb("linked", "1.0.0", &[])]);
    let mut layer = LayerBuilder::new();
    for number in 0..20 {
        // 60 MB each, which a layer holds in a few blocks.
        let path = format!("store/{number}");
        layer.sparse(&path, SparseFormat::Pax10, 60 << 20, &[(0, status.as_bytes())]);
        layer.hard_link(format!("var/lib/dpkg/status.d/{number}"), path);
    }
    let run = scan_to_end(&mut layer);
    let unknowns = unknowns(&run.report());
    assert_eq!(run.code, 3);
    assert!(unknowns.iter().any(|line| line.contains("lead to more than")), "{unknowns:?}");
    assert_peak_memory(400);
}

#[test]
fn a_file_with_very_many_names_is_not_read_for_each() {
    let status = dpkg_status(&[deb("linked", "1.0.0", &[])]);
    let mut layer = LayerBuilder::new();
    layer.sparse("store", SparseFormat::Pax10, 8 << 20, &[(0, status.as_bytes())]);
    for number in 0..10_000 {
        layer.hard_link(format!("var/lib/dpkg/status.d/{number}"), "store");
    }
    let unknowns = unknowns(&scan_to_end(&mut layer).report());
    assert!(unknowns.iter().any(|line| line.contains("lead to more than")), "{unknowns:?}");
}

#[test]
fn long_names_of_both_kinds_are_whole() {
    let mut layer = LayerBuilder::new();
    let long = format!("srv/{}", "long/".repeat(60));
    layer.executable(format!("{long}pax"), Elf::default().to_bytes());
    layer.long_names(LongNames::Gnu).executable(format!("{long}gnu"), Elf::default().to_bytes());
    let run = scan_to_end(&mut layer);
    assert_eq!(run.code, 0);
    assert_eq!(executables(&run.report()), [format!("{long}gnu"), format!("{long}pax")]);
}

#[test]
fn sparse_files_read_as_they_unpack() {
    let text = dpkg_status(&[deb("sparse", "1.0.0", &[])]);
    let (text, path) = (text.as_bytes(), "var/lib/dpkg/status");
    for format in [SparseFormat::OldGnu, SparseFormat::Pax01, SparseFormat::Pax10] {
        let mut layer = LayerBuilder::new();
        let size = text.len() as u64;
        layer.sparse(path, format, size, &[(0, text)]);
        let run = scan_to_end(&mut layer);
        assert_eq!(packages(&run.report()), ["deb end 1.0.0", "deb sparse 1.0.0"], "{format:?}");
        // A hole of a terabyte before the first byte.
        let mut layer = LayerBuilder::new();
        layer.sparse(path, format, 1 << 40, &[((1 << 40) - size, text)]);
        let run = scan_to_end(&mut layer);
        assert_eq!(run.code, 3);
    }
    assert_peak_memory(120);
}

#[test]
fn a_pax_size_speaks_for_the_content() {
    // GNU tar and Go take the size of the PAX header; a reader that took the block's would see
    // the hidden entry and not the package.
    let text = dpkg_status(&[deb("seen", "1.0.0", &[])]);
    let mut layer = LayerBuilder::new();
    layer.pax(&[(b"size", text.len().to_string().as_bytes())]);
    layer.raw(TarHeader::new("var/lib/dpkg/status", b'0').to_block());
    layer.content(text.as_bytes());
    let run = scan_to_end(&mut layer);
    assert_eq!(run.code, 0, "{}", run.stdout);
    assert_eq!(packages(&run.report()), ["deb end 1.0.0", "deb seen 1.0.0"]);
}

#[test]
fn lies_about_sizes_are_errors() {
    for size in ["9223372036854775807", "18446744073709551615", "1099511627776", "-1", "x"] {
        let mut layer = LayerBuilder::new();
        layer.pax(&[(b"size", size.as_bytes())]);
        layer.raw(TarHeader::new("a", b'0').to_block());
        refused(end(&mut layer));
    }
    let mut header = TarHeader::new("a", b'0');
    header.size_bytes = u64::MAX;
    refused(end(LayerBuilder::new().raw(header.to_block())));
    header.size_bytes = 1 << 45;
    refused(end(LayerBuilder::new().raw(header.to_block())));
    assert_peak_memory(120);
}

#[test]
fn huge_extended_headers_are_errors() {
    for type_flag in [b'x', b'g', b'L', b'K'] {
        let mut header = TarHeader::new("huge", type_flag);
        header.size_bytes = 2 << 20;
        header.is_gnu = true;
        let mut layer = LayerBuilder::new();
        layer.raw(header.to_block()).content(&vec![b'a'; 2 << 20]);
        let message = refused(end(&mut layer));
        assert!(message.contains("more than 1048576 bytes"), "{message}");
        // It claims more than there is.
        header.size_bytes = 1 << 40;
        refused(end(LayerBuilder::new().raw(header.to_block())));
    }
    assert_peak_memory(120);
}

#[test]
fn headers_that_repeat_for_ever_cost_no_memory() {
    let mut layer = LayerBuilder::new();
    for _ in 0..5000 {
        layer.pax(&[(b"comment", &[b'c'; 4000])]);
    }
    let run = scan_to_end(&mut layer);
    assert_eq!(run.code, 0);
}

#[test]
fn damage_in_the_middle_is_an_error_with_its_place() {
    let mut layer = LayerBuilder::new();
    layer.file("a", "b").raw([b'x'; BLOCK_BYTES]);
    let message = refused(end(&mut layer));
    assert!(message.contains("at byte 1024"), "{message}");
}

#[test]
fn a_later_entry_of_the_same_name_counts() {
    let mut layer = LayerBuilder::new();
    let status = |version: &str| dpkg_status(&[deb("a", version, &[])]);
    layer
        .file("var/lib/dpkg/status", status("1.0.0"))
        .file("./var//lib/dpkg/status", status("2.0.0"))
        .executable("gone/program", Elf::default().to_bytes())
        .file_with("gone", "no directory any more", &Attributes::mode(0o644));
    let run = scan_to_end(&mut layer);
    let report = run.report();
    assert_eq!(packages(&report), ["deb a 2.0.0", "deb end 1.0.0"]);
    assert_eq!(executables(&report), [""; 0]);
}

#[test]
fn the_largest_names_are_bounded_together() {
    let mut layer = LayerBuilder::new();
    let long = "n".repeat(200);
    // 30 MB of directories, each a name of its own.
    for number in 0..20_000 {
        layer.directory(format!("{number}/{long}/{long}"));
    }
    let run = scan_to_end(&mut layer);
    assert_eq!(run.code, 0);
    assert_peak_memory(250);
}

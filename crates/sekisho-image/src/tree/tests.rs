use std::fmt::Write as _;

use super::*;

fn entry(kind: EntryKind, name: &str, link: &str) -> Entry {
    Entry {
        name: name.as_bytes().to_vec(),
        kind,
        mode: 0o644,
        uid: 0,
        gid: 0,
        mtime: 0,
        size_bytes: name.len() as u64,
        link: link.as_bytes().to_vec(),
        device: (1, 3),
        capability: Vec::new(),
    }
}

/// The tree of entries given as `name`, `name/`, `name -> target` or `name = target`.
fn tree(lines: &[&str]) -> String {
    let mut builder = LayerTreeBuilder::default();
    let mut shown = String::new();
    for line in lines {
        let entry = if let Some((name, target)) = line.split_once(" -> ") {
            entry(EntryKind::Symlink, name, target)
        } else if let Some((name, target)) = line.split_once(" = ") {
            entry(EntryKind::HardLink, name, target)
        } else if line.ends_with('/') {
            entry(EntryKind::Directory, line, "")
        } else {
            entry(EntryKind::File, line, "")
        };
        if let Err(err) = builder.add(&entry) {
            writeln!(shown, "refused: {err}").unwrap();
        }
    }
    let (tree, _, dangling) = builder.finish();
    for (path, node) in tree.entries {
        writeln!(shown, "{path} {:?} {}", node.kind, node.size_bytes).unwrap();
    }
    for path in tree.whiteouts {
        writeln!(shown, "gone {path}").unwrap();
    }
    for path in tree.opaque {
        writeln!(shown, "opaque {path}").unwrap();
    }
    for link in tree.hard_links {
        writeln!(shown, "{} is {}", link.path, link.target).unwrap();
    }
    for link in dangling {
        writeln!(shown, "{} is a link to nothing", link.path).unwrap();
    }
    shown
}

#[test]
fn a_later_entry_replaces_an_earlier_one() {
    insta::assert_snapshot!(tree(&["a/", "a/b", "./a/b", "a-b", "c/", "c/d", "c"]), @r"
    a Directory 0
    a-b File 3
    a/b File 5
    c File 1
    ");
}

#[test]
fn an_entry_below_a_link_goes_where_the_link_points() {
    insta::assert_snapshot!(
        tree(&["lib -> usr/lib", "lib/libc.so", "x -> /lib/y", "x/z", "o -> o", "o/p"]),
        @r#"
    refused: "o" is a circle of links
    lib Symlink([117, 115, 114, 47, 108, 105, 98]) 0
    o Symlink([111]) 0
    usr/lib/libc.so File 11
    usr/lib/y/z File 3
    x Symlink([47, 108, 105, 98, 47, 121]) 0
    "#
    );
}

#[test]
fn whiteouts_are_no_files() {
    insta::assert_snapshot!(
        tree(&["a/.wh.b", "c/.wh..wh..opq", ".wh..wh.plnk", ".wh.", "a/.wh..."]),
        @r#"
    refused: a whiteout of nothing: ".wh."
    refused: a whiteout of nothing: "a/.wh..."
    gone a/b
    opaque c
    "#
    );
}

#[test]
fn a_hard_link_has_the_content_of_its_target() {
    insta::assert_snapshot!(tree(&["perl", "perl5 = perl", "p = ./perl5", "q = missing"]), @r"
    p File 4
    perl File 4
    perl5 File 4
    p is perl
    perl5 is perl
    q is a link to nothing
    ");
}

#[test]
fn a_path_out_of_the_image_is_refused() {
    insta::assert_snapshot!(
        tree(&["../etc/passwd", "h = ../../etc/shadow", "ok"]),
        @r#"
    refused: the path "../etc/passwd" leaves the root of the image
    refused: the path "../../etc/shadow" leaves the root of the image
    ok File 2
    "#
    );
}

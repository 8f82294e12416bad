//! Images that try to be asked about something else than themselves.

use sekisho_testkit::{ImageBuilder, LayerBuilder};

use super::Bench;

#[test]
fn every_answer_is_about_the_image() {
    let mut layer = LayerBuilder::new();
    layer.file("../../escaped", "outside\n").file("etc/hostname", "of the image\n");
    layer.symlink("opt/host", "/etc/hostname").symlink("opt/up", "../../../../etc/hostname");
    layer.symlink("opt/proc", "/proc/self/root/etc/hostname");
    layer.symlink("opt/loop", "loop").symlink("opt/a", "b").symlink("opt/b", "a");
    for depth in 0..50 {
        layer.symlink(format!("chain/{depth}"), format!("/chain/{}", depth + 1));
    }
    layer.file("chain/50", "end\n").symlink("etc/shadow", "/etc/shadow-of-the-host");
    layer.symlink("dir", "/").file("dir/through-a-link", "x\n");
    let image = ImageBuilder::new().layer(layer.finish(), "COPY").build();
    let bench = Bench::new(&image);
    let run = bench.results(
        "\
schemaVersion: 2.0.0
fileContentTests:
- {name: absolute link, path: /opt/host, expectedContents: [^of the image\\n$]}
- {name: link upwards, path: /opt/up, expectedContents: [^of the image\\n$]}
- {name: path upwards, path: /../../etc/hostname, expectedContents: [^of the image\\n$]}
- {name: link into proc, path: /opt/proc, excludedContents: [x]}
- {name: loop, path: /opt/loop, excludedContents: [x]}
- {name: circle, path: /opt/a, excludedContents: [x]}
- {name: long chain, path: /chain/0, expectedContents: [end]}
- {name: chain within bounds, path: /chain/20, expectedContents: [end]}
- {name: dangling, path: /etc/shadow, excludedContents: [x]}
- {name: below a link, path: /through-a-link, expectedContents: [x]}
fileExistenceTests:
- {name: entry outside, path: /escaped, shouldExist: false}
- {name: below a loop, path: /opt/loop/x, shouldExist: false}
- {name: nul, path: \"/etc/\\0hostname\", shouldExist: false}
",
        &[],
    );
    insta::assert_snapshot!(run.lines(), @"
    pass File Content Test: absolute link
    pass File Content Test: link upwards
    pass File Content Test: path upwards
    FAIL File Content Test: link into proc
      Failed to open /opt/proc. Error: File /opt/proc not found in image
    FAIL File Content Test: loop
      Failed to open /opt/loop. Error: the links of /opt/loop form a circle
    FAIL File Content Test: circle
      Failed to open /opt/a. Error: the links of /opt/a form a circle
    FAIL File Content Test: long chain
      Failed to open /chain/0. Error: the links of /chain/0 form a circle
    pass File Content Test: chain within bounds
    FAIL File Content Test: dangling
      Failed to open /etc/shadow. Error: File /etc/shadow not found in image
    pass File Content Test: below a link
    pass File Existence Test: entry outside
    pass File Existence Test: below a loop
    pass File Existence Test: nul
    ");
    assert!(!bench.path().parent().unwrap().join("escaped").exists());
}

#[test]
fn hostile_suites_are_mistakes() {
    let bench = Bench::new(&ImageBuilder::new().layer(LayerBuilder::new().finish(), "x").build());
    let deep = "[".repeat(10_000);
    for suite in [
        "\0",
        "a: &a [*a]",
        "schemaVersion: [2.0.0]",
        "schemaVersion: 2.0.0\n? {a: b}\n: c\n",
        "schemaVersion: !!binary AA==",
        deep.as_str(),
        "- 1\n",
        "",
    ] {
        let run = bench.results(suite, &[]);
        assert_eq!(run.code, 1, "{suite:?}");
        assert!(run.lines().contains("error parsing config file"), "{}", run.lines());
    }
}

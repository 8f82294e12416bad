//! Suites of container-structure-test: verdicts, formats, exit codes.

use super::{Bench, image};

#[test]
fn files_are_judged_on_the_layers() {
    let bench = Bench::new(&image());
    let run = bench.results(
        "\
schemaVersion: 2.0.0
globalEnvVars: [{key: SUB, value: $APP}]
fileExistenceTests:
- {name: owner, path: $SUB, uid: 1000, gid: 1001, permissions: drwxr-xr-x}
- {name: setuid, path: /opt/suid, permissions: urwxr-xr-x, isExecutableBy: any}
- {name: sticky, path: /tmp, permissions: dtrwxrwxrwx}
- {name: link, path: /opt/sibling, permissions: Lrwxrwxrwx}
- {name: hard link, path: /opt/hard, permissions: -rw-r--r--}
- {name: pipe, path: /opt/fifo}
- {name: device, path: /opt/null, permissions: Dcrw-r--r--}
- {name: parent that nobody listed, path: /usr, permissions: drwxr-xr-x, uid: 0}
- {name: root, path: /, permissions: drwxr-xr-x, uid: 0}
- {name: of Docker, path: /etc/hosts}
- {name: gone, path: /no/such, shouldExist: no}
- {name: octal, path: /etc/passwd, permissions: 0644}
- {name: nobody, path: /etc/passwd, isExecutableBy: me}
fileContentTests:
- {name: through a link of the same layer, path: /etc/os-release, expectedContents: [^ID=test$]}
- {name: through a link to another layer, path: /opt/absolute, expectedContents: ['ID=test\n$']}
- {name: through a directory, path: /opt/etc/passwd, excludedContents: ['(?m)^root:.*bash$']}
- {name: sibling, path: /opt/sibling, expectedContents: [content]}
- {name: hard, path: /opt/hard, expectedContents: [content]}
- {name: wrong, path: /opt/hard, expectedContents: ['a**'], excludedContents: [con]}
- {name: directory, path: /etc, excludedContents: [x]}
licenseTests:
- {debian: true}
- {files: [/usr/share/doc/good/copyright]}
",
        &[],
    );
    assert_eq!(run.code, 1);
    insta::assert_snapshot!(run.lines(), @"");
}

#[test]
fn metadata_is_judged_as_it_is_compared() {
    let bench = Bench::new(&image());
    let suite = "\
schemaVersion: 2.0.0
metadataTest:
  envVars: [{key: APP, value: '^/srv', isRegex: yes}, {key: EMPTY}, {key: NONE, value: x}]
  unboundEnvVars: [{key: PATH}]
  labels: [{key: team, value: shop}]
  entrypoint: [/bin/busybox]
  cmd: []
  exposedPorts: [80, 53/udp]
  workdir: /srv/app
  user: root
";
    let run = bench.results(suite, &[]);
    insta::assert_snapshot!(run.lines(), @"");
    let strict = bench.results(suite, &["--strict"]);
    assert!(!strict.lines().contains("53/udp"), "{}", strict.lines());
}

#[test]
fn mistakes_are_shown_on_their_lines() {
    let bench = Bench::new(&image());
    let suite = "\
schemaVersion: 2.0.0
fileExistanceTests: []
fileExistenceTests:
- name: a
  path: /etc
  isDirectory: true
  shouldExist: \"yes\"
metadataTest:
  env: []
";
    bench.write("suite.yaml", suite);
    let run = bench.run(&["image.tar", "-c", "suite.yaml"]);
    assert_eq!(run.code, 1);
    insta::assert_snapshot!(run.stderr, @"");
    insta::assert_snapshot!(run.stdout, @"");
}

#[test]
fn what_is_likely_not_meant_is_shown() {
    let bench = Bench::new(&image());
    bench.write(
        "suite.yaml",
        "\
schemaVersion: 2.0.0
fileExistenceTests:
- {name: a, path: /etc, permissions: '0755'}
- {name: b, path: /opt/suid, permissions: -rwsr-xr-x}
fileContentTests:
- {name: c, path: /etc/passwd, expectedContents: []}
- {name: d, path: /etc/passwd, expectedContents: [.*], excludedContents: ['a^b']}
metadataTest: {exposedPorts: [53/udp]}
",
    );
    let run = bench.run(&["image.tar", "-c", "suite.yaml", "-o", "json"]);
    insta::assert_snapshot!(run.stderr, @"");
}

#[test]
fn json_has_the_defaults_of_the_peer() {
    let bench = Bench::new(&image());
    bench.write(
        "suite.json",
        r#"{"SchemaVersion": "2.0.0", "unknown": 1, "fileExistenceTests": [
            {"name": "not to exist", "path": "/etc/passwd"},
            {"name": "owned by root", "path": "/srv/app", "shouldExist": true},
            {"name": "any owner", "path": "/srv/app", "shouldExist": true, "uid": -1, "gid": -1}
        ]}"#,
    );
    let run = bench.run(&["image.tar", "-c", "suite.json", "-o", "json"]);
    insta::assert_snapshot!(run.lines(), @"");
    assert!(run.stderr.contains("there is no field \"unknown\" here"), "{}", run.stderr);
    let strict = bench.run(&["image.tar", "-c", "suite.json", "-o", "json", "--strict"]);
    assert_eq!(strict.code, 2, "{}", strict.stderr);
}

#[test]
fn flags_and_exit_codes_are_those_of_the_peer() {
    let bench = Bench::new(&image());
    bench.write("a.yaml", "schemaVersion: 2.0.0\nmetadataTest: {workdir: /srv/app}\n");
    bench.write("b.yaml", "schemaVersion: 2.0.0\nfileExistenceTests: [{name: x, path: /etc}]\n");
    let run = bench.run(&["--image", "image.tar", "--config", "a.yaml", "--config", "b.yaml"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let run = bench.run(&["-i", "image.tar", "-c", "*.yaml", "-o", "junit"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    insta::assert_snapshot!(run.stdout, @"");
    let args = ["-i", "image.tar", "-c", "a.yaml", "--test-report", "out.json", "-d", "tar"];
    let run = bench.run(&args);
    assert_eq!((run.code, run.stdout.as_str()), (0, ""));
    let report = fs_err::read_to_string(bench.path().join("out.json")).unwrap();
    insta::assert_snapshot!(report, @"");
    bench.write("none.yaml", "schemaVersion: 2.0.0\n");
    assert_eq!(bench.run(&["image.tar", "-c", "none.yaml"]).code, 1);
    assert_eq!(bench.run(&["image.tar", "-c", "missing.yaml"]).code, 1);
    assert_eq!(bench.run(&["missing.tar", "-c", "a.yaml"]).code, 1);
    for (args, code) in [
        (["image.tar", "-c", "missing.yaml", "--strict"], 2),
        (["./missing.tar", "-c", "a.yaml", "--strict"], 2),
        (["image.tar", "-c", "a.yaml", "--strict"], 0),
    ] {
        assert_eq!(bench.run(&args).code, code, "{args:?}");
    }
    let run = bench.run(&["image.tar", "-c", "a.yaml", "--quiet"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, ""));
}

#[test]
fn the_old_schema_fails_what_the_peer_drops() {
    let bench = Bench::new(&image());
    let run = bench.results(
        "\
schemaVersion: 1.0.0
fileExistenceTests: [{name: '', path: /etc}, {name: ok, path: /etc, permissions: drwxr-xr-x}]
",
        &[],
    );
    insta::assert_snapshot!(run.lines(), @"");
}

#[test]
fn every_kind_of_target_gives_the_same_verdicts() {
    let bench = Bench::new(&image());
    let suite = "\
schemaVersion: 2.0.0
fileExistenceTests: [{name: a, path: /opt/suid, permissions: urwxr-xr-x}]
fileContentTests: [{name: b, path: /opt/absolute, expectedContents: [ID=test]}]
metadataTest: {workdir: /srv/app}
";
    let tar = fs_err::read(bench.path().join("image.tar")).unwrap();
    fs_err::write(bench.path().join("image.tar.zst"), zstd::encode_all(&tar[..], 1).unwrap())
        .unwrap();
    let bundle = sekisho_testkit::Bundle::oci(&[("1", &image())]);
    bundle.write_to(&bench.path().join("layout")).unwrap();
    for target in ["image.tar", "image.tar.zst", "docker-archive:image.tar", "oci-dir:layout"] {
        let run = bench.results_of(target, suite, &[]);
        assert_eq!(run.code, 0, "{target}: {}{}", run.lines(), run.stderr);
    }
    let run = bench.run(&["--image-from-oci-layout", "layout", "-c", "suite.yaml"]);
    assert_eq!(run.code, 0, "{}", run.stdout);
    // Goes by once: what a link of a later layer leads to was not kept.
    let mut command = bench.command(&["-", "-c", "suite.yaml", "-o", "json"]);
    let run = super::Run::of(command.write_stdin(tar));
    insta::assert_snapshot!(run.lines(), @"");
}

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
    insta::assert_snapshot!(run.lines(), @r#"
    FAIL File Content Test: through a link of the same layer
      Expected string '^ID=test$' not found in file content string 'ID=test
    '
    FAIL File Content Test: through a link to another layer
      Expected string 'ID=test $' not found in file content string 'ID=test
    '
    pass File Content Test: through a directory
    pass File Content Test: sibling
    pass File Content Test: hard
    FAIL File Content Test: wrong
      Expected string 'a**' not found in file content string 'content
    '
      'a**' is no regular expression: invalid nested repetition operator: "**"
      Excluded string 'con' found in file content string 'content
    '
    FAIL File Content Test: directory
      Failed to open /etc. Error: Cannot read specified path: /etc is a directory, not a file
    pass File Existence Test: owner
    pass File Existence Test: setuid
    pass File Existence Test: sticky
    pass File Existence Test: link
    pass File Existence Test: hard link
    pass File Existence Test: pipe
    FAIL File Existence Test: device
      /opt/null has incorrect permissions. Expected: Dcrw-r--r--, Actual: Dcrw-rw-rw-
    pass File Existence Test: parent that nobody listed
    pass File Existence Test: root
    pass File Existence Test: of Docker
    pass File Existence Test: gone
    FAIL File Existence Test: octal
      /etc/passwd has incorrect permissions. Expected: 0644, Actual: -rw-r--r--
    FAIL File Existence Test: nobody
      me not recognised as a valid option
    FAIL License Test
      Invalid license for /usr/share/doc/bad/copyright, license contains AGPL
    pass License Test
    "#);
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
    insta::assert_snapshot!(run.lines(), @r#"
    FAIL Metadata Test
      variable NONE not found in image env
      env variable PATH should not be present in image metadata
      Image Cmd ["sh"] does not match expected: []
      Image user  does not match config user: root
      Port 53/udp not found in config
    "#);
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
    insta::assert_snapshot!(run.stderr, @r#"
    error: there is no field "fileExistanceTests" here
     --> suite.yaml:2:1
      |
    2 | fileExistanceTests: []
      | ^^^^^^^^^^^^^^^^^^
      |
      = help: did you mean "fileExistenceTests"?

    error: there is no field "isDirectory" here
     --> suite.yaml:6:3
      |
    6 |   isDirectory: true
      |   ^^^^^^^^^^^

    error: true or false is expected, not text
     --> suite.yaml:7:16
      |
    7 |   shouldExist: "yes"
      |                ^^^^^

    error: there is no field "env" here
     --> suite.yaml:9:3
      |
    9 |   env: []
      |   ^^^
      |
      = help: did you mean "envVars"?
    "#);
    insta::assert_snapshot!(run.stdout, @r#"

    ===================================
    ====== Test file: suite.yaml ======
    ===================================
    === RUN: 
    --- FAIL
    duration: 0s
    Error: error parsing config file: line 2: there is no field "fileExistanceTests" here
    line 6: there is no field "isDirectory" here
    line 7: true or false is expected, not text
    line 9: there is no field "env" here

    ===================================
    ============= RESULTS =============
    ===================================
    Passes:      0
    Failures:    1
    Duration:    0s
    Total tests: 1

    FAIL
    "#);
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
    insta::assert_snapshot!(run.stderr, @r#"
    warning: modes are never written like this, so the test fails
     --> suite.yaml:3:38
      |
    3 | - {name: a, path: /etc, permissions: '0755'}
      |                                      ^^^^^^
      |
      = help: write "-rwxr-xr-x"

    warning: modes are never written like this, so the test fails
     --> suite.yaml:4:43
      |
    4 | - {name: b, path: /opt/suid, permissions: -rwsr-xr-x}
      |                                           ^^^^^^^^^^
      |
      = help: write "urwxr-xr-x"

    warning: nothing is asked of the content; only that there is a file
     --> suite.yaml:6:3
      |
    6 | - {name: c, path: /etc/passwd, expectedContents: []}
      |   ^

    warning: an empty expectedContents asks for nothing
     --> suite.yaml:6:50
      |
    6 | - {name: c, path: /etc/passwd, expectedContents: []}
      |                                                  ^

    warning: everything matches this, so it asks for nothing
     --> suite.yaml:7:51
      |
    7 | - {name: d, path: /etc/passwd, expectedContents: [.*], excludedContents: ['a^b']}
      |                                                   ^^

    warning: nothing can match this, so it excludes nothing
     --> suite.yaml:7:75
      |
    7 | - {name: d, path: /etc/passwd, expectedContents: [.*], excludedContents: ['a^b']}
      |                                                                           ^^^^^

    warning: the number of a port is compared with this, so it never fits
     --> suite.yaml:8:31
      |
    8 | metadataTest: {exposedPorts: [53/udp]}
      |                               ^^^^^^
      |
      = help: leave the protocol out, or compare it with --strict
    "#);
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
    insta::assert_snapshot!(run.lines(), @"
    FAIL File Existence Test: not to exist
      File /etc/passwd should not exist but does
    FAIL File Existence Test: owned by root
      /srv/app has incorrect user ownership. Expected: 0, Actual: 1000
      /srv/app has incorrect group ownership. Expected: 0, Actual: 1001
    pass File Existence Test: any owner
    ");
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
    insta::assert_snapshot!(run.stdout, @r#"<?xml version="1.0" encoding="UTF-8"?><testsuites failures="0" tests="2" time="0"><testsuite name="container-structure-test.test" tests="2" failures="0" errors="0" time="0"><testcase name="Metadata Test" classname="a.yaml" time="0"><system-out></system-out><system-err></system-err></testcase><testcase name="File Existence Test: x" classname="b.yaml" time="0"><system-out></system-out><system-err></system-err></testcase></testsuite></testsuites>"#);
    let args = ["-i", "image.tar", "-c", "a.yaml", "--test-report", "out.json", "-d", "tar"];
    let run = bench.run(&args);
    assert_eq!((run.code, run.stdout.as_str()), (0, ""));
    let report = fs_err::read_to_string(bench.path().join("out.json")).unwrap();
    insta::assert_snapshot!(report, @r#"{"Pass":1,"Fail":0,"Total":1,"Duration":0,"Results":[{"Name":"Metadata Test","Pass":true,"Duration":0}]}"#);
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
    insta::assert_snapshot!(run.lines(), @"
    FAIL 
      Please provide a valid name for every test
    pass File Existence Test: ok
    ");
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
    insta::assert_snapshot!(run.lines(), @"
    FAIL File Content Test: b
      Failed to open /opt/absolute. Error: /opt/absolute was not read: the target can be read only once, and a link leads there
    pass File Existence Test: a
    pass Metadata Test
    ");
}

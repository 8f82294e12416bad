//! Policies of our own schema.

use super::{Bench, image};

#[test]
fn a_policy_asks_for_what_suites_cannot() {
    let bench = Bench::new(&image());
    bench.write("base.yaml", "schemaVersion: sekisho/1\nmax_layers: 2\n");
    let run = bench.results(
        "\
schemaVersion: sekisho/1
include: [base.yaml]
variables: {who: app}
files:
- {path: /srv/app, type: directory, owner: \"${{ who }}\", group: staff, mode: \"0755\", empty: true}
- {path: \"/usr/share/doc/*/copyright\", min_count: 2, max_count: 2, excludes: [(?i)agpl]}
- {path: /opt/sibling, type: symlink, link: target, contains: [content], max_size: 1KiB}
- {path: /opt/target, sha256: 434728a410a78f56fc1b5899c3593436e61ab0c731e9072d95e96db290205e53}
- {path: /opt/target, sha256: 0000000000000000000000000000000000000000000000000000000000000000}
- {path: \"/**/*.pyc\", exists: false}
- {path: /opt/null, type: char-device}
- {path: /opt/target, executable: true, min_size: 1MiB}
setuid: []
executables: [/bin/*, /opt/suid, /opt/more]
shell: false
image:
  not_root: true
  ports: [80, 53/udp]
  env: {APP: ^/srv}
  forbidden_env: [EMPTY]
  labels: {team: shop|store}
  healthcheck: true
  platform: amd64
packages: {required: [\"deb:openssl >= 3\"], forbidden: [curl]}
findings: {max_severity: medium, kinds: [configuration]}
",
        &[],
    );
    assert_eq!(run.code, 1, "{}", run.stderr);
    insta::assert_snapshot!(run.lines(), @r#"
    pass max_layers 2
    pass file /srv/app
    FAIL file /usr/share/doc/*/copyright
      Excluded string '(?i)agpl' found in /usr/share/doc/bad/copyright 'Agpl
    '
    pass file /opt/sibling
    pass file /opt/target
    FAIL file /opt/target
      /opt/target: the SHA-256 is 434728a410a78f56fc1b5899c3593436e61ab0c731e9072d95e96db290205e53
    pass file /**/*.pyc
    pass file /opt/null
    FAIL file /opt/target
      /opt/target: the size is 8, at least 1048576 is wanted
      /opt/target: executable is false, true is wanted
    FAIL setuid
      setuid or setgid are /opt/suid
    FAIL executables
      listed and not there are /opt/more
    FAIL no shell
      there are /bin/busybox, /bin/sh
    pass ports
    FAIL not_root
      the user is ""
    FAIL healthcheck
      there is none
    pass platform
    pass env APP
    FAIL no env EMPTY
      it is set
    pass label team
    FAIL package deb:openssl >= 3
      no such package is installed
    pass no package curl
    FAIL no finding above medium
      1 findings: high SEK-IMAGE-0001: The container runs as root
    "#);
}

#[test]
fn the_first_policy_passes_on_its_image() {
    let bench = Bench::new(&image());
    let run = bench.run(&["image.tar", "--init"]);
    insta::assert_snapshot!(run.stdout, @r#"
    schemaVersion: sekisho/1
    image:
      user: ""
      entrypoint: ["/bin/busybox"]
      cmd: ["sh"]
      workdir: "/srv/app"
      ports: ["53/udp", "80/tcp"]
      volumes: []
      healthcheck: false
      platform: "linux/amd64"
    max_layers: 2
    setuid:
      - "/opt/suid"
    executables:
      - "/bin/busybox"
      - "/opt/suid"
    "#);
    bench.write("first.yaml", &run.stdout);
    let run = bench.run(&["image.tar", "-c", "first.yaml", "-o", "json"]);
    assert_eq!(run.code, 0, "{}", run.lines());
}

#[test]
fn mistakes_in_a_policy_are_shown_on_their_lines() {
    let bench = Bench::new(&image());
    for (name, policy) in [
        (
            "fields",
            "schemaVersion: sekisho/1\nexecutable: []\nimage: {usr: x, healthcheck: maybe}\n",
        ),
        (
            "values",
            "schemaVersion: sekisho/1\nfiles: [{path: /x, mode: 0644, type: dir, sha256: ab}]\n\
             packages: {required: [\"a b\", \"c >> 1\"]}\nmax_size: lots\n\
             findings: {max_severity: low, kinds: [vulnerability]}\n",
        ),
        ("variable", "schemaVersion: sekisho/1\nshell: \"${{ wanted }}\"\n"),
    ] {
        bench.write(&format!("{name}.yaml"), policy);
    }
    let show = |name: &str| {
        let file = format!("{name}.yaml");
        let run = bench.run(&["image.tar", "-c", &file]);
        assert_eq!(run.code, 1);
        run.stderr
    };
    insta::assert_snapshot!(show("fields"), @r#"
    error: there is no field "executable" here
     --> fields.yaml:2:1
      |
    2 | executable: []
      | ^^^^^^^^^^
      |
      = help: did you mean "executables"?

    error: there is no field "usr" here
     --> fields.yaml:3:9
      |
    3 | image: {usr: x, healthcheck: maybe}
      |         ^^^
      |
      = help: did you mean "user"?

    error: true or false is expected, not text
     --> fields.yaml:3:30
      |
    3 | image: {usr: x, healthcheck: maybe}
      |                              ^^^^^
    "#);
    insta::assert_snapshot!(show("values"), @r#"
    error: "dir" is none of file, directory, symlink, char-device, block-device, fifo
     --> values.yaml:2:38
      |
    2 | files: [{path: /x, mode: 0644, type: dir, sha256: ab}]
      |                                      ^^^

    error: a SHA-256 has 64 hexadecimal digits
     --> values.yaml:2:51
      |
    2 | files: [{path: /x, mode: 0644, type: dir, sha256: ab}]
      |                                                   ^^

    error: "a b" names no package: write curl, or curl >= 8.5
     --> values.yaml:3:23
      |
    3 | packages: {required: ["a b", "c >> 1"]}
      |                       ^^^^^

    error: "lots" is no size: write it as 500MiB or 2GiB
     --> values.yaml:4:11
      |
    4 | max_size: lots
      |           ^^^^

    error: vulnerabilities are judged by `sekisho image scan`
     --> values.yaml:5:39
      |
    5 | findings: {max_severity: low, kinds: [vulnerability]}
      |                                       ^^^^^^^^^^^^^
    "#);
    insta::assert_snapshot!(show("variable"), @r#"
    error: nobody says what "wanted" is
     --> variable.yaml:2:8
      |
    2 | shell: "${{ wanted }}"
      |        ^^^^^^^^^^^^^^^
      |
      = help: give it with --var wanted=VALUE, or below `variables`
    "#);
}

#[test]
fn values_come_from_flags_files_and_the_environment() {
    let bench = Bench::new(&image());
    bench.write("vars", "name=wrong\nother=shop\n");
    bench.write(
        "policy.yaml",
        "schemaVersion: sekisho/1\nvariables: {name: nobody}\n\
         image: {workdir: \"/srv/${{ name }}\", labels: {team: \"${{ other }}\"}, \
         env: {PATH: \"^${{ env.PREFIX }}$\"}}\n",
    );
    let args =
        ["image.tar", "-c", "policy.yaml", "-o", "json", "--vars", "vars", "--var", "name=app"];
    let run = super::Run::of(bench.command(&args).env("PREFIX", "/bin"));
    assert_eq!(run.code, 0, "{} {}", run.stdout, run.stderr);
}

#[test]
fn files_that_include_each_other_are_read_once() {
    let bench = Bench::new(&image());
    bench.write("a.yaml", "schemaVersion: sekisho/1\ninclude: [b.yaml]\nmax_layers: 2\n");
    bench.write("b.yaml", "schemaVersion: sekisho/1\ninclude: [a.yaml]\nshell: true\n");
    let run = bench.run(&["image.tar", "-c", "a.yaml", "-o", "json"]);
    assert_eq!(run.lines(), "pass a shell\npass max_layers 2\n");
}

#[test]
fn policies_fit_the_published_schema() {
    let bench = Bench::new(&image());
    let schema = bench.run(&["--json-schema"]).json();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let good = serde_json::json!({
        "schemaVersion": "sekisho/1", "setuid": [], "max_size": "1GiB",
        "files": [{"path": "/x", "type": "file"}],
        "commands": [{"run": ["true"], "stdout": {"contains": ["x"]}}],
    });
    assert!(validator.is_valid(&good));
    for bad in [
        serde_json::json!({}),
        serde_json::json!({"schemaVersion": "sekisho/1", "file": []}),
        serde_json::json!({"schemaVersion": "sekisho/1", "files": [{"type": "dir"}]}),
    ] {
        assert!(!validator.is_valid(&bad), "{bad}");
    }
}

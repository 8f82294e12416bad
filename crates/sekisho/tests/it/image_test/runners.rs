//! Commands in containers of crun and runc, without a daemon.

use nix::unistd::geteuid;

use super::{BUSYBOX, Bench, Run, image};

/// What commands may do and what they may not.
pub(super) const SUITE: &str = "\
schemaVersion: 2.0.0
globalEnvVars: [{key: GREETING, value: 'hi from $APP'}]
commandTests:
- {name: output, command: echo, args: [$GREETING], expectedOutput: ['^hi from /srv/app\\n$']}
- {name: code, command: sh, args: [-c, 'echo bad >&2; exit 7'], exitCode: 7, expectedError: [bad]}
- name: setup
  setup: [[sh, -c, 'echo $A > /tmp/a'], [sh, -c, 'cat /tmp/a > /tmp/b']]
  envVars: [{key: A, value: left}]
  command: cat
  args: [/tmp/b]
  expectedOutput: ['^left\\n$']
- {name: fresh, command: ls, args: [/tmp], excludedOutput: [.]}
- {name: failing setup, setup: [['false']], command: 'true'}
- {name: no such program, command: nope}
- {name: directory, command: sh, args: [-c, pwd], expectedOutput: ['^/srv/app\\n$']}
- {name: root, command: id, args: [-u], expectedOutput: ['^0\\n$']}
- {name: no network, command: ls, args: [/sys/class/net], expectedOutput: ['^lo\\n$']}
- {name: own files, command: ls, args: [/opt/etc/], expectedOutput: [passwd]}
";

/// Commands that have to be ended.
pub(super) const ENDLESS: &str = "\
schemaVersion: 2.0.0
commandTests:
- {name: sleeps, command: sleep, args: ['1000']}
- {name: ignores SIGTERM, command: sh, args: [-c, \"trap '' TERM INT HUP; while true; do sleep 1; done\"]}
- {name: forks, command: sh, args: [-c, 'f() { f | f & }; f; sleep 1000']}
";

/// A command that writes without end.
pub(super) const FLOOD: &str =
    "schemaVersion: 2.0.0\ncommandTests: [{name: floods, command: 'yes'}]\n";

/// What comes of [`ENDLESS`] and of [`FLOOD`].
pub(super) const ENDED: &str = "\
FAIL Command Test: sleeps
  the command did not end within 3 s and was killed
FAIL Command Test: ignores SIGTERM
  the command did not end within 3 s and was killed
FAIL Command Test: forks
  the command did not end within 3 s and was killed
";
pub(super) const CUT: &str = "\
FAIL Command Test: floods
  the command wrote more than 8388608 bytes and was killed
";

/// Runs with a runtime, in a machine that only has cgroups of version 1 or 2: crun refuses both.
#[expect(clippy::print_stdout, reason = "a test that is skipped says so")]
fn run_with(runner: &str, bench: &Bench, suite: &str, more: &[&str]) -> Option<Run> {
    if !geteuid().is_root() || !std::path::Path::new(BUSYBOX).exists() {
        println!("skipped: needs root and {BUSYBOX}");
        return None;
    }
    let folders = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"];
    if !folders.iter().any(|folder| std::path::Path::new(folder).join(runner).exists()) {
        println!("skipped: needs {runner}");
        return None;
    }
    bench.write("suite.yaml", suite);
    let mut command = assert_cmd::Command::new("unshare");
    let script = "if [ -e /sys/fs/cgroup/unified/cgroup.controllers ]; then \
                  umount -l /sys/fs/cgroup/unified; fi; exec \"$@\"";
    command
        .env_clear()
        .env("PATH", folders.join(":"))
        .env("TMPDIR", bench.path())
        .current_dir(bench.path())
        .args(["--mount", "sh", "-c", script, "sh", env!("CARGO_BIN_EXE_sekisho")])
        .args(["image", "test", "image.tar", "-c", "suite.yaml", "-o", "json", "--no-cache"])
        .args(["--runner", runner])
        .args(more)
        .timeout(std::time::Duration::from_secs(100));
    Some(Run::of(&mut command))
}

/// Asserts that nothing of a run is left: no directory, no mount, no process.
fn assert_nothing_left(bench: &Bench) {
    let left: Vec<String> = fs_err::read_dir(bench.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with("sekisho-"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
    let mounts = fs_err::read_to_string("/proc/self/mounts").unwrap();
    assert!(!mounts.contains(bench.path().to_str().unwrap()), "{mounts}");
}

#[test]
fn commands_run_in_crun() {
    let bench = Bench::new(&image());
    let Some(run) = run_with("crun", &bench, SUITE, &[]) else { return };
    insta::assert_snapshot!(without_reasons(&run), @r#"
    pass Command Test: output
    pass Command Test: code
    pass Command Test: setup
    pass Command Test: fresh
    FAIL failing setup
      error in setup: ["false"] exited with 1: ""
    FAIL Command Test: no such program
      Error creating container: […]
    pass Command Test: directory
    pass Command Test: root
    pass Command Test: no network
    pass Command Test: own files
    "#);
    assert_nothing_left(&bench);
}

#[test]
fn commands_run_in_runc() {
    let bench = Bench::new(&image());
    let Some(run) = run_with("runc", &bench, SUITE, &[]) else { return };
    insta::assert_snapshot!(without_reasons(&run), @r#"
    pass Command Test: output
    pass Command Test: code
    pass Command Test: setup
    pass Command Test: fresh
    FAIL failing setup
      error in setup: ["false"] exited with 1: ""
    FAIL Command Test: no such program
      Error creating container: […]
    pass Command Test: directory
    pass Command Test: root
    pass Command Test: no network
    pass Command Test: own files
    "#);
    assert_nothing_left(&bench);
}

#[test]
fn crun_ends_what_does_not_end() {
    let bench = Bench::new(&image());
    let more = ["--timeout", "3", "--pids", "64"];
    let Some(run) = run_with("crun", &bench, ENDLESS, &more) else { return };
    assert_eq!(run.lines(), ENDED);
    let run = run_with("crun", &bench, FLOOD, &[]).unwrap();
    assert_eq!(run.lines(), CUT);
    assert_nothing_left(&bench);
}

#[test]
fn runc_ends_what_does_not_end() {
    let bench = Bench::new(&image());
    let more = ["--timeout", "3", "--pids", "64"];
    let Some(run) = run_with("runc", &bench, ENDLESS, &more) else { return };
    assert_eq!(run.lines(), ENDED);
    let run = run_with("runc", &bench, FLOOD, &[]).unwrap();
    assert_eq!(run.lines(), CUT);
    assert_nothing_left(&bench);
}

#[test]
fn options_make_containers_otherwise() {
    let bench = Bench::new(&image());
    bench.write("variables", "FROM_FILE=1\n");
    let directory = bench.path().display().to_string();
    let suite = format!(
        "\
schemaVersion: 2.0.0
commandTests:
- {{name: user, command: id, args: [-un], expectedOutput: ['^app\\n$']}}
- {{name: mount, command: ls, args: [/mnt/here], expectedOutput: [suite.yaml]}}
- {{name: file, command: busybox, args: [env], expectedOutput: ['(?m)^FROM_FILE=1$']}}
containerRunOptions: {{user: app, bindMounts: ['{directory}:/mnt/here:ro'], envFile: variables}}
"
    );
    let Some(run) = run_with("runc", &bench, &suite, &[]) else { return };
    assert_eq!(run.lines().matches("pass").count(), 3, "{}", run.lines());
    let suite = "schemaVersion: 2.0.0\ncommandTests: [{name: a, command: 'true'}]\n\
                 containerRunOptions: {envVars: [NOT_SET]}\n";
    let run = run_with("runc", &bench, suite, &[]).unwrap();
    assert!(run.lines().contains("the variable \"NOT_SET\" is not set here"), "{}", run.lines());
}

#[test]
fn without_anybody_to_run_them_commands_are_unanswered() {
    let bench = Bench::new(&image());
    bench.write("suite.yaml", "schemaVersion: 2.0.0\ncommandTests: [{name: a, command: 'true'}]\n");
    let args = ["image.tar", "-c", "suite.yaml", "-o", "json", "--strict"];
    let run = Run::of(bench.command(&args).env("PATH", "/nowhere"));
    assert_eq!(run.code, 3, "{}", run.stderr);
    insta::assert_snapshot!(run.lines(), @"
    FAIL Command Test: a
      there is nobody to run commands: install crun or runc, or load the image into Docker
    ");
}

/// The results, with the reasons of a runtime taken out.
pub(super) fn without_reasons(run: &Run) -> String {
    let lines = run.lines();
    let lines = lines.lines().map(|line| match line.split_once("Error creating container: ") {
        Some((before, _)) => format!("{before}Error creating container: […]"),
        None => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

//! Commands in containers of a real Docker.

use std::{
    io::{Read, Write},
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use sekisho_testkit::daemon::{Daemon, load};

use super::{
    Bench, Run, image,
    runners::{CUT, ENDED, ENDLESS, FLOOD, SUITE, without_reasons},
};

/// How long something may take to happen.
const PATIENCE: Duration = Duration::from_mins(1);

/// A Docker that has the image.
pub(super) struct Docker {
    _dockerd: Daemon,
    pub(super) socket: PathBuf,
}

impl Docker {
    pub(super) fn start(bench: &Bench) -> Option<Self> {
        let path = |name: &str| bench.path().join(name).to_str().unwrap().to_owned();
        let socket = bench.path().join("docker.sock");
        let args = [
            "--data-root",
            &path("data"),
            "--exec-root",
            &path("exec"),
            "--pidfile",
            &path("docker.pid"),
            "--host",
            &format!("unix://{}", socket.display()),
            "--iptables=false",
            "--bridge=none",
        ];
        let dockerd = Daemon::start("dockerd", &args, &socket)?;
        load(&socket, &fs_err::read(bench.path().join("image.tar")).unwrap());
        Some(Self { _dockerd: dockerd, socket })
    }

    pub(super) fn host(&self) -> String {
        format!("unix://{}", self.socket.display())
    }

    fn get(&self, path: &str) -> String {
        let mut stream = UnixStream::connect(&self.socket).unwrap();
        let request = format!("GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer.rsplit("\r\n\r\n").next().unwrap().trim().to_owned()
    }

    fn containers(&self) -> serde_json::Value {
        serde_json::from_str(&self.get("/v1.40/containers/json?all=1")).unwrap()
    }

    /// Asserts that no container, and no image but ours, is left.
    fn assert_nothing_left(&self) {
        assert_eq!(self.containers(), serde_json::json!([]));
        let images: serde_json::Value =
            serde_json::from_str(&self.get("/v1.40/images/json?all=1")).unwrap();
        assert_eq!(images.as_array().unwrap().len(), 1, "{images}");
    }
}

fn run(bench: &Bench, docker: &Docker, suite: &str, more: &[&str]) -> Run {
    bench.write("suite.yaml", suite);
    let args = [&["docker:app:1", "-c", "suite.yaml", "-o", "json", "--no-cache"], more].concat();
    Run::of(bench.command(&args).env("DOCKER_HOST", docker.host()))
}

#[test]
fn commands_run_in_docker() {
    let bench = Bench::new(&image());
    let Some(docker) = Docker::start(&bench) else { return };
    let ran = run(&bench, &docker, SUITE, &[]);
    insta::assert_snapshot!(without_reasons(&ran), @r#"
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
    docker.assert_nothing_left();
}

#[test]
fn docker_ends_what_does_not_end() {
    let bench = Bench::new(&image());
    let Some(docker) = Docker::start(&bench) else { return };
    let ran = run(&bench, &docker, ENDLESS, &["--timeout", "3", "--pids", "64"]);
    assert_eq!(ran.lines(), ENDED);
    assert_eq!(run(&bench, &docker, FLOOD, &[]).lines(), CUT);
    docker.assert_nothing_left();
}

#[test]
fn an_interrupted_run_leaves_nothing() {
    let bench = Bench::new(&image());
    let Some(docker) = Docker::start(&bench) else { return };
    bench.write(
        "suite.yaml",
        "schemaVersion: 2.0.0\ncommandTests: [{name: a, command: sleep, args: ['1000']}]\n",
    );
    let running = || docker.containers()[0]["State"] == "running";
    let mut program = program(&bench, &docker);
    wait_until(running, "the container runs");
    kill(Pid::from_raw(i32::try_from(program.id()).unwrap()), Signal::SIGINT).unwrap();
    let status = program.wait().unwrap();
    assert_eq!(status.code(), Some(1));
    docker.assert_nothing_left();
}

fn program(bench: &Bench, docker: &Docker) -> std::process::Child {
    #[expect(clippy::disallowed_methods, reason = "the program under test is interrupted")]
    std::process::Command::new(Path::new(env!("CARGO_BIN_EXE_sekisho")))
        .args(["image", "test", "docker:app:1", "-c", "suite.yaml", "--no-cache"])
        .current_dir(bench.path())
        .env_clear()
        .env("DOCKER_HOST", docker.host())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap()
}

fn wait_until(condition: impl Fn() -> bool, what: &str) {
    let begun = Instant::now();
    while !condition() {
        assert!(begun.elapsed() < PATIENCE, "not in time: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

//! Programs that run for one test and end with it.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a panic is how a test fails, and what it prints is shown with it"
)]

use std::{
    io::{Read, Write},
    os::unix::net::UnixStream,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

/// How long a daemon may take to listen or to end.
const PATIENCE: Duration = Duration::from_secs(30);

/// How often one is looked at.
const POLL: Duration = Duration::from_millis(20);

/// A program that is ended with the test, also with one that fails.
#[derive(Debug)]
pub struct Daemon {
    process: Child,
}

impl Daemon {
    /// Starts a program that listens at `socket`; none where it is not installed.
    pub fn start(program: &str, args: &[&str], socket: &Path) -> Option<Self> {
        if !nix::unistd::geteuid().is_root() {
            println!("skipped: needs root for {program}");
            return None;
        }
        let log = fs_err::File::create(socket.with_extension("log")).unwrap().into_file();
        #[expect(clippy::disallowed_methods, reason = "the engine under test is another program")]
        let process = Command::new(program)
            .args(args)
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn();
        let Ok(process) = process else {
            println!("skipped: needs {program}");
            return None;
        };
        let mut daemon = Self { process };
        let begun = Instant::now();
        while UnixStream::connect(socket).is_err() {
            let is_running = daemon.process.try_wait().unwrap().is_none();
            let log = || fs_err::read_to_string(socket.with_extension("log")).unwrap();
            let is_in_time = is_running && begun.elapsed() < PATIENCE;
            assert!(is_in_time, "{program} does not start:\n{}", log());
            std::thread::sleep(POLL);
        }
        Some(daemon)
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // A daemon that is told to end also ends what it started and mounted.
        let pid = Pid::from_raw(i32::try_from(self.process.id()).unwrap());
        kill(pid, Signal::SIGTERM).unwrap();
        let begun = Instant::now();
        while self.process.try_wait().is_ok_and(|status| status.is_none()) {
            if begun.elapsed() > PATIENCE {
                drop(self.process.kill());
                drop(self.process.wait());
            }
            std::thread::sleep(POLL);
        }
    }
}

/// Runs a program that has to succeed.
pub fn run(program: &str, args: &[&str]) {
    #[expect(clippy::disallowed_methods, reason = "the engine under test is another program")]
    let output = Command::new(program).args(args).stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Has a daemon load an archive.
pub fn load(socket: &Path, archive: &[u8]) -> String {
    let mut stream = UnixStream::connect(socket).unwrap();
    let n_bytes = archive.len();
    let head = format!(
        "POST /v1.40/images/load HTTP/1.0\r\nHost: localhost\r\n\
         Content-Type: application/x-tar\r\nContent-Length: {n_bytes}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(archive).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.contains(" 200 OK\r\n") && answer.contains("Loaded image"), "{answer}");
    answer
}

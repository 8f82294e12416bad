//! Starts a runtime and watches over what it started.

use std::{
    io::Read,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use serde::Deserialize;

use super::Runtime;
use crate::{
    Limits, Ran, RunError, Stop,
    output::{Output, Stream},
};

/// How often a command is looked at: soon at first, since most end at once.
const FIRST_LOOK: Duration = Duration::from_millis(2);
const LAST_LOOK: Duration = Duration::from_millis(50);

/// How long a runtime may take to end what it is told to end.
const END_PATIENCE: Duration = Duration::from_secs(10);

/// Largest log of a runtime that is read.
const LOG_BYTES: u64 = 64 * 1024;

/// What is to be started.
pub(super) struct Started<'a> {
    pub(super) runtime: &'a Runtime,
    /// Where the runtime notes its containers.
    pub(super) state: &'a Path,
    pub(super) log: &'a Path,
    pub(super) bundle: &'a Path,
    pub(super) id: &'a str,
    pub(super) is_root: bool,
}

/// A line of the log of a runtime.
#[derive(Deserialize)]
struct Logged {
    #[serde(default)]
    level: String,
    #[serde(default)]
    msg: String,
}

impl Started<'_> {
    fn command(&self) -> Command {
        #[expect(clippy::disallowed_methods, reason = "command tests run in a container")]
        let mut command = Command::new(&self.runtime.program);
        command.arg("--root").arg(self.state);
        if !self.is_root && self.runtime.name == "crun" {
            command.arg("--cgroup-manager=disabled");
        }
        command.arg("--log").arg(self.log).args(["--log-format", "json"]).stdin(Stdio::null());
        command
    }

    fn start(&self) -> Result<Child, RunError> {
        let mut command = self.command();
        command.arg("run").arg("--bundle").arg(self.bundle).arg(self.id);
        command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|source| RunError::Program { program: self.runtime.program.clone(), source })
    }

    /// Ends the container, which a process inside cannot prevent, and forgets it.
    fn end(&self) {
        for arguments in [&["kill", self.id, "KILL"][..], &["delete", "--force", self.id]] {
            let mut command = self.command();
            command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null());
            match command.status() {
                Ok(status) => tracing::debug!(%status, container.id = self.id, "{arguments:?}"),
                Err(err) => {
                    let error: &dyn std::error::Error = &err;
                    tracing::warn!(error, container.id = self.id, "a container was not ended");
                }
            }
        }
    }

    /// Why the runtime itself failed, if it did.
    fn failure(&self) -> Option<String> {
        let mut log = String::new();
        let file = fs_err::File::open(self.log).ok()?;
        file.take(LOG_BYTES).read_to_string(&mut log).ok()?;
        let lines = log.lines().filter_map(|line| serde_json::from_str::<Logged>(line).ok());
        lines.filter(|line| line.level == "error").map(|line| line.msg).next_back()
    }
}

/// Runs a container to its end, or to that of its time.
pub(super) fn watch(started: &Started<'_>, limits: &Limits, stop: &Stop) -> Result<Ran, RunError> {
    let begun = Instant::now();
    let mut child = started.start()?;
    let output = Output::default();
    let readers: Vec<_> = [
        (Stream::Stdout, child.stdout.take().map(|it| Box::new(it) as Box<dyn Read + Send>)),
        (Stream::Stderr, child.stderr.take().map(|it| Box::new(it) as Box<dyn Read + Send>)),
    ]
    .into_iter()
    .filter_map(|(stream, reader)| {
        let (mut reader, output, limit) = (reader?, output.clone(), limits.output_bytes);
        Some(std::thread::spawn(move || output.fill(stream, &mut reader, limit)))
    })
    .collect();
    let wrong = |source| RunError::Program { program: started.runtime.program.clone(), source };
    let mut pause = FIRST_LOOK;
    let (mut is_late, mut is_ended) = (false, false);
    let exit_code = loop {
        if let Some(status) = child.try_wait().map_err(wrong)? {
            break status.code().map_or(-1, i64::from);
        }
        is_late = begun.elapsed() >= limits.timeout;
        if !is_ended && (is_late || stop.is_set() || output.is_full()) {
            is_ended = true;
            started.end();
            break end(&mut child);
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(LAST_LOOK);
    };
    let duration = begun.elapsed();
    for reader in readers {
        if let Ok(Err(err)) = reader.join() {
            let error: &dyn std::error::Error = &err;
            tracing::debug!(error, "the output of a command broke off");
        }
    }
    let (stdout, stderr) = output.take();
    let ran = Ran { exit_code, stdout, stderr, duration, teardown_failure: None };
    if stop.is_set() {
        return Err(RunError::Stopped);
    }
    if output.is_full() {
        started.end();
        let limit = limits.output_bytes;
        return Err(RunError::Output { limit, ran: Box::new(ran) });
    }
    if is_late && is_ended {
        return Err(RunError::Timeout { timeout: limits.timeout, ran: Box::new(ran) });
    }
    match started.failure() {
        Some(reason) => {
            started.end();
            Err(RunError::Start { reason })
        }
        None => Ok(ran),
    }
}

/// Waits for a runtime whose container has been ended.
fn end(child: &mut Child) -> i64 {
    let begun = Instant::now();
    while begun.elapsed() < END_PATIENCE {
        if let Ok(Some(status)) = child.try_wait() {
            return status.code().map_or(-1, i64::from);
        }
        std::thread::sleep(LAST_LOOK);
    }
    // What cannot be killed was not started.
    drop(child.kill());
    drop(child.wait());
    -1
}

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use crate::RunError;

/// Set by whoever wants everything to end.
#[derive(Debug, Clone, Default)]
pub struct Stop(pub Arc<AtomicBool>);

impl Stop {
    pub(crate) fn is_set(&self) -> bool {
        self.0.load(Relaxed)
    }
}

/// What a command may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Of one step.
    pub timeout: Duration,
    pub memory_bytes: u64,
    pub n_processes: u64,
    /// Of each of standard output and standard error.
    pub output_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(30),
            memory_bytes: 1 << 30,
            n_processes: 512,
            output_bytes: 8 << 20,
        }
    }
}

/// How all containers of an image are made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// Instead of the user of the image.
    pub user: Option<String>,
    pub privileged: bool,
    pub tty: bool,
    /// Added to the usual ones: `SYS_ADMIN`, with or without `CAP_`.
    pub capabilities: Vec<String>,
    /// `src:dst[:ro]`, with absolute paths.
    pub bind_mounts: Vec<String>,
    /// The name by which Docker knows a runtime.
    pub runtime: Option<String>,
    /// Whether images and containers of Docker are kept to be looked at.
    pub keep: bool,
}

/// One command.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Step {
    pub command: Vec<String>,
    /// `NAME=value`, above what the image sets.
    pub env: Vec<String>,
}

/// Commands, each of which sees the files that the one before left.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Job {
    /// Each has to succeed.
    pub setup: Vec<Step>,
    pub main: Step,
    /// Done in any case.
    pub teardown: Vec<Step>,
    pub has_network: bool,
    pub options: Options,
    pub limits: Limits,
}

/// What the main command of a job did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ran {
    pub exit_code: i64,
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
    pub duration: Duration,
    /// Why a teardown step failed.
    pub teardown_failure: Option<String>,
}

impl Ran {
    /// An error for a step that has to succeed and did not.
    pub(crate) fn succeeded(&self, step: &Step) -> Result<(), RunError> {
        if self.exit_code == 0 {
            return Ok(());
        }
        Err(RunError::Exit {
            command: step.command.clone(),
            exit_code: self.exit_code,
            stderr: String::from_utf8_lossy(&self.stderr).trim_end().to_owned(),
        })
    }
}

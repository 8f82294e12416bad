//! Runs commands in containers of an image, and leaves nothing behind.
//!
//! Docker is asked where it has the image; otherwise the files of the image are laid out in a
//! temporary directory and crun or runc starts the commands there. Either way a command gets a
//! layer of its own to write to, no network unless it is asked for, and bounds on memory,
//! processes, time and output.
//!
//! # Invariants
//!
//! * The image is never changed: what a command writes is thrown away.
//! * Every container, image and mount that was made is removed again, also after a failure, a
//!   timeout, or when it is told to [stop](Stop).
//! * No more than the bounds allow is kept of what a command writes, and one that writes more is
//!   ended.
//! * No file is made outside of the temporary directory, whatever the image says.

mod docker;
mod error;
mod job;
mod oci;
mod output;

pub use docker::DockerRunner;
pub use error::RunError;
pub use job::{Job, Limits, Options, Ran, Step, Stop};
pub use oci::{OciRunner, Runtime, find_runtime};

/// Whoever runs commands.
#[derive(Debug)]
pub enum Runner {
    Docker(Box<DockerRunner>),
    Oci(Box<OciRunner>),
}

impl Runner {
    /// Runs the steps of a job, one after the other, and tells what the main one did.
    ///
    /// # Errors
    ///
    /// When a container cannot be made or started, a setup step fails, or a bound is reached.
    pub fn run(&self, job: &Job, stop: &Stop) -> Result<Ran, RunError> {
        match self {
            Self::Docker(runner) => runner.run(job, stop),
            Self::Oci(runner) => runner.run(job, stop),
        }
    }
}

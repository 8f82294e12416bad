//! Containers of Docker.

use std::{
    thread::JoinHandle,
    time::{Duration, Instant},
};

use sekisho_engine::{ContainerSpec, Containers, EngineError};

use crate::{
    Job, Ran, RunError, Step, Stop,
    output::{Output, Stream},
};

/// How long one question after the end of a container may take, so that a request to stop is
/// heard soon.
const WAIT: Duration = Duration::from_millis(250);

/// Runs commands by a daemon that has the image.
#[derive(Debug)]
pub struct DockerRunner {
    containers: Containers,
    /// Id of the image.
    image: String,
}

/// A container that is removed when nobody needs it any more.
struct Container<'a> {
    runner: &'a DockerRunner,
    id: String,
    is_kept: bool,
}

impl Drop for Container<'_> {
    fn drop(&mut self) {
        if !self.is_kept
            && let Err(err) = self.runner.containers.remove(&self.id)
        {
            let error: &dyn std::error::Error = &err;
            tracing::warn!(error, container.id = self.id, "a container was not removed");
        }
    }
}

/// Images that steps left, removed together at the end, the last one first.
struct Images<'a> {
    runner: &'a DockerRunner,
    ids: Vec<String>,
    is_kept: bool,
}

impl Drop for Images<'_> {
    fn drop(&mut self) {
        for id in self.ids.iter().rev().filter(|_| !self.is_kept) {
            if let Err(err) = self.runner.containers.remove_image(id) {
                let error: &dyn std::error::Error = &err;
                tracing::warn!(error, image.digest = id, "an image was not removed");
            }
        }
    }
}

impl DockerRunner {
    /// `image` is its id or name.
    pub fn new(containers: Containers, image: String) -> Self {
        Self { containers, image }
    }

    pub(crate) fn run(&self, job: &Job, stop: &Stop) -> Result<Ran, RunError> {
        let is_kept = job.options.keep;
        let mut images = Images { runner: self, ids: Vec::new(), is_kept };
        for step in &job.setup {
            let image = images.ids.last().unwrap_or(&self.image).clone();
            let (container, ran) =
                self.step(&image, step, job, stop).map_err(RunError::in_setup)?;
            ran.succeeded(step).map_err(RunError::in_setup)?;
            images.ids.push(self.commit(&container)?);
        }
        let image = images.ids.last().unwrap_or(&self.image).clone();
        let (mut container, mut ran) = self.step(&image, &job.main, job, stop)?;
        for step in &job.teardown {
            images.ids.push(self.commit(&container)?);
            let image = images.ids.last().unwrap_or(&self.image).clone();
            match self.step(&image, step, job, stop) {
                Ok((next, ended)) => {
                    container = next;
                    if ended.exit_code != 0 {
                        ran.teardown_failure.get_or_insert(format!(
                            "error in teardown: {:?} exited with {}",
                            step.command, ended.exit_code
                        ));
                    }
                }
                Err(err) => {
                    ran.teardown_failure.get_or_insert(format!("error in teardown: {err}"));
                }
            }
        }
        Ok(ran)
    }

    fn commit(&self, container: &Container<'_>) -> Result<String, RunError> {
        self.containers.commit(&container.id).map_err(|source| RunError::Engine { source })
    }

    fn step(
        &self,
        image: &str,
        step: &Step,
        job: &Job,
        stop: &Stop,
    ) -> Result<(Container<'_>, Ran), RunError> {
        if stop.is_set() {
            return Err(RunError::Stopped);
        }
        let engine = |source| RunError::Engine { source };
        let id = self.containers.create(&spec(image, step, job)).map_err(refused)?;
        let container = Container { runner: self, id, is_kept: job.options.keep };
        let output = Output::default();
        let reader = self.read(&container.id, &output, job)?;
        let begun = Instant::now();
        self.containers.start(&container.id).map_err(refused)?;
        let mut problem = None;
        let exit_code = loop {
            let ended = self.containers.wait(&container.id, WAIT).map_err(engine)?;
            if let Some(exit_code) = ended {
                break exit_code;
            }
            let is_late = begun.elapsed() >= job.limits.timeout;
            if is_late || stop.is_set() || output.is_full() {
                problem = Some(is_late);
                self.containers.kill(&container.id).map_err(engine)?;
                break -1;
            }
        };
        let duration = begun.elapsed();
        // The daemon closes the connection when the container has ended.
        let read = reader.join();
        if let Ok(Err(err)) = &read {
            let error: &dyn std::error::Error = err;
            tracing::debug!(error, "the output of a container broke off");
        }
        let (stdout, stderr) = output.take();
        let ran = Ran { exit_code, stdout, stderr, duration, teardown_failure: None };
        let (limits, ran_until) = (job.limits, || Box::new(ran.clone()));
        if stop.is_set() {
            return Err(RunError::Stopped);
        }
        if output.is_full() {
            return Err(RunError::Output { limit: limits.output_bytes, ran: ran_until() });
        }
        match problem {
            Some(_) => Err(RunError::Timeout { timeout: limits.timeout, ran: ran_until() }),
            None => Ok((container, ran)),
        }
    }

    /// Reads what the container writes, in a thread of its own.
    fn read(
        &self,
        id: &str,
        output: &Output,
        job: &Job,
    ) -> Result<JoinHandle<std::io::Result<()>>, RunError> {
        // Longer than the container can live.
        let patience = job.limits.timeout + Duration::from_mins(1);
        let mut stream =
            self.containers.attach(id, patience).map_err(|source| RunError::Engine { source })?;
        let (output, limit, has_tty) = (output.clone(), job.limits.output_bytes, job.options.tty);
        Ok(std::thread::spawn(move || {
            if has_tty {
                output.fill(Stream::Stdout, &mut stream, limit)
            } else {
                output.fill_multiplexed(&mut stream, limit)
            }
        }))
    }
}

/// What the daemon refuses because of the command is told in its words.
fn refused(source: EngineError) -> RunError {
    match source {
        EngineError::Status { message, .. } => RunError::Start { reason: message },
        source => RunError::Engine { source },
    }
}

fn spec<'a>(image: &'a str, step: &'a Step, job: &'a Job) -> ContainerSpec<'a> {
    let options = &job.options;
    ContainerSpec {
        image,
        command: &step.command,
        env: &step.env,
        user: options.user.as_deref(),
        has_tty: options.tty,
        has_network: job.has_network,
        privileged: options.privileged,
        capabilities: &options.capabilities,
        bind_mounts: &options.bind_mounts,
        runtime: options.runtime.as_deref(),
        memory_bytes: job.limits.memory_bytes,
        n_processes: job.limits.n_processes,
    }
}

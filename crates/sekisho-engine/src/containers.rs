//! Throw-away containers of Docker.
//!
//! # Source
//!
//! Docker Engine API, versions 1.24 to 1.49: `/containers/create`, `/containers/{id}/attach`,
//! `start`, `wait`, `kill`, `/commit`, `/images/{name}`.

use std::{io::Read, time::Duration};

use reqwest::{StatusCode, blocking::RequestBuilder};
use serde::{Deserialize, Serialize};

use crate::{
    Config, EngineError, Kind,
    daemon::{ANSWER_TIMEOUT, Daemon},
    endpoint::Endpoint,
};

/// Marks what is ours, for whoever looks at a daemon.
const LABEL: (&str, &str) = ("sekisho", "image test");

/// A container that is to be made.
#[derive(Debug, Clone)]
pub struct ContainerSpec<'a> {
    /// Name or id.
    pub image: &'a str,
    /// In place of entrypoint and command of the image.
    pub command: &'a [String],
    /// `NAME=value`, above what the image sets.
    pub env: &'a [String],
    /// In place of the user of the image.
    pub user: Option<&'a str>,
    pub has_tty: bool,
    pub has_network: bool,
    pub privileged: bool,
    pub capabilities: &'a [String],
    /// `src:dst[:ro]`.
    pub bind_mounts: &'a [String],
    /// By the name that the daemon knows it by.
    pub runtime: Option<&'a str>,
    pub memory_bytes: u64,
    pub n_processes: u64,
}

/// A daemon that is told to make and remove containers. It touches none that it did not make.
#[derive(Debug)]
pub struct Containers {
    daemon: Daemon,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(clippy::struct_excessive_bools, reason = "these are the fields of the API")]
struct Create<'a> {
    image: &'a str,
    cmd: &'a [String],
    /// One empty word takes the entrypoint of the image away.
    entrypoint: [&'static str; 1],
    env: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<&'a str>,
    tty: bool,
    attach_stdout: bool,
    attach_stderr: bool,
    network_disabled: bool,
    labels: std::collections::BTreeMap<&'static str, &'static str>,
    host_config: HostConfig<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct HostConfig<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    network_mode: Option<&'static str>,
    privileged: bool,
    cap_add: &'a [String],
    binds: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    runtime: Option<&'a str>,
    memory: u64,
    memory_swap: u64,
    pids_limit: u64,
    log_config: LogConfig,
}

/// What a command writes is read from its connection; the daemon keeps nothing of it.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct LogConfig {
    #[serde(rename = "Type")]
    kind: &'static str,
}

#[derive(Deserialize)]
struct Made {
    #[serde(rename = "Id")]
    id: String,
}

#[derive(Deserialize)]
struct Ended {
    #[serde(rename = "StatusCode")]
    status_code: i64,
}

impl Containers {
    /// Finds a Docker that answers.
    ///
    /// # Errors
    ///
    /// When no endpoint answers; the error is of the one that came nearest.
    pub fn connect(config: &Config) -> Result<Self, EngineError> {
        let mut nearest: Option<EngineError> = None;
        for address in &config.docker {
            let found = Endpoint::parse(address, config.docker_certificates.as_deref())
                .and_then(|endpoint| Daemon::connect(Kind::Docker, endpoint, &config.user_agent));
            match found {
                Ok(daemon) => return Ok(Self { daemon }),
                Err(err) => {
                    if nearest.as_ref().is_none_or(|nearest| nearest.rank() < err.rank()) {
                        nearest = Some(err);
                    }
                }
            }
        }
        Err(nearest.unwrap_or(EngineError::NoEndpoint { kind: Kind::Docker }))
    }

    /// Makes a container and gives its id. It does not run yet.
    pub fn create(&self, spec: &ContainerSpec<'_>) -> Result<String, EngineError> {
        let create = Create {
            image: spec.image,
            cmd: spec.command,
            entrypoint: [""],
            env: spec.env,
            user: spec.user,
            tty: spec.has_tty,
            attach_stdout: true,
            attach_stderr: true,
            network_disabled: !spec.has_network,
            labels: [LABEL].into_iter().collect(),
            host_config: HostConfig {
                network_mode: if spec.has_network { None } else { Some("none") },
                privileged: spec.privileged,
                cap_add: spec.capabilities,
                binds: spec.bind_mounts,
                runtime: spec.runtime,
                memory: spec.memory_bytes,
                memory_swap: spec.memory_bytes,
                pids_limit: spec.n_processes,
                log_config: LogConfig { kind: "none" },
            },
        };
        let body = serde_json::to_vec(&create).expect("texts and numbers are JSON");
        let made: Made = self.ask("containers/create", ANSWER_TIMEOUT, |request| {
            request.header("Content-Type", "application/json").body(body)
        })?;
        Ok(made.id)
    }

    /// What the container writes from now on: multiplexed, or as it comes where it has a terminal.
    /// The stream ends with the container, or after `patience`.
    pub fn attach(
        &self,
        id: &str,
        patience: Duration,
    ) -> Result<Box<dyn Read + Send>, EngineError> {
        let path = format!("containers/{id}/attach?stream=1&stdout=1&stderr=1");
        let request = self.daemon.post(&path)?;
        let response = self.daemon.send(&path, request.timeout(patience))?;
        Ok(Box::new(self.daemon.checked(&path, response)?))
    }

    pub fn start(&self, id: &str) -> Result<(), EngineError> {
        self.tell(&format!("containers/{id}/start"))
    }

    /// Waits until the container has ended, at most as long as it is told, and gives its exit
    /// code.
    pub fn wait(&self, id: &str, patience: Duration) -> Result<Option<i64>, EngineError> {
        let path = format!("containers/{id}/wait");
        match self.ask::<Ended>(&path, patience, |request| request) {
            Ok(ended) => Ok(Some(ended.status_code)),
            Err(EngineError::Request { source, .. }) if source.is_timeout() => Ok(None),
            Err(EngineError::Body { source, .. }) if is_timeout(&source) => Ok(None),
            Err(err) => Err(err),
        }
    }

    /// Ends the container at once; one that has ended is as well.
    pub fn kill(&self, id: &str) -> Result<(), EngineError> {
        match self.tell(&format!("containers/{id}/kill")) {
            Err(EngineError::Status { status: 404 | 409, .. }) => Ok(()),
            other => other,
        }
    }

    /// Removes the container, running or not, with its volumes.
    pub fn remove(&self, id: &str) -> Result<(), EngineError> {
        let path = format!("containers/{id}?force=1&v=1");
        let request = self.daemon.delete(&path)?;
        self.removed(&path, request)
    }

    /// Makes an image of what a container left, and gives its id.
    pub fn commit(&self, id: &str) -> Result<String, EngineError> {
        let made: Made =
            self.ask(&format!("commit?container={id}"), ANSWER_TIMEOUT, |request| request)?;
        Ok(made.id)
    }

    pub fn remove_image(&self, id: &str) -> Result<(), EngineError> {
        let path = format!("images/{id}?force=1");
        let request = self.daemon.delete(&path)?;
        self.removed(&path, request)
    }

    fn tell(&self, path: &str) -> Result<(), EngineError> {
        let request = self.daemon.post(path)?.timeout(ANSWER_TIMEOUT);
        let response = self.daemon.send(path, request)?;
        self.daemon.checked(path, response).map(drop)
    }

    fn removed(&self, path: &str, request: RequestBuilder) -> Result<(), EngineError> {
        let response = self.daemon.send(path, request.timeout(ANSWER_TIMEOUT))?;
        if response.status() == StatusCode::NOT_FOUND {
            return Ok(());
        }
        self.daemon.checked(path, response).map(drop)
    }

    fn ask<T: for<'de> Deserialize<'de>>(
        &self,
        path: &str,
        patience: Duration,
        with: impl FnOnce(RequestBuilder) -> RequestBuilder,
    ) -> Result<T, EngineError> {
        let request = with(self.daemon.post(path)?).timeout(patience);
        let response = self.daemon.send(path, request)?;
        let response = self.daemon.checked(path, response)?;
        self.daemon.read_json(path, response)
    }
}

/// Whether a body broke off because it took too long.
fn is_timeout(err: &std::io::Error) -> bool {
    let inner = err.get_ref().and_then(|inner| inner.downcast_ref::<reqwest::Error>());
    err.kind() == std::io::ErrorKind::TimedOut || inner.is_some_and(reqwest::Error::is_timeout)
}

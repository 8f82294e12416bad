//! Logins as docker keeps them.
//!
//! # Source
//!
//! `docker login`, "Configure the credential store"; the protocol of docker-credential-helpers:
//! the host on standard input of `docker-credential-<name> get`, JSON on its output.

use std::{
    collections::BTreeMap,
    fmt,
    io::{Read, Write},
    path::Path,
    process::{Child, Stdio},
    time::{Duration, Instant},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Deserialize;

use crate::RegistryError;

/// How long a credential helper may take: some ask a person.
const HELPER_TIMEOUT: Duration = Duration::from_mins(1);

/// How often a running helper is looked at.
const HELPER_POLL: Duration = Duration::from_millis(20);

/// Most bytes that a helper may say.
const HELPER_BYTES: u64 = 64 * 1024;

/// How docker names its own registry in its settings.
const DOCKER_HUB: &str = "https://index.docker.io/v1/";

/// A login for one host. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub enum Credentials {
    Password {
        username: String,
        password: String,
    },
    /// A token to be exchanged for short-lived ones.
    Identity {
        token: String,
    },
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(***)")
    }
}

/// What of `config.json` is about registries.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct DockerConfig {
    #[serde(default)]
    auths: BTreeMap<String, Auth>,
    #[serde(rename = "credsStore", default)]
    store: String,
    #[serde(rename = "credHelpers", default)]
    helpers: BTreeMap<String, String>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Auth {
    /// `username:password` in base64.
    #[serde(rename = "auth")]
    encoded: String,
    username: String,
    password: String,
    identitytoken: String,
}

impl fmt::Debug for Auth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Auth(***)")
    }
}

/// What a helper answers.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct HelperAnswer {
    #[serde(default)]
    username: String,
    #[serde(default)]
    secret: String,
}

impl DockerConfig {
    /// Reads `config.json`; a file that does not exist holds no logins.
    pub fn read(path: &Path) -> Result<Self, RegistryError> {
        let bytes = match fs_err::read(path) {
            Ok(bytes) => bytes,
            Err(err) if err.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(source) => {
                return Err(RegistryError::DockerConfig { path: path.to_owned(), source });
            }
        };
        serde_json::from_slice(&bytes)
            .map_err(|source| RegistryError::DockerConfigJson { path: path.to_owned(), source })
    }

    /// The login for `host`, `docker.io` for Docker Hub; none where there is none.
    pub(crate) fn credentials(&self, host: &str) -> Result<Option<Credentials>, RegistryError> {
        let is_hub = matches!(host, "docker.io" | "index.docker.io" | "registry-1.docker.io");
        let names: Vec<&str> = if is_hub {
            vec![DOCKER_HUB, "docker.io", "index.docker.io", "registry-1.docker.io"]
        } else {
            vec![host]
        };
        for name in &names {
            if let Some(helper) = self.helpers.get(*name) {
                return ask_helper(helper, name);
            }
        }
        let stated = self
            .auths
            .iter()
            .find(|(key, _)| names.contains(&key.as_str()) || names.contains(&host_of(key)))
            .and_then(|(_, auth)| auth.credentials());
        if stated.is_some() || self.store.is_empty() {
            return Ok(stated);
        }
        ask_helper(&self.store, names.first().copied().unwrap_or(host))
    }
}

/// The host of a key, which may be a URL.
fn host_of(key: &str) -> &str {
    let key = key.strip_prefix("https://").or(key.strip_prefix("http://")).unwrap_or(key);
    key.split('/').next().unwrap_or(key)
}

impl Auth {
    fn credentials(&self) -> Option<Credentials> {
        if !self.identitytoken.is_empty() {
            return Some(Credentials::Identity { token: self.identitytoken.clone() });
        }
        if !self.username.is_empty() {
            let (username, password) = (self.username.clone(), self.password.clone());
            return Some(Credentials::Password { username, password });
        }
        let decoded = String::from_utf8(STANDARD.decode(self.encoded.trim()).ok()?).ok()?;
        let (username, password) = decoded.split_once(':')?;
        Some(Credentials::Password {
            username: username.to_owned(),
            password: password.trim_end_matches('\0').to_owned(),
        })
    }
}

fn ask_helper(name: &str, host: &str) -> Result<Option<Credentials>, RegistryError> {
    let failed = |reason: String| RegistryError::Helper {
        helper: format!("docker-credential-{name}"),
        host: host.to_owned(),
        reason,
    };
    // A name with a slash would be any program on this machine.
    if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)) {
        return Err(failed("its name is not one of a helper".to_owned()));
    }
    #[expect(clippy::disallowed_methods, reason = "the user named the helper in docker's settings")]
    let child = std::process::Command::new(format!("docker-credential-{name}"))
        .arg("get")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let mut child = child.map_err(|err| failed(format!("it cannot be started: {err}")))?;
    if let Some(mut stdin) = child.stdin.take() {
        // A helper that does not read fails by itself.
        drop(stdin.write_all(host.as_bytes()));
    }
    let (is_success, answer) = wait(child).map_err(|err| failed(err.to_string()))?;
    if !is_success {
        let said = String::from_utf8_lossy(&answer).trim().to_owned();
        // What every helper says when it has no login for a host.
        if said.contains("credentials not found") {
            return Ok(None);
        }
        return Err(failed(format!("it said {said:?}")));
    }
    let answer: HelperAnswer = serde_json::from_slice(&answer)
        .map_err(|_| failed("its answer is not the JSON that helpers give".to_owned()))?;
    Ok(Some(if answer.username == "<token>" {
        Credentials::Identity { token: answer.secret }
    } else {
        Credentials::Password { username: answer.username, password: answer.secret }
    }))
}

/// Waits for a helper to end, and ends it when it takes too long.
fn wait(mut child: Child) -> std::io::Result<(bool, Vec<u8>)> {
    let stdout = child.stdout.take();
    let reader = std::thread::spawn(move || {
        let mut answer = Vec::new();
        if let Some(stdout) = stdout {
            stdout.take(HELPER_BYTES).read_to_end(&mut answer)?;
        }
        Ok::<_, std::io::Error>(answer)
    });
    let begun = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if begun.elapsed() > HELPER_TIMEOUT {
            child.kill()?;
            child.wait()?;
            let message = format!("it did not answer within {} s", HELPER_TIMEOUT.as_secs());
            return Err(std::io::Error::new(std::io::ErrorKind::TimedOut, message));
        }
        std::thread::sleep(HELPER_POLL);
    };
    let answer = reader.join().map_err(|_| std::io::Error::other("reading it panicked"))??;
    Ok((status.success(), answer))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(config: &str, host: &str) -> String {
        let config: DockerConfig = serde_json::from_str(config).unwrap();
        match config.credentials(host) {
            Ok(None) => "none".to_owned(),
            Ok(Some(Credentials::Password { username, password })) => {
                format!("{username} {password}")
            }
            Ok(Some(Credentials::Identity { token })) => format!("token {token}"),
            Err(err) => err.to_string(),
        }
    }

    #[test]
    fn logins_are_found_by_host() {
        // "user:pass" in base64.
        let config = r#"{"auths": {
            "https://index.docker.io/v1/": {"auth": "dXNlcjpwYXNz"},
            "https://reg.example:5000/v2/": {"username": "u", "password": "p"},
            "token.example": {"auth": "dXNlcjpwYXNz", "identitytoken": "t"},
            "empty.example": {}
        }}"#;
        for (host, want) in [
            ("docker.io", "user pass"),
            ("reg.example:5000", "u p"),
            ("token.example", "token t"),
            ("empty.example", "none"),
            ("other.example", "none"),
        ] {
            assert_eq!(shown(config, host), want);
        }
    }

    #[test]
    fn a_helper_is_a_name_and_not_a_path() {
        let config = r#"{"credHelpers": {"a": "../../bin/sh"}}"#;
        assert!(shown(config, "a").contains("its name is not one of a helper"));
        let config = r#"{"credsStore": "no-such-helper-anywhere"}"#;
        assert!(shown(config, "a").contains("cannot be started"));
    }

    #[test]
    fn logins_are_not_printed() {
        let config = r#"{"auths": {"a": {"username": "u", "password": "hidden"}}}"#;
        let config: DockerConfig = serde_json::from_str(config).unwrap();
        let credentials = config.credentials("a").unwrap();
        assert!(!format!("{config:?} {credentials:?}").contains("hidden"));
    }
}

//! How registries are reached: what the settings and the logins of Docker say.

use std::path::PathBuf;

use sekisho_registry::{BlobCache, Config, DockerConfig};

use crate::{environment::directory, settings::RegistrySettings};

impl RegistrySettings {
    /// Reads the logins; `blobs` is where downloads are kept.
    pub(crate) fn config(&self, blobs: Option<BlobCache>) -> anyhow::Result<Config> {
        let docker = match docker_config() {
            Some(path) => DockerConfig::read(&path)?,
            None => DockerConfig::default(),
        };
        Ok(Config {
            docker,
            mirrors: self.mirrors.clone(),
            ca: self.ca.clone(),
            insecure: self.insecure.clone(),
            blobs,
            user_agent: concat!("sekisho/", env!("CARGO_PKG_VERSION")).to_owned(),
        })
    }
}

/// Where docker keeps its logins.
fn docker_config() -> Option<PathBuf> {
    let base = directory("DOCKER_CONFIG").or_else(|| Some(directory("HOME")?.join(".docker")))?;
    Some(base.join("config.json"))
}

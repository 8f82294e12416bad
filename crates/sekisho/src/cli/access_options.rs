use std::{path::PathBuf, sync::Arc};

use anyhow::Context;
use clap::ArgAction;
use sekisho_image::Platform;
use sekisho_registry::{BlobCache, Config as RegistryConfig};
use sekisho_scan::{Cache, Config};
use sekisho_types::ByteCount;

use crate::{
    cli::judging_options::Judging,
    engines::engines,
    environment::{cache_directory, now},
    settings::Settings,
};

/// Most bytes of downloaded layers that are kept.
const MAX_BLOB_BYTES: u64 = 4 << 30;

/// How targets are reached, and what is kept of them.
#[derive(Debug, clap::Args)]
pub(super) struct AccessOptions {
    /// Take the image for this platform, linux/amd64 or linux/arm/v7
    #[arg(long, value_name = "OS/ARCH[/VARIANT]")]
    platform: Option<Platform>,
    /// Never use the network; engines of this machine are asked all the same
    #[arg(long)]
    offline: bool,
    /// Keep what is learned of layers in DIR
    #[arg(long, value_name = "DIR")]
    cache_dir: Option<PathBuf>,
    /// Bound the cache, 2GiB where nothing is said
    #[arg(long, value_name = "SIZE")]
    cache_size: Option<ByteCount>,
    /// Read every layer, and keep nothing
    #[arg(long, action = ArgAction::SetTrue, conflicts_with_all = ["cache_dir", "cache_size"])]
    no_cache: bool,
}

impl AccessOptions {
    /// What a scan is told.
    pub(super) fn config(&self, settings: &Settings, judging: Judging) -> anyhow::Result<Config> {
        let platform = match (&self.platform, &settings.platform) {
            (Some(platform), _) => Some(platform.clone()),
            (None, Some(text)) => Some(text.parse().context("the settings are wrong")?),
            (None, None) => None,
        };
        let is_offline = self.offline || settings.offline;
        let registry = if is_offline { None } else { Some(self.registry(settings)?) };
        let kinds = judging.kinds.as_deref();
        // A report shows commands of the history, and no secret in them, whatever was asked for.
        let has_report = kinds.is_none_or(|kinds| !kinds.is_empty());
        let secrets = if has_report { Some(Arc::new(settings.secret.rule_set()?)) } else { None };
        Ok(Config {
            platform,
            cache: self.cache(settings)?,
            engines: engines(&settings.engines),
            registry,
            now: Some(now()?),
            secrets,
            kinds: judging.kinds,
            policy: judging.policy,
            database: judging.database,
            vex: judging.vex,
            attached_vex: judging.attached_vex,
            bases: judging.bases,
        })
    }

    fn registry(&self, settings: &Settings) -> anyhow::Result<RegistryConfig> {
        let blobs = match self.cache_dir(settings) {
            Some(dir) => BlobCache::open_directory(&dir.join("blobs"), MAX_BLOB_BYTES).ok(),
            None => None,
        };
        settings.registry.config(blobs)
    }

    /// Where things are kept; none when nothing is to be kept.
    fn cache_dir(&self, settings: &Settings) -> Option<PathBuf> {
        let is_wanted = settings.cache.enabled || self.cache_dir.is_some();
        if self.no_cache || !is_wanted {
            return None;
        }
        self.cache_dir.clone().or_else(|| settings.cache.dir.clone()).or_else(cache_directory)
    }

    fn cache(&self, settings: &Settings) -> anyhow::Result<Option<Cache>> {
        let Some(dir) = self.cache_dir(settings) else { return Ok(None) };
        let is_default = self.cache_dir.is_none() && settings.cache.dir.is_none();
        let size = self.cache_size.or(settings.cache.max_size);
        let size = size.map_or(Cache::DEFAULT_MAX_BYTES, |size| size.0);
        match Cache::open(&dir, size) {
            Ok(cache) => Ok(Some(cache)),
            // A container or a service may have no home to write to.
            Err(err) if is_default => {
                let error: &dyn std::error::Error = &err;
                tracing::info!(error, "scanning without a cache");
                Ok(None)
            }
            Err(err) => Err(err).context("failed to open the cache"),
        }
    }
}

//! `sekisho.yaml`: what would otherwise be flags on every call.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use sekisho_deploy::Profile;
use sekisho_policy::Policy;
use sekisho_report::Language;
use sekisho_types::ByteCount;
use serde::Deserialize;

use crate::{db_settings::DbSettings, secret_settings::SecretSettings};

const FILE_NAME: &str = "sekisho.yaml";

/// Largest settings file.
const MAX_BYTES: u64 = 1 << 20;

/// The file, all of it optional. Flags win over it.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Settings {
    /// As `--format`, in order.
    pub(crate) format: Vec<String>,
    /// As `--lang`.
    pub(crate) lang: Option<String>,
    /// As `--platform`.
    pub(crate) platform: Option<String>,
    /// As `--offline`.
    pub(crate) offline: bool,
    /// What fails, what has to be there and what is accepted.
    pub(crate) policy: Policy,
    /// What is a secret.
    pub(crate) secret: SecretSettings,
    pub(crate) cache: CacheSettings,
    pub(crate) check: CheckSettings,
    pub(crate) registry: RegistrySettings,
    pub(crate) engines: EngineSettings,
    pub(crate) db: DbSettings,
    /// As `--vex`; relative paths start at the settings file.
    pub(crate) vex: Vec<PathBuf>,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct CacheSettings {
    pub(crate) enabled: bool,
    /// As `--cache-dir`; a relative path starts at the settings file.
    pub(crate) dir: Option<PathBuf>,
    /// Bytes, or a number with KiB, MiB or GiB.
    pub(crate) max_size: Option<ByteCount>,
}

impl Default for CacheSettings {
    fn default() -> Self {
        Self { enabled: true, dir: None, max_size: None }
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct CheckSettings {
    /// As `--profile`.
    #[serde(deserialize_with = "profile")]
    pub(crate) profile: Profile,
    /// Registries that base images may come from; `*.example.org` for all hosts below. All are
    /// allowed where none is named.
    pub(crate) trusted_registries: Vec<String>,
}

#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RegistrySettings {
    /// Hosts asked before the one in the reference, in order, by that host.
    pub(crate) mirrors: std::collections::BTreeMap<String, Vec<String>>,
    /// PEM files of certificate authorities that are trusted besides the system's.
    pub(crate) ca: Vec<PathBuf>,
    /// Hosts spoken to without TLS. Loopback needs no mention.
    pub(crate) insecure: Vec<String>,
}

#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct EngineSettings {
    /// As `DOCKER_HOST`, which wins.
    pub(crate) docker: Option<String>,
    /// As `CONTAINER_HOST`, which wins.
    pub(crate) podman: Option<String>,
    /// The directory that containerd calls its root.
    pub(crate) containerd: Option<PathBuf>,
}

impl Settings {
    /// Reads `path`, or the first `sekisho.yaml` from the current directory upward; without
    /// either, everything is as by default.
    pub(crate) fn load(path: Option<&Path>) -> anyhow::Result<Self> {
        match path {
            Some(path) => Self::read(path),
            None => {
                let here = std::env::current_dir().context("failed to find where we are")?;
                let found = here.ancestors().map(|dir| dir.join(FILE_NAME)).find(|p| p.is_file());
                found.map_or_else(|| Ok(Self::default()), |path| Self::read(&path))
            }
        }
    }

    fn read(path: &Path) -> anyhow::Result<Self> {
        let metadata = fs_err::metadata(path)?;
        if !metadata.is_file() || metadata.len() > MAX_BYTES {
            bail!("{} is no file of at most {MAX_BYTES} bytes", path.display());
        }
        let text = fs_err::read_to_string(path)?;
        let mut settings = Self::parse(&text)
            .with_context(|| format!("the settings in {} are wrong", path.display()))?;
        let base = path.parent().unwrap_or(Path::new("."));
        let paths = settings.cache.dir.iter_mut().chain(&mut settings.registry.ca);
        let paths = paths.chain(&mut settings.engines.containerd);
        let paths = paths.chain(&mut settings.secret.rules).chain(&mut settings.db.dir);
        let vex = settings.vex.iter_mut().filter(|path| path.as_os_str() != "oci");
        let paths = paths.chain(vex);
        for relative in paths {
            *relative = base.join(&*relative);
        }
        settings.db.sources.start_at(base);
        (settings.secret.path, settings.secret.text) = (path.to_owned(), text);
        Ok(settings)
    }

    fn parse(text: &str) -> anyhow::Result<Self> {
        if text.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#')) {
            return Ok(Self::default());
        }
        let settings: Self = serde_saphyr::from_str(text)?;
        if let Some(lang) = &settings.lang
            && Language::parse(lang).is_none()
        {
            bail!("lang is {lang:?}, not en or ja");
        }
        Ok(settings)
    }
}

fn profile<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Profile, D::Error> {
    let text = String::deserialize(deserializer)?;
    let unknown = || serde::de::Error::custom(format!("there is no profile {text:?}"));
    Profile::parse(&text).ok_or_else(unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read_and_mistakes_named() {
        let settings = Settings::parse(
            "format: [table, json=report.json]\ncache: {max_size: 500MiB}\n\
             registry:\n  mirrors:\n    docker.io: [mirror.example:5000]\n",
        )
        .unwrap();
        assert_eq!(settings.format, ["table", "json=report.json"]);
        assert!(settings.cache.enabled);
        assert_eq!(settings.registry.mirrors["docker.io"], ["mirror.example:5000"]);
        assert_eq!(Settings::parse("# nothing yet\n").unwrap(), Settings::default());
        let wrong = format!("{:#}", Settings::parse("formats: [table]\n").unwrap_err());
        assert!(wrong.contains("formats") && wrong.contains("line 1"), "{wrong}");
        assert!(Settings::parse("cache: {max_size: lots}\n").is_err());
    }

    #[test]
    fn the_page_of_settings_has_every_part_and_no_unknown_key() {
        let page = include_str!("../../../docs/reference/settings.md");
        let (_, rest) = page.split_once("```yaml\n").unwrap();
        let (yaml, _) = rest.split_once("```").unwrap();
        let settings = Settings::parse(yaml).unwrap();
        let shown = format!("{settings:#?}");
        let keys = shown.lines().filter_map(|line| line.strip_prefix("    ")?.split_once(':'));
        for (key, _) in keys.filter(|(key, _)| !key.starts_with(' ')) {
            assert!(
                yaml.contains(&format!("\n{key}:")),
                "docs/reference/settings.md has no {key:?}"
            );
        }
    }
}

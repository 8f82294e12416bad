use std::{path::PathBuf, str::FromStr};

use anyhow::bail;
use sekisho_registry::{Client, Repository};
use sekisho_types::Reference;

use crate::settings::Settings;

const REGISTRY: &str = "registry:";

/// Where a database goes, or comes from: `registry:REF`, a file, or `-` for a standard stream.
#[derive(Debug, Clone)]
pub(super) enum DbPlace {
    Registry(Reference),
    File(PathBuf),
    Stream,
}

impl FromStr for DbPlace {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        if let Some(reference) = text.strip_prefix(REGISTRY) {
            return Ok(Self::Registry(reference.parse()?));
        }
        match text {
            "" => bail!("a file has a name"),
            "-" => Ok(Self::Stream),
            path => Ok(Self::File(PathBuf::from(path))),
        }
    }
}

/// The repository of a reference, with the logins and settings of this user.
pub(super) fn repository(reference: &Reference, settings: &Settings) -> anyhow::Result<Repository> {
    if settings.offline {
        bail!("the settings say offline, and a registry needs the network");
    }
    let client = Client::new(settings.registry.config(None)?)?;
    Ok(client.repository(&reference.registry, &reference.repository))
}

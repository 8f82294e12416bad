//! The advisory database: where it lies, and whom it is believed from.

use std::path::{Path, PathBuf};

use anyhow::Context;
use jiff::Timestamp;
use sekisho_advisory::{Database, KeyError, OpenError, PublicKey, SigningKey, TrustedKeys};
use serde::Deserialize;

use crate::{
    db_age::{MaxAge, TooOld},
    db_sources::DbSources,
    environment::{cache_directory, directory},
};

/// What the settings say of the database.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct DbSettings {
    /// As `--db`; a relative path starts at the settings file.
    pub(crate) dir: Option<PathBuf>,
    /// Public keys, besides that of this user, whose databases are believed.
    pub(crate) trusted_keys: Vec<String>,
    /// Where feeds are fetched, and which.
    pub(crate) sources: DbSources,
    /// The oldest that a scan asks, by the time at which its feeds were fetched.
    pub(crate) max_age: MaxAge,
    /// As `--allow-old-db`.
    pub(crate) allow_old: bool,
}

/// What to type where there is no database.
const HOW_TO_GET_ONE: &str = "type `sekisho db update`; without a network, \
    `sekisho db build --from DIR` for a directory of feeds, or `sekisho db import FILE`";

impl DbSettings {
    /// The directory of the database: the flag, else the settings, else that of this user.
    pub(crate) fn directory(&self, flag: Option<&Path>) -> anyhow::Result<PathBuf> {
        let named = flag.or(self.dir.as_deref()).map(Path::to_owned);
        let found = named.or_else(|| Some(cache_directory()?.join("db")));
        Ok(found.ok_or(NoPlace)?)
    }

    /// The keys that are believed: that of this user, where there is one, and those of the
    /// settings.
    pub(crate) fn trust(&self) -> anyhow::Result<TrustedKeys> {
        let keys = self.trusted_keys.iter().map(|text| text.parse::<PublicKey>());
        let mut keys = keys.collect::<Result<Vec<_>, _>>().context("the settings are wrong")?;
        keys.extend(local_public_key()?);
        Ok(remembering(TrustedKeys::new(keys)))
    }

    /// As [`DbSettings::trust`], and the public half of `key` as well.
    pub(crate) fn trust_with(&self, key: &SigningKey) -> anyhow::Result<TrustedKeys> {
        Ok(self.trust()?.and(key.public()))
    }

    /// Opens the database.
    pub(crate) fn open(&self, flag: Option<&Path>) -> anyhow::Result<Database> {
        Ok(Database::open(&self.directory(flag)?, &self.trust()?)?)
    }

    /// Opens the database for a scan at the time of `now`: one that is too old is an error,
    /// unless `allow_old` or the settings say otherwise.
    pub(crate) fn open_current(
        &self,
        flag: Option<&Path>,
        allow_old: bool,
        now: Timestamp,
    ) -> anyhow::Result<Database> {
        let database = self.open(flag)?;
        match self.max_age.exceeded_by(&database, self.directory(flag)?, now) {
            None => Ok(database),
            Some(too_old) if allow_old || self.allow_old => {
                tracing::warn!("the advisory database is {} old", too_old.age);
                Ok(database)
            }
            Some(too_old) => Err(too_old.into()),
        }
    }
}

/// There is neither a home nor a name for the directory of the database.
#[derive(Debug, thiserror::Error)]
#[error("there is no home directory with an advisory database: say where it lies with --db DIR")]
pub(crate) struct NoPlace;

/// What cures an error about the database; none where it is about something else, or nothing does.
pub(crate) fn hint(err: &anyhow::Error) -> Option<String> {
    if err.is::<TooOld>() {
        return Some(format!("{HOW_TO_GET_ONE}, or take it as it is with --allow-old-db"));
    }
    match err.chain().find_map(|cause| cause.downcast_ref::<OpenError>())? {
        OpenError::Missing { .. } => Some(HOW_TO_GET_ONE.to_owned()),
        OpenError::Untrusted { .. } => Some(
            "name its public key, which `sekisho db key` shows where it was built, under \
             `db: {trusted_keys: […]}` in sekisho.yaml"
                .to_owned(),
        ),
        OpenError::Read { .. }
        | OpenError::Manifest { .. }
        | OpenError::Signature { .. }
        | OpenError::Size { .. } => Some(format!("replace it: {HOW_TO_GET_ONE}")),
        OpenError::RolledBack { .. } => None,
    }
}

/// Keeps accepted serials away from the database, where there is a place for it.
fn remembering(trust: TrustedKeys) -> TrustedKeys {
    let base = directory("XDG_STATE_HOME")
        .or_else(|| Some(directory("HOME")?.join(".local").join("state")));
    match base {
        Some(base) => trust.remembering_in(&base.join("sekisho").join("db")),
        None => trust,
    }
}

/// The key that signs: of `flag`, else of this user, which is made when it is first needed.
pub(crate) fn signing_key(flag: Option<&Path>) -> anyhow::Result<SigningKey> {
    if let Some(path) = flag {
        return Ok(SigningKey::load(path)?);
    }
    let path = local_key().context("there is no home directory: name a key with --key FILE")?;
    let key = match SigningKey::load(&path) {
        Ok(key) => key,
        Err(KeyError::Read { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {
            SigningKey::create(&path)?
        }
        Err(err) => return Err(err.into()),
    };
    let public = format!("{}\n", key.public());
    let public_path = path.with_extension("pub");
    if fs_err::read_to_string(&public_path).ok().as_ref() != Some(&public) {
        fs_err::write(public_path, public)?;
    }
    Ok(key)
}

/// Where the key of this user lies.
fn local_key() -> Option<PathBuf> {
    let base = directory("XDG_CONFIG_HOME").or_else(|| Some(directory("HOME")?.join(".config")))?;
    Some(base.join("sekisho").join("db.key"))
}

/// The public half of it; none before the first build. Whoever only reads needs no secret.
fn local_public_key() -> anyhow::Result<Option<PublicKey>> {
    let Some(path) = local_key().map(|path| path.with_extension("pub")) else { return Ok(None) };
    match fs_err::read_to_string(&path) {
        Ok(text) => {
            let key = text.parse().with_context(|| format!("{path:?} is wrong"))?;
            Ok(Some(key))
        }
        Err(err) if err.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(err) => Err(err.into()),
    }
}

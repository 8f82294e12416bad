use std::path::PathBuf;

use crate::{db_settings::signing_key, exit::Exit};

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  sekisho db key
  sekisho db key --key /etc/sekisho/db.key

Whoever names the key under db.trusted_keys in sekisho.yaml believes databases that are signed
with it. The secret key of this user is made when it is first needed.")]
pub(super) struct DbKey {
    /// Show that of the secret key in FILE
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
}

impl DbKey {
    pub(super) fn run(&self) -> anyhow::Result<Exit> {
        let key = signing_key(self.key.as_deref())?;
        crate::output::print(format!("{}\n", key.public()).as_bytes())?;
        Ok(Exit::Clean)
    }
}

use std::io::BufReader;

use sekisho_advisory::import;

use crate::{
    cli::{
        Common,
        db_options::DbOptions,
        db_place::{DbPlace, repository},
    },
    db_artifact::pull,
    exit::{self, Exit},
    progress_bar::Spinner,
    settings::Settings,
};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:
  sekisho db import sekisho.db
  sekisho db import registry:registry.example/security/sekisho-db:latest

The key that signed it has to be that of this user, or be named under db.trusted_keys in
sekisho.yaml. One that is older than what was accepted before is refused.",
    after_long_help = exit::HELP
)]
pub(super) struct DbImport {
    /// A file, - for standard input, or registry:REF for an artifact of a registry
    from: DbPlace,
    #[command(flatten)]
    db: DbOptions,
}

impl DbImport {
    pub(super) fn run(&self, common: &Common) -> anyhow::Result<Exit> {
        let settings = Settings::load(common.config.as_deref())?;
        let directory = settings.db.directory(self.db.flag())?;
        let trust = settings.db.trust()?;
        let spinner = Spinner::start(!common.quiet && !common.no_progress);
        let manifest = match &self.from {
            DbPlace::Registry(reference) => {
                let repository = repository(reference, &settings)?;
                let version = reference.version();
                let say = |text: &str| spinner.say(text);
                pull(&repository, &version, &directory, &trust, &say)?
            }
            DbPlace::Stream => import(BufReader::new(std::io::stdin()), &directory, &trust)?,
            DbPlace::File(path) => {
                import(BufReader::new(fs_err::File::open(path)?), &directory, &trust)?
            }
        };
        drop(spinner);
        if !common.quiet {
            crate::output::print(format!("{}\n", manifest.serial).as_bytes())?;
        }
        Ok(Exit::Clean)
    }
}

use std::io::{BufWriter, Write};

use anyhow::{Context, bail};

use crate::{
    cli::{
        Common,
        db_options::DbOptions,
        db_place::{DbPlace, repository},
    },
    db_artifact::push,
    exit::{self, Exit},
    progress_bar::Spinner,
    settings::Settings,
};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:
  sekisho db export sekisho.db
  sekisho db export registry:registry.example/security/sekisho-db:latest",
    after_long_help = exit::HELP
)]
pub(super) struct DbExport {
    /// A file, - for standard output, or registry:REF for an artifact of a registry
    to: DbPlace,
    #[command(flatten)]
    db: DbOptions,
}

impl DbExport {
    pub(super) fn run(&self, common: &Common) -> anyhow::Result<Exit> {
        let settings = Settings::load(common.config.as_deref())?;
        let database = settings.db.open(self.db.flag())?;
        match &self.to {
            DbPlace::Registry(reference) => {
                let Some(tag) = &reference.tag else {
                    bail!("a database is pushed to a tag, not to a digest");
                };
                let repository = repository(reference, &settings)?;
                let spinner = Spinner::start(!common.quiet && !common.no_progress);
                let digest = push(&database, &repository, tag, &|text| spinner.say(text))?;
                drop(spinner);
                if !common.quiet {
                    crate::output::print(format!("{digest}\n").as_bytes())?;
                }
            }
            DbPlace::Stream => database.export(&mut std::io::stdout().lock())?,
            DbPlace::File(path) => {
                // Beside it and renamed: a file of this name is whole.
                let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty());
                let directory = directory.unwrap_or(std::path::Path::new("."));
                let file = tempfile::NamedTempFile::new_in(directory);
                let file = file.with_context(|| format!("failed to write in {directory:?}"))?;
                let mut out = BufWriter::new(file);
                database.export(&mut out)?;
                out.flush()?;
                let file = out.into_inner().map_err(std::io::IntoInnerError::into_error)?;
                file.as_file().sync_all()?;
                file.persist(path).with_context(|| format!("failed to write {path:?}"))?;
            }
        }
        Ok(Exit::Clean)
    }
}

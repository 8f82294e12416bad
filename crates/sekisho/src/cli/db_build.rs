use std::{collections::BTreeMap, path::PathBuf};

use sekisho_advisory::{Build, BuildProgress, build};
use sekisho_report::Language;

use crate::{
    cli::{
        Common,
        db_options::{DbOptions, columns, safe},
    },
    db_settings::signing_key,
    environment::now,
    exit::Exit,
    progress_bar::Spinner,
    settings::Settings,
};

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  sekisho db build --from feeds
  sekisho db build --from /srv/mirror/feeds --db /srv/sekisho/db --key /etc/sekisho/db.key

What is unchanged since the last build is taken over. Until the new database is complete, the one
before answers.")]
pub(super) struct DbBuild {
    /// The directory of feeds: osv/Debian/all.zip, alpine/v3.20/main.json, kev.json, …
    #[arg(long, value_name = "DIR")]
    from: PathBuf,
    #[command(flatten)]
    db: DbOptions,
    /// Sign with the key in FILE instead of that of this user
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
}

impl DbBuild {
    pub(super) fn run(&self, common: &Common) -> anyhow::Result<Exit> {
        let settings = Settings::load(common.config.as_deref())?;
        let directory = settings.db.directory(self.db.flag())?;
        let key = signing_key(self.key.as_deref())?;
        let spinner = Spinner::start(!common.quiet && !common.no_progress);
        let mut n_left_out: BTreeMap<String, u64> = BTreeMap::new();
        let summary = build(
            &Build {
                feeds: &self.from,
                database: &directory,
                key: &key,
                trust: &settings.db.trust_with(&key)?,
                now: now()?,
                fetched: None,
            },
            &mut |progress| match progress {
                BuildProgress::Reading { source } => {
                    tracing::info!(source, "reading a feed");
                    spinner.say(source);
                }
                BuildProgress::Unchanged { source } => tracing::info!(source, "unchanged"),
                BuildProgress::Skipped { source, record } => {
                    *n_left_out.entry(format!("{source}: {}", record.reason)).or_default() += 1;
                    let (name, reason) = (&record.name, &record.reason);
                    tracing::debug!(source, ?name, ?reason, "left out");
                }
            },
        );
        drop(spinner);
        let summary = summary?;
        for (reason, n) in &n_left_out {
            tracing::info!("left out {n}: {}", safe(reason));
        }
        for name in &summary.gone {
            tracing::warn!(
                source = name,
                "the database had a source that {:?} does not have",
                self.from
            );
        }
        if common.quiet {
            return Ok(Exit::Clean);
        }
        let words = match common.language(&settings) {
            Language::English => {
                ["source", "advisories", "left out", "updated", "read", "unchanged"]
            }
            Language::Japanese => ["情報源", "件数", "除外", "更新日時", "読み直し", "変更なし"],
        };
        let [source, advisories, left_out, updated, read, unchanged] = words;
        let mut rows =
            vec![[source, advisories, left_out, updated, ""].map(str::to_owned).to_vec()];
        for it in &summary.manifest.sources {
            let is_read = summary.rebuilt.contains(&it.name);
            rows.push(vec![
                it.name.clone(),
                it.advisories.to_string(),
                it.skipped.to_string(),
                safe(&it.updated),
                if is_read { read } else { unchanged }.to_owned(),
            ]);
        }
        let table = columns(&rows, &[false, true, true, false, false]);
        crate::output::print(table.as_bytes())?;
        Ok(Exit::Clean)
    }
}

mod summary;

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, bail};
use indicatif::HumanBytes;
use jiff::{Timestamp, tz::TimeZone};
use sekisho_advisory::{
    Build, BuildError, BuildProgress, BuildSummary, Database, FEEDS, Feed, SigningKey, TrustedKeys,
    build,
};
use sekisho_mirror::{Config, FetchError, Fetched, Mirror, Progress, Source};

use self::summary::{Outcome, Summary};
use crate::{
    cli::{
        Common,
        db_options::{DbFormat, DbOptions},
    },
    db_settings::signing_key,
    db_sources::{Place, choose},
    environment::now,
    exit::{self, Exit},
    progress_bar::Spinner,
    settings::Settings,
};

/// Wait before a server that is busy or breaks off is asked again; doubled each time.
const FIRST_WAIT: Duration = Duration::from_millis(500);

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:
  sekisho db update
  sekisho db update --from https://mirror.example/feeds --only kev,epss

Only what has changed is fetched and read. Until the new database is complete, the one before
answers. A feed that cannot be fetched stays as it was, the others go on, and the exit code is 3.",
    after_long_help = exit::HELP
)]
pub(super) struct DbUpdate {
    #[command(flatten)]
    db: DbOptions,
    /// Fetch these feeds only; the others stay as they are
    #[arg(long, value_name = "FEED", value_delimiter = ',')]
    only: Vec<String>,
    /// Take all feeds from a mirror or a directory with the layout of feeds
    #[arg(long, value_name = "URL|DIR")]
    from: Option<String>,
    /// Use no network: fails where a feed does not come from a directory
    #[arg(long)]
    offline: bool,
    /// Sign with the key in FILE instead of that of this user
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// How to print the summary; JSON names each record that was left out
    #[arg(long, short, value_name = "FORMAT", default_value = "table")]
    format: DbFormat,
}

impl DbUpdate {
    pub(super) fn run(&self, common: &Common) -> anyhow::Result<Exit> {
        let settings = Settings::load(common.config.as_deref())?;
        let directory = settings.db.directory(self.db.flag())?;
        let spinner = Spinner::start(!common.quiet && !common.no_progress);
        let mut update = Update {
            is_offline: self.offline || settings.offline,
            now: now()?,
            database: &directory,
            spinner: &spinner,
            summary: Summary::new(&directory),
        };
        let from = self.from.as_deref();
        let in_place = settings.db.sources.in_place(from).filter(|_| self.only.is_empty());
        let key = || signing_key(self.key.as_deref());
        if let Some(feeds) = in_place {
            let key = key()?;
            let trust = settings.db.trust_with(&key)?;
            let result = update.build(&feeds, None, &key, &trust);
            update.summary.built(result?);
        } else {
            let chosen = settings.db.sources.chosen()?;
            let asked = if self.only.is_empty() {
                chosen.clone()
            } else {
                choose(self.only.iter().map(String::as_str))?
            };
            let places: Vec<(&Feed, Place)> =
                asked.iter().map(|feed| (*feed, settings.db.sources.place(feed, from))).collect();
            update.refuse_network(&places)?;
            let mirror = Mirror::open(Config {
                directory: directory.join("feeds"),
                ca: settings.registry.ca.clone(),
                user_agent: concat!("sekisho/", env!("CARGO_PKG_VERSION")).to_owned(),
                year: update.now.to_zoned(TimeZone::UTC).year(),
                first_wait: FIRST_WAIT,
            })?;
            let fetched = update.fetch(&mirror, &places);
            let key = key()?;
            let trust = settings.db.trust_with(&key)?;
            update.finish(&mirror, fetched, &chosen, &key, &trust)?;
        }
        let summary = update.summary;
        drop(spinner);
        summary.warn();
        if !common.quiet || self.format == DbFormat::Json {
            let text = match self.format {
                DbFormat::Table => summary.table(common.language(&settings), common.verbose > 0),
                DbFormat::Json => format!("{:#}\n", summary.json()),
            };
            crate::output::print(text.as_bytes())?;
        }
        Ok(if summary.has_failed() { Exit::Incomplete } else { Exit::Clean })
    }
}

/// An update on its way.
struct Update<'a> {
    is_offline: bool,
    now: Timestamp,
    database: &'a Path,
    spinner: &'a Spinner,
    summary: Summary,
}

impl Update<'_> {
    fn refuse_network(&self, places: &[(&Feed, Place)]) -> anyhow::Result<()> {
        let is_local = |place: &Place| matches!(place, Place::Directory(_));
        let remote = places.iter().find(|(_, place)| !is_local(place));
        match remote.filter(|_| self.is_offline) {
            Some((feed, _)) => bail!(
                "--offline forbids to fetch the feed {}; `sekisho db build --from DIR` makes the \
                 database of a directory of feeds",
                feed.name
            ),
            None => Ok(()),
        }
    }

    /// Fetches one feed after the other; those that fail are noted.
    fn fetch<'f>(
        &mut self,
        mirror: &Mirror,
        places: &[(&'f Feed, Place)],
    ) -> Vec<(&'f Feed, Fetched)> {
        let mut came = Vec::new();
        for (feed, place) in places {
            self.spinner.say(feed.name);
            match self.fetch_one(mirror, feed, place) {
                Ok(fetched) => {
                    let is_changed = fetched.is_changed();
                    let outcome = if is_changed { Outcome::Fetched } else { Outcome::Unchanged };
                    self.summary.note(feed.name, outcome);
                    came.push((*feed, fetched));
                }
                Err(err) => self.summary.note(feed.name, Outcome::failed(&err)),
            }
        }
        came
    }

    fn fetch_one(&self, mirror: &Mirror, feed: &Feed, place: &Place) -> anyhow::Result<Fetched> {
        let mut progress = |progress: Progress<'_>| match progress {
            Progress::Asking { path } => self.spinner.say(path),
            Progress::Received { path, n_bytes, total } => {
                let total = total.map(|total| format!(" of {}", HumanBytes(total)));
                let total = total.unwrap_or_default();
                self.spinner.say(&format!("{path} {}{total}", HumanBytes(n_bytes)));
            }
        };
        let fetched: Result<Fetched, FetchError> = match place {
            Place::Publisher => mirror.fetch(feed.name, &Source::Publishers, &mut progress),
            Place::Mirror(url) => {
                mirror.fetch(feed.name, &Source::Mirror(url.clone()), &mut progress)
            }
            Place::Directory(root) => {
                let files = feed.files(root)?;
                if files.is_empty() {
                    bail!("{} has no file of this feed", root.display());
                }
                mirror.copy(root, &files)
            }
        };
        Ok(fetched?)
    }

    /// Builds the database of what is there. A feed that came and cannot be read is put back to
    /// what it was, and the rest is built without it.
    fn finish(
        &mut self,
        mirror: &Mirror,
        mut fetched: Vec<(&Feed, Fetched)>,
        chosen: &[&Feed],
        key: &SigningKey,
        trust: &TrustedKeys,
    ) -> anyhow::Result<()> {
        let feeds = mirror.directory().to_owned();
        for feed in FEEDS.iter().filter(|feed| !chosen.iter().any(|it| it.name == feed.name)) {
            let is_asked = self.summary.outcome(feed.name).is_some();
            let files = if is_asked { Vec::new() } else { feed.files(&feeds)? };
            for file in files {
                tracing::info!(feed = feed.name, ?file, "a feed that is not chosen goes");
                fs_err::remove_file(feeds.join(file))?;
            }
        }
        loop {
            if FEEDS.iter().all(|feed| feed.files(&feeds).is_ok_and(|files| files.is_empty())) {
                return Ok(());
            }
            let before = Database::open(self.database, trust).ok();
            let is_all = !self.summary.has_failed()
                && chosen.iter().all(|feed| self.summary.outcome(feed.name).is_some());
            let time = match before {
                Some(before) if !is_all => before.manifest().fetched,
                _ => self.now,
            };
            let err = match self.build(&feeds, Some(time), key, trust) {
                Ok(summary) => {
                    self.summary.built(summary);
                    for (_, fetched) in fetched {
                        fetched.settle();
                    }
                    return Ok(());
                }
                Err(err) => err,
            };
            let guilty = guilty(&err, &feeds);
            let position = fetched.iter().position(|(feed, fetched)| {
                fetched.is_changed() && guilty.is_some_and(|guilty| guilty.name == feed.name)
            });
            let Some(position) = position else {
                for (_, fetched) in fetched {
                    fetched.undo()?;
                }
                return Err(err.into());
            };
            let (feed, fetched) = fetched.remove(position);
            self.summary.note(feed.name, Outcome::failed(&err.into()));
            fetched.undo().context("failed to put a feed back")?;
        }
    }

    fn build(
        &mut self,
        feeds: &Path,
        fetched: Option<Timestamp>,
        key: &SigningKey,
        trust: &TrustedKeys,
    ) -> Result<BuildSummary, BuildError> {
        let (database, now, spinner) = (self.database, self.now, self.spinner);
        self.summary.forget_records();
        let summary = &mut self.summary;
        build(
            &Build { feeds, database, key, trust, now, fetched },
            &mut |progress| match progress {
                BuildProgress::Reading { source } => spinner.say(source),
                BuildProgress::Unchanged { .. } => (),
                BuildProgress::Skipped { source, record } => summary.skipped(source, record),
            },
        )
    }
}

/// The feed that a file which could not be read belongs to.
fn guilty(err: &BuildError, feeds: &Path) -> Option<&'static Feed> {
    let BuildError::Feed(err) = err else { return None };
    let path = err.path()?.strip_prefix(feeds).ok()?.to_str()?;
    FEEDS
        .iter()
        .find(|feed| feed.files(feeds).is_ok_and(|files| files.iter().any(|file| file == path)))
}
